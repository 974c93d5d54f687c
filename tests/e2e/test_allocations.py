"""A hit from memory takes nothing from the heap: neither by HTTP nor by RESP."""
import signal
import socket
import struct

import pytest
from programs import BUILD, SLOWER

AT_ONCE = 100  # pipelined
FEW, MANY = 1000, 20000
MOST = 0.01  # allocations a request


def http(user):
    return f"GET /v1/churn/{user} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def resp(user):
    return f"GET churn:{user}\r\n".encode()


class Client:
    """One connection that asks for all users in turn."""

    def __init__(self, port, say, users):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(10 * SLOWER)
        self.requests = [b"".join(map(say, users[i:i + AT_ONCE]))
                         for i in range(0, len(users), AT_ONCE)]

    def ask(self, n):
        for i in range(n // AT_ONCE):
            self.socket.sendall(self.requests[i % len(self.requests)])
            got = bytearray()
            while got.count(b'"prediction":') < AT_ONCE or got[-1:] != b"\n":
                more = self.socket.recv(1 << 16)
                assert more and b'"error"' not in more, more
                got += more


@pytest.mark.skipif(SLOWER > 1, reason="a sanitizer has a heap of its own")
@pytest.mark.parametrize("say", [http, resp])
def test_hits_allocate_nothing(own_table, lookup, own_store, shop, tmp_path, say):
    path = tmp_path / "allocations"
    server = lookup("--threads", 1, redis=own_store, under=(
        "env", f"LD_PRELOAD={BUILD}/support/allocations.so", f"ALLOCATIONS={path}"))

    def count():
        return struct.unpack("=Q", path.read_bytes())[0]

    assert count() > 1000, "it counts"
    port = server.port if say is http else server.resp_port
    client = Client(port, say, shop.user_ids)
    before = server.metrics()
    own_store.signal(signal.SIGSTOP)  # the loader's polls take some
    try:
        took = []
        for n in (FEW, FEW, MANY):  # the first is for what grows once
            begin = count()
            client.ask(n)
            took.append(count() - begin)
    finally:
        own_store.signal(signal.SIGCONT)
    assert took[2] - took[1] < MOST * (MANY - FEW), took
    assert server.metrics().delta(before) == {"precomputed": 2 * FEW + MANY}
