"""The server's answers, checked from outside, and what each counted."""
import base64
import json
import urllib.parse

import numpy
import pytest


def path_of(user):
    return "/v1/churn/" + urllib.parse.quote(user, safe="")


def test_a_stored_prediction(server, shop):
    user = shop.user_ids[7]
    before = server.metrics()
    answer = server.get(path_of(user))
    assert answer.status == 200, answer
    body = answer.json()
    assert body["source"] == "precomputed" and body["user"] == user
    assert body["table"] == "churn" and body["generation"] == 1
    assert answer.prediction == shop.expected[user]
    assert answer.headers["X-Lookup-Source"] == "precomputed"
    assert answer.headers["X-Lookup-Generation"] == "1"
    assert server.metrics().delta(before) == {"precomputed": 1}


def test_every_user_stored_and_live_gets_libxgboosts_bits(server, shop):
    before = server.metrics()
    for user in shop.user_ids:
        assert server.get(path_of(user)).prediction == shop.expected[user]
    for user in shop.late_ids:
        answer = server.get(path_of(user))
        assert answer.json()["source"] == "live"
        assert answer.prediction == shop.expected[user]
    assert server.metrics().delta(before) == {
        "precomputed": len(shop.user_ids), "live": len(shop.late_ids)}


def test_unknown_user_is_counted(server):
    before = server.metrics()
    answer = server.get("/v1/churn/nobody")
    assert answer.status == 404 and answer.error == "unknown_user"
    assert server.metrics().delta(before) == {"unknown": 1}


def test_default_for_unknown_users(lookup, published):
    server = lookup("--on-unknown", "default")
    before = server.metrics()
    answer = server.get("/v1/churn/nobody")
    assert answer.status == 200 and answer.json()["source"] == "default"
    assert server.metrics().delta(before) == {"default": 1}
    bare = {name: None for name in server.get("/v1/churn").json()["features"]}
    live = server.post("/v1/churn/nobody", {"features": bare})
    assert live.prediction == answer.prediction


def test_unknown_table(server):
    before = server.metrics()
    answer = server.get("/v1/chrun/u1")
    assert answer.status == 404 and answer.error == "unknown_table"
    assert server.metrics().delta(before) == {"error": 1}
    assert server.get("/v1/chrun").status == 404


def test_tables(server):
    assert [t["table"] for t in server.get("/v1").json()["tables"]] == ["churn"]
    table = server.get("/v1/churn").json()
    assert table["generation"] == 1 and table["rows"] == 2000
    assert table["objective"] == "binary:logistic" and "age" in table["features"]


def test_an_etag_saves_the_body(server, shop):
    path = path_of(shop.user_ids[0])
    etag = server.get(path).headers["ETag"]
    again = server.get(path, **{"If-None-Match": etag})
    assert again.status == 304 and again.body == b""
    assert server.get(path, **{"If-None-Match": '"other"'}).status == 200


def test_head_is_a_get_without_its_body(server, shop):
    path = path_of(shop.user_ids[0])
    head = server.request("HEAD", path)
    assert head.status == 200 and head.body == b""
    assert head.headers["Content-Length"] == str(len(server.get(path).body))


def test_features_of_the_request_are_overlaid(server, shop):
    user = shop.late_ids[0]
    plain = server.get(path_of(user)).prediction
    answer = server.post(path_of(user), {"features": {}})
    assert answer.json()["source"] == "live" and answer.prediction == plain
    older = server.post(path_of(user), {"features": {"age": 99, "cart_items": None}})
    assert older.status == 200 and older.json()["source"] == "live"
    assert server.get(path_of(user)).prediction == plain, "nothing is stored"


def test_only_whole_rows_are_scored(server):
    before = server.metrics()
    answer = server.post("/v1/churn/nobody", {"features": {"age": 30}})
    assert answer.status == 400 and answer.error == "missing_features"
    missing = answer.json()["error"]["missing"]
    assert "visits_7d" in missing and "age" not in missing
    answer = server.post("/v1/churn/nobody", {"features": {"age": 30}, "partial": True})
    assert answer.status == 200 and answer.json()["source"] == "live"
    assert server.metrics().delta(before) == {"error": 1, "live": 1}


@pytest.mark.parametrize("body, code", [
    ("{", "bad_json"),
    ('{"features":{"age":1,"age":2}}', "bad_json"),
    ('{"features":{"age":01}}', "bad_json"),
    ('{"features":{"a\\u0000ge":1}}', "bad_json"),
    ('{"features":{}} x', "bad_json"),
    ("[" * 40 + "]" * 40, "bad_json"),
    ("[]", "bad_field"),
    ('{"features":[]}', "bad_field"),
    ('{"features":{},"partial":1}', "bad_field"),
    ('{"feature":{}}', "bad_field"),
    ('{"features":{"Age":1}}', "unknown_feature"),
    ('{"features":{"age":"1"}}', "bad_feature"),
    ('{"features":{"age":1e39}}', "bad_feature"),
])
def test_bad_bodies(server, body, code):
    before = server.metrics()
    answer = server.post("/v1/churn/u1", body)
    assert answer.status == 400 and answer.error == code, answer
    assert server.metrics().delta(before) == {"error": 1}


@pytest.mark.parametrize("method, path, status, code", [
    ("GET", "/", 404, "not_found"),
    ("GET", "/v2x", 404, "not_found"),
    ("GET", "/v1/churn/u1/features/x", 404, "not_found"),
    ("GET", "/v1/churn/", 400, "empty_user"),
    ("GET", "/v1/churn/%4", 400, "bad_path"),
    ("GET", "/v1/churn/%zz", 400, "bad_path"),
    ("GET", "/v1/churn/.", 400, "bad_path"),
    ("GET", "/v1/churn/..", 400, "bad_path"),
    ("GET", "/v1/churn/u1?timeout_ms=0", 400, "bad_parameter"),
    ("GET", "/v1/churn/u1?timeout=5", 400, "bad_parameter"),
    ("GET", "/v1/churn/" + "x" * 512, 404, "unknown_user"),
    ("GET", "/v1/churn/" + "x" * 513, 414, "user_too_long"),
    ("DELETE", "/v1/churn/u1", 405, "method_not_allowed"),
    ("POST", "/v1", 405, "method_not_allowed"),
])
def test_bad_requests(server, method, path, status, code):
    answer = server.request(method, path)
    assert (answer.status, answer.error) == (status, code), answer
    assert answer.json()["error"]["hint"]
    assert status != 405 or "GET" in answer.headers["Allow"]


def test_a_body_must_be_json(server):
    answer = server.request("POST", "/v1/churn/u1", "age=1", {"Content-Type": "text/csv"})
    assert answer.status == 415 and answer.error == "unsupported_media_type"


@pytest.fixture
def odd_ids(batchgen, shop, tmp_path):
    """A table whose ids are one of each byte that a CSV id can hold, and more."""
    rows = shop.users.read_bytes().split(b"\n")
    ids = [bytes([b]) for b in range(256) if bytes([b]) not in b'\r\n",']
    ids += [b"+", b"a b", b"1", b"01", b"/", b"a/b", b"%41", "\u00fc".encode(), b"x" * 512]
    ids = list(dict.fromkeys(ids))
    lines = [rows[0]]
    lines += [i + b"," + row.split(b",", 1)[1] for i, row in zip(ids, rows[1:])]
    path = tmp_path / "odd.csv"
    path.write_bytes(b"\n".join(lines) + b"\n")
    batchgen.done("score", "--table", "odd", "--model", shop.model, "--input", path)
    return dict(zip(ids, shop.user_ids))


def test_any_byte_in_an_id(odd_ids, lookup, shop):
    server = lookup()
    for user, twin in odd_ids.items():
        if user in (b".", b".."):
            continue
        answer = server.get("/v1/odd/" + "".join(f"%{b:02X}" for b in user))
        assert answer.status == 200, (user, answer)
        assert answer.prediction == shop.expected[twin]
        said = answer.json()
        if "user" in said:
            assert said["user"].encode() == user
        else:
            assert base64.b64decode(said["user_b64"]) == user


def test_half_a_request_and_silence(lookup, published):
    server = lookup("--head-timeout", "200ms", "--idle-timeout", "200ms")
    assert b" 408 " in server.raw(b"GET /v1/churn/u1 HT")
    assert server.raw(b"") == b""


def test_pipelined_answers_come_in_order(server, shop):
    users = shop.user_ids[:50] + shop.late_ids[:50] + ["nobody"]
    sent = "".join(
        f"GET {path_of(u)} HTTP/1.1\r\nHost: x\r\n"
        + ("Connection: close\r\n" if u == "nobody" else "") + "\r\n" for u in users)
    got = server.raw(sent.encode())
    bodies = [json.loads(line) for line in got.split(b"\n") if line.startswith(b"{")]
    assert [b.get("user", "nobody") for b in bodies] == users
    for body in bodies[:-1]:
        assert numpy.float32(body["prediction"]) == shop.expected[body["user"]]


def test_a_port_in_use_is_named(server, lookup):
    with pytest.raises(AssertionError, match=f"(?s)ended with 1.*127.0.0.1:{server.port}"):
        lookup("--listen", f"127.0.0.1:{server.port}", wait="live")


def test_more_values_than_can_be_asked_for(server, shop):
    """A body is not made a tree of when no table is as wide as that."""
    names = {str(i): 1 for i in range(70_000)}
    before = server.metrics()
    for path, body in ((f"/v1/churn/{shop.user_ids[0]}", {"features": names}),
                       ("/v1/churn", {"instances": [names]}),
                       ("/v1/churn", {"users": ["u"] * 70_000}),
                       ("/v2/models/churn/infer", {"inputs": [names]})):
        answer = server.post(path, body)
        assert answer.status == 400 and b"more values than" in answer.body, answer
    assert server.metrics().delta(before) == {"error": 4}
