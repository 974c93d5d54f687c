"""Connections from outside: pipelined, cut, malformed and half closed."""
import contextlib
import json
import signal
import socket
import struct
import threading
import time

import pytest
from programs import until


def get(user, extra=""):
    return f"GET /v1/churn/{user} HTTP/1.1\r\nHost: a\r\n{extra}\r\n".encode()


def answers_of(stream):
    """(status, body) of each answer in a run of bytes, of which none is half."""
    answers, at = [], 0
    while at < len(stream):
        end = stream.index(b"\r\n\r\n", at)
        lines = stream[at:end].decode().split("\r\n")
        headers = {name.lower(): value for name, value in
                   (line.split(": ", 1) for line in lines[1:])}
        at = end + 4 + int(headers.get("content-length", 0))
        assert at <= len(stream), "half an answer"
        answers.append((int(lines[0].split()[1]), stream[end + 4:at]))
    return answers


def bulks_of(stream):
    """The texts that RESP answered with, of which none is half."""
    bulks, at = [], 0
    while at < len(stream):
        end = stream.index(b"\r\n", at)
        length = int(stream[at + 1:end])
        at = end + 2 + length + 2
        assert stream[at - 2:at] == b"\r\n", "half an answer"
        bulks.append(stream[end + 2:end + 2 + length])
    return bulks


class Endless:
    """A client that asks for users over and over, whatever is answered, until it is left."""

    def __init__(self, port, sent):
        self.got = bytearray()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.threads = [threading.Thread(target=self._ask, args=(sent,), daemon=True),
                        threading.Thread(target=self._read, daemon=True)]
        for thread in self.threads:
            thread.start()

    def _ask(self, sent):
        with contextlib.suppress(OSError):
            while True:
                self.socket.sendall(sent)

    def _read(self):
        while more := self.socket.recv(65536):
            self.got += more

    def left(self):
        """All that was answered, when the server has closed."""
        for thread in reversed(self.threads):
            thread.join(60)
            assert not thread.is_alive()
        self.socket.close()
        return bytes(self.got)


def test_pipelined_far_beyond_what_is_begun_at_once(server, shop):
    """Requests held back while 128 wait for Redis go to it when those are done."""
    users = shop.user_ids[:1000]
    before = server.metrics()
    sent = b"".join(get(user) for user in users[:-1]) + get(users[-1], "Connection: close\r\n")
    answers = answers_of(server.raw(sent))
    assert [status for status, _ in answers] == [200] * len(users)
    assert [json.loads(body)["user"] for _, body in answers] == users
    assert server.metrics().delta(before) == {"precomputed": len(users)}


def test_a_half_closed_client_gets_its_answers(server, shop):
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(get(shop.user_ids[0]) + get(shop.user_ids[1]) + b"GET /v1/ch")
        s.shutdown(socket.SHUT_WR)
        got = b""
        while more := s.recv(65536):
            got += more
    assert [status for status, _ in answers_of(got)] == [200, 200]


def test_a_request_byte_by_byte(server, shop):
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in get(shop.user_ids[0], "Connection: close\r\n"):
            s.send(bytes([byte]))
        got = b""
        while more := s.recv(65536):
            got += more
    assert [status for status, _ in answers_of(got)] == [200]


def test_half_a_request_and_silence(lookup, published):
    server = lookup("--head-timeout", "200ms")
    (status, body), = answers_of(server.raw(b"GET /v1/churn/u HTTP/1.1\r\nHo"))
    assert status == 408 and json.loads(body)["error"]["code"] == "timeout"


def test_malformed_requests_are_answered_and_closed(server):
    host = b"Host: a\r\n"
    post = b"POST / HTTP/1.1\r\n" + host
    cases = {
        b"GET / HTTP/1.1\r\n\r\n": (400, "bad_request"),
        b"GET / HTTP/1.1\r\n" + host + host + b"\r\n": (400, "bad_request"),
        b"GET / HTTP/1.1\n" + host + b"\r\n": (400, "bad_request"),
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n": (400, "bad_request"),
        b"GET / HTTP/2.0\r\n" + host + b"\r\n": (505, "version_not_supported"),
        b"GET /" + b"a" * 8193 + b" HTTP/1.1\r\n" + host + b"\r\n": (414, "uri_too_long"),
        b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 16384: (431, "head_too_large"),
        post + b"\r\n": (411, "length_required"),
        post + b"Content-Length: 99999999\r\n\r\n": (413, "body_too_large"),
        post + b"Transfer-Encoding: gzip\r\n\r\n": (501, "not_implemented"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": (400, "bad_request"),
    }
    for sent, expected in cases.items():
        (status, body), = answers_of(server.raw(sent))
        assert (status, json.loads(body)["error"]["code"]) == expected, sent[:60]


def test_a_pipeline_of_all_kinds(server, shop):
    """Answered at once, from memory, after Redis or not at all: the order is kept."""
    a, b = shop.user_ids[:2]
    asked = [(a, 200), ("%zz", 400), (b, 200), ("nobody", 404), ("", 400),
             (shop.late_ids[0], 200), (a, 200)] * 40
    before = server.metrics()
    sent = b"".join(get(user) for user, _ in asked) + get(b, "Connection: close\r\n")
    answers = answers_of(server.raw(sent))
    assert [status for status, _ in answers] == [status for _, status in asked] + [200]
    for (user, status), (_, body) in zip(asked, answers):
        assert status != 200 or json.loads(body)["user"] == user
    assert server.metrics().delta(before) == {
        "precomputed": 121, "live": 40, "unknown": 40, "error": 80}


def test_a_client_that_resets_in_mid_pipeline(lookup, own_store, own_table, shop):
    """Its users are asked for to the end and counted; others get their own answers."""
    server = lookup("--threads", 1, "--snapshot", "off", "--timeout-ms", 5000, redis=own_store)
    before = server.metrics()

    def moved(name):
        return server.metrics().value(name) - before.value(name)

    users, others = shop.user_ids[:100], shop.user_ids[100:200]
    own_store.signal(signal.SIGSTOP)
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as leaver:
            leaver.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            leaver.sendall(b"".join(map(get, users))[:-20])
            until(lambda: moved("lookup_store_commands_total") == 99, "99 are asked of Redis")
            stayer = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            stayer.sendall(b"".join(map(get, others[:-1])))
            stayer.sendall(get(others[-1], "Connection: close\r\n"))
            until(lambda: moved("lookup_store_commands_total") == 199, "100 more are")
        until(lambda: moved("lookup_connections_closed_total") == 1, "the reset is seen")
    finally:
        own_store.signal(signal.SIGCONT)
    with stayer, stayer.makefile("rb") as stream:
        answers = answers_of(stream.read())
    assert [json.loads(body)["user"] for _, body in answers] == others
    assert server.metrics().delta(before) == {"precomputed": 199}
    until(lambda: server.metrics().value("lookup_connections") == 0, "no connection is left")


@pytest.mark.parametrize("snapshot", ["on", "off"])
def test_sigterm_in_mid_pipeline(lookup, published, shop, snapshot):
    """Those who ask on and on get whole answers, in order, and no more of them in time."""
    server = lookup("--snapshot", snapshot, "--timeout-ms", 5000, "--drain-timeout", "8s")
    users = shop.user_ids[:499]
    over_http = [Endless(server.port, b"".join(map(get, users))) for _ in range(3)]
    over_resp = [Endless(server.resp_port, "".join(f"GET {u}\n" for u in users).encode())
                 for _ in range(3)]
    until(lambda: all(len(c.got) > 100_000 for c in over_http + over_resp), "all are answered")
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    assert time.monotonic() - began < 8, "none had to be cut off"
    bodies = [[body for _, body in answers_of(client.left())] for client in over_http]
    bodies += [bulks_of(client.left()) for client in over_resp]
    for answered in bodies:
        assert [json.loads(body)["user"] for body in answered] == [
            users[i % len(users)] for i in range(len(answered))]
