"""A server that may have few files open, and more clients than that."""
import contextlib
import json
import socket
import time

from programs import SLOWER, until

LIMIT = 200  # files the server may have open
CLIENTS = 400


def test_operators_get_in_when_clients_are_too_many(lookup, published, shop):
    server = lookup(under=("prlimit", f"--nofile={LIMIT}:{LIMIT}"))
    assert "files open (ulimit -n)" in server.errors.read_text()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                   for _ in range(CLIENTS)]
        until(lambda: server.metrics().value("lookup_connections_accepted_total") == CLIENTS,
              "all are accepted or refused")
        for _ in range(10):
            begin = time.monotonic()
            assert server.admin("GET", "/health/ready").status == 200
            assert time.monotonic() - begin < 0.1 * SLOWER
        put = server.admin("PUT", f"/v1/churn/{shop.late_ids[0]}/features",
                           {"features": {"age": 31}})
        assert put.status == 204, "and Redis is still there"
        found = server.metrics()
        refused = found.value("lookup_connections_closed_total", reason="refused")
        assert refused == CLIENTS - found.value("lookup_connections") >= CLIENTS - LIMIT
        assert found.value("lookup_accept_errors_total") == 0
        assert sum(is_served(c, shop.user_ids[0]) for c in clients) == CLIENTS - refused


def is_served(client, user):
    """A client is answered, or was told to go away before it asked."""
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        got = client.recv(65536)
        assert json.loads(got.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "unavailable", got
        return False
    client.settimeout(10 * SLOWER)
    client.sendall(f"GET /v1/churn/{user} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return client.recv(65536).startswith(b"HTTP/1.1 200")
