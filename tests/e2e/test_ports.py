"""A port that is taken, by whomever, is an error that names it."""
import itertools
import socket

import pytest
from programs import free_port, run

OPTIONS = "--listen", "--resp", "--admin"


def refusal(given):
    """What lookup says that ends for the want of a port; given: option -> address."""
    ports = {option: f"127.0.0.1:{free_port()}" for option in OPTIONS} | given
    ended = run("lookup", "serve", *itertools.chain(*ports.items()))
    assert ended.code == 1
    return ended.err.splitlines()[-1]


def taken(address):
    return f"lookup: cannot listen on {address}: Address already in use"


@pytest.mark.parametrize("option", OPTIONS)
def test_somebody_elses(option):
    with socket.create_server(("127.0.0.1", free_port()), reuse_port=True) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        assert refusal({option: address}) == taken(address)


@pytest.mark.parametrize("options", itertools.combinations(OPTIONS, 2))
def test_twice_our_own(options):
    """Workers share their ports: half the HTTP clients would talk to RESP."""
    address = f"127.0.0.1:{free_port()}"
    assert refusal(dict.fromkeys(options, address)) == taken(address)


def test_one_within_the_other():
    port = free_port()
    given = {"--listen": f"127.0.0.1:{port}", "--resp": f"0.0.0.0:{port}"}
    assert refusal(given) == taken(given["--resp"])
