"""The RESP front end, asked by redis-cli, redis-benchmark, redis-py and by hand."""
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios

import numpy
import pytest
import redis
from programs import CHILD, Batchgen


@pytest.fixture
def client(server):
    """redis-py; gone before the server ends, which would wait for it."""
    connected = redis.Redis(port=server.resp_port)
    yield connected
    connected.close()


def cli(server, *args, stdin=None):
    return subprocess.run(["redis-cli", "-p", str(server.resp_port), *args], input=stdin,
                          capture_output=True, text=True, timeout=30, check=True).stdout


def by_hand(server, *lines):
    """Inline commands, then QUIT; what comes back."""
    sent = "".join(line + "\r\n" for line in (*lines, "QUIT")).encode()
    got = server.raw(sent, port=server.resp_port)
    assert got.endswith(b"+OK\r\n"), got
    return got[:-len(b"+OK\r\n")]


def prediction(text):
    return numpy.float32(json.loads(text)["prediction"])


def test_the_same_answer_as_over_http(server, client, shop):
    before = server.metrics()
    for user in (shop.user_ids[0], shop.late_ids[0]):
        native = server.get(f"/v1/churn/{user}").body.rstrip(b"\n")
        assert client.get(f"churn:{user}") == native
        assert client.get(user) == native, "the only table is the default"
        assert client.hget("churn", user) == native
        assert client.strlen(user) == len(native)
    assert client.get("churn:nobody") is None and client.get("nobody") is None
    assert client.strlen("nobody") == 0
    after = server.metrics()
    assert after.delta(before) == {"precomputed": 5, "live": 5, "unknown": 3}
    assert after.value("lookup_answers_total", dialect="resp") == 11
    assert after.value("lookup_requests_total", dialect="resp") == 11


def test_many(server, client, shop):
    users = [shop.user_ids[1], "nobody", shop.late_ids[1], shop.user_ids[0]]
    for got in client.mget([f"churn:{u}" for u in users]), client.hmget("churn", users):
        assert got[1] is None
        for user, text in zip(users, got):
            assert text is None or prediction(text) == shop.expected[user]
    assert client.exists(*users, users[0]) == 4
    assert client.ttl(users[0]) == -1 and client.ttl("nobody") == -2
    before = server.metrics()
    assert len(client.mget(shop.user_ids[:1000])) == 1000
    assert server.metrics().delta(before) == {"precomputed": 1000}
    with pytest.raises(redis.ResponseError, match="at most 1000"):
        client.mget(shop.user_ids[:1001])


def test_pipelined_in_order(client, shop):
    pipe = client.pipeline(transaction=False)
    asked = [*shop.user_ids[:300], "nobody", *shop.late_ids[:50]]
    for user in asked:
        pipe.get(f"churn:{user}")
    for user, text in zip(asked, pipe.execute(), strict=True):
        assert text is None if user == "nobody" else prediction(text) == shop.expected[user]


def test_errors_in_redis_words(client):
    for words, says in [
            (("SET", "a", "b"), "You can't write against a read only"),
            (("DEL", "a"), "You can't write against a read only"),
            (("NONSENSE", "a", "b c"),
             "unknown command 'NONSENSE', with args beginning with: 'a' 'b c'"),
            (("GET",), "wrong number of arguments for 'get' command"),
            (("GET", "nosuch:u"), "unknown table"),
            (("GET", "churn:"), "a user has 1 to 512 bytes"),
            (("SELECT", "1"), "DB index is out of range"),
            (("AUTH", "x"), "without any password configured"),
            (("AUTH", "joe", "x"), "invalid username-password pair"),
            (("HELLO", "4"), "unsupported protocol version")]:
        with pytest.raises(redis.RedisError, match=says):
            client.execute_command(*words)
    assert client.ping()


def test_what_clients_say(client):
    assert client.echo("x y") == b"x y"
    assert client.execute_command("AUTH", "default", "any")
    assert client.execute_command("SELECT", "0")
    assert client.client_setname("me") and client.client_getname() == "me"
    assert client.client_id() > 0
    assert client.config_get("save") == {"save": ""}
    assert client.info()["redis_version"] == "7.0.0"
    assert client.dbsize() == 2000
    assert client.time()[0] > 1_700_000_000
    assert client.command_count() == len(client.execute_command("COMMAND"))


def test_resp3_is_real(server, shop):
    user = shop.user_ids[0]
    got = by_hand(server, "HELLO 3 AUTH default x SETNAME me", "GET nobody",
                  f"MGET nobody {user}", "CONFIG GET save", "CLIENT GETNAME", "RESET",
                  "GET nobody")
    assert got.startswith(b"%7\r\n$6\r\nserver\r\n")
    assert b"$5\r\nproto\r\n:3\r\n" in got
    assert b"\r\n_\r\n*2\r\n_\r\n$" in got
    assert b"\r\n%1\r\n$4\r\nsave\r\n$0\r\n\r\n$2\r\nme\r\n+RESET\r\n" in got
    assert got.endswith(b"$-1\r\n")


def test_inline_and_quoted(server):
    assert by_hand(server, "", "PING", "  ping  'a b' ", r'ECHO "\x41\n\"" ') == (
        b'+PONG\r\n$3\r\na b\r\n$3\r\nA\n"\r\n')


@pytest.mark.parametrize("sent, why", [
    (b"*1\r\nPING\r\n", b"expected '$', got 'P'"),
    (b"*5000\r\n", b"invalid multibulk length"),
    (b"*1\r\n$2000000\r\n", b"invalid bulk length"),
    (b"*1\r\n$4\r\nPINGxx", b"invalid bulk length"),
    (b'ECHO "x\r\n', b"unbalanced quotes in request"),
    (b"x" * 70000, b"too big inline request")])
def test_what_is_no_command_closes(server, sent, why):
    got = server.raw(b"PING\r\n" + sent, port=server.resp_port)
    assert got == b"+PONG\r\n-ERR Protocol error: " + why + b"\r\n"


def test_redis_cli(server, shop):
    user = shop.user_ids[0]
    assert prediction(cli(server, "GET", f"churn:{user}")) == shop.expected[user]
    assert prediction(cli(server, "-3", "GET", f"churn:{user}")) == shop.expected[user]
    assert cli(server, "--no-raw", "GET", "nobody") == "(nil)\n"
    assert cli(server, stdin="PING\nHGET churn nobody\nINFO\n").startswith("PONG\n")


def test_redis_benchmark(lookup, batchgen, shop, tmp_path):
    with shop.users.open() as f:
        header, first = f.readline(), f.readline()
    rows = tmp_path / "rows.csv"
    rows.write_text(header + "".join(
        f"{n:012d},{first.split(',', 1)[1]}" for n in range(100)))
    batchgen.done("score", "--table", "key", "--model", shop.model, "--input", rows,
                  "--id-column", "user_id")
    server = lookup()
    before = server.metrics()
    for words in (["-t", "get"], ["GET", "key:__rand_int__"]):
        done = subprocess.run(
            ["redis-benchmark", "-p", str(server.resp_port), "-n", "2000", "-c", "5", "-P",
             "16", "-r", "100", "-q", *words], capture_output=True, text=True, timeout=60,
            check=True)
        assert "requests per second" in done.stdout, done
        assert "rror" not in done.stdout + done.stderr, done
    moved = server.metrics().delta(before)
    assert set(moved) == {"precomputed"} and moved["precomputed"] >= 4000


def test_default_table(lookup, batchgen, published, shop):
    batchgen.done("score", "--table", "other", "--model", shop.model, "--input", shop.users,
                  "--id-column", "user_id")
    user = shop.user_ids[0]
    server = lookup("--default-table", "other")
    assert json.loads(redis.Redis(port=server.resp_port).get(user))["table"] == "other"
    client = redis.Redis(port=lookup().resp_port)
    with pytest.raises(redis.ResponseError, match="no default table"):
        client.get(user)
    tables = [json.loads(t)["table"]
              for t in client.mget(f"other:{user}", f"{published}:{user}")]
    assert tables == ["other", "churn"]


def test_silence_is_not_absence(lookup, own_store, prefix, shop):
    Batchgen(own_store, prefix).done(
        "score", "--table", "churn", "--model", shop.model, "--input", shop.users,
        "--id-column", "user_id")
    server = lookup("--snapshot", "off", redis=own_store)
    client = redis.Redis(port=server.resp_port)
    own_store.stop()
    for words in (("GET", "u"), ("MGET", "u", "v"), ("EXISTS", "u"), ("TTL", "u")):
        with pytest.raises(redis.ResponseError, match="store unavailable"):
            client.execute_command(*words)


@pytest.mark.parametrize("sent", [
    b"GET /v1/churn/u HTTP/1.1\r\nHost: lookup\r\n\r\n",
    b"POST /v1/churn HTTP/1.1\r\nHost: lookup\r\n\r\n"])
def test_who_speaks_http_is_not_left_waiting(server, sent):
    assert server.raw(sent, port=server.resp_port).startswith(b"-ERR ")


def test_can_be_off(lookup, published):
    server = lookup("--resp", "off")
    with pytest.raises(redis.ConnectionError):
        redis.Redis(port=server.resp_port).ping()


def test_redis_cli_at_a_terminal(server):
    """There it asks for COMMAND DOCS first, to offer help."""
    prompt = f":{server.resp_port}> ".encode()  # what is typed before it may be dropped
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    process = subprocess.Popen([*CHILD, "redis-cli", "-p", str(server.resp_port)],
                               stdin=theirs, stdout=theirs, stderr=theirs)
    screen = b""
    try:
        for line, shown in ((b"", prompt), (b"GET nobody\r", b"(nil)"),
                            (b"HELLO 3\r", b'"server" => "lookup"'),
                            (b"ECHO good-bye\r", b'"good-bye"')):
            os.write(ours, line)
            while shown not in screen or prompt not in screen[screen.rindex(shown):]:
                assert select.select([ours], [], [], 10)[0], screen
                screen += os.read(ours, 65536)
        os.write(ours, b"exit\r")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
