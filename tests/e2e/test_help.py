"""batchgen COMMAND --help: whole, and true."""
import re

import pytest
from programs import run

COMMANDS = re.findall(r"^  (\w+) ", run("batchgen", "--help").out, re.M)


@pytest.fixture(params=COMMANDS)
def command(request):
    return request.param


@pytest.fixture
def text(command):
    done = run("batchgen", command, "--help")
    assert done.code == 0 and done.err == "", done
    return done.out


def options_of(text):
    return set(re.findall(r"^  (--[a-z-]+)", text, re.M))


def test_has_every_part(command, text):
    assert text.startswith(f"Usage: batchgen {command} ")
    parts = re.findall(r"^(Options, with \[defaults\]|Exit status|Examples):$", text, re.M)
    assert parts == ["Options, with [defaults]", "Exit status", "Examples"]
    assert all(len(line) <= 80 for line in text.splitlines())


def test_examples_use_options_there_are(command, text):
    examples = text.partition("\nExamples:\n")[2]
    assert f"batchgen {command}" in examples
    used = set(re.findall(r"--[a-z-]+", examples))
    assert used <= options_of(text), used - options_of(text)


def test_says_with_what_it_ends(command, text):
    codes = re.findall(r"^  (\d)  ", text.partition("\nExit status:\n")[2], re.M)
    assert {"0", "1", "2"} <= set(codes) and codes == sorted(codes)
    needs_redis = "--redis" in options_of(text)
    assert ("5" in codes) == needs_redis
    wrong = run("batchgen", command, "--no-such-option")
    assert wrong.code == 2 and "--no-such-option" in wrong.err


def test_help_needs_nothing_else(command):
    assert run("batchgen", command, "--help", "--json").code == 0
