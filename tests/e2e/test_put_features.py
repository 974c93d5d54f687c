"""PUT .../features: written on the admin listener, live on every server at once."""
import os
import struct
import time

import numpy
import pytest
from programs import SLOWER, Batchgen, until


def put(server, user, features):
    return server.admin("PUT", f"/v1/churn/{user}/features", {"features": features})


def put_when_up(server, user, features):
    """The admin listener's own connection may be a moment behind."""
    until(lambda: put(server, user, features).status == 204, "204")


def test_live_everywhere_within_100_ms(lookup, published, shop, rows):
    servers = lookup(), lookup()
    put_when_up(servers[0], "warm", rows[shop.late_ids[0]])
    for user, twin in zip(shop.user_ids[:5], shop.late_ids):
        answer = put(servers[0], user, rows[twin])
        assert (answer.status, answer.body) == (204, b"")
        deadline = time.monotonic() + 0.1 * SLOWER
        for server in servers:
            got = server.get(f"/v1/churn/{user}")
            while got.json()["source"] != "live" and time.monotonic() < deadline:
                got = server.get(f"/v1/churn/{user}")
            assert got.json()["source"] == "live"
            assert got.prediction == shop.expected[twin]


def test_merged_over_a_stored_row(server, store, prefix, shop, rows):
    a, b = shop.late_ids[:2]
    names = list(rows[a])
    put_when_up(server, "merged", rows[a])
    for half in names[::2], names[1::2]:
        assert put(server, "merged", {n: rows[b][n] for n in half}).status == 204
    until(lambda: server.get("/v1/churn/merged").prediction == shop.expected[b],
          "both halves are in the row")
    (user, stamp), = store.client.zrange(f"{prefix}:churn:superseded", 0, -1, withscores=True)
    assert user == b"merged"
    kept = [v for key in store.client.scan_iter(f"{prefix}:churn:features:*:*")
            for v in [store.client.hget(key, "merged")] if v]
    assert [struct.unpack("<Q", v[:8])[0] for v in kept] == [int(stamp)]
    assert numpy.isnan(numpy.frombuffer(kept[0][8:], "<f4")).sum() == sum(
        v is None for v in rows[b].values())


def from_the_future(path, folder):
    copy = folder / f"future-{path.name}"
    copy.write_bytes(path.read_bytes())
    os.utime(copy, (time.time() + 3600,) * 2)
    return copy


def test_a_batch_with_a_clock_ahead_hides_nothing(lookup, batchgen, shop, rows, tmp_path):
    """Neither is the stored prediction newer than what is written after, nor the row."""
    for command, *args in (("score", "--model", shop.model, "--input",
                            from_the_future(shop.users, tmp_path)),
                           ("features", "--input", from_the_future(shop.late, tmp_path))):
        done = batchgen.done(command, "--table", "churn", *args)
        assert "is later than Redis' clock: taken as 20" in done.err
    server = lookup()
    stored, late, twin = shop.user_ids[0], *shop.late_ids[:2]
    for user in stored, late:
        put_when_up(server, user, rows[twin])
        until(lambda user=user: server.get(f"/v1/churn/{user}").prediction
              == shop.expected[twin], "the new row counts")


def test_nothing_named_leaves_the_row(server, store, prefix, shop, rows):
    a = shop.late_ids[0]
    for user, row in ("x", rows[a]), ("y", dict.fromkeys(rows[a], 7)):
        put_when_up(server, user, row)  # what lies about in memory is another's
    before = stored_row(store, prefix, "x")
    assert put(server, "x", {}).status == 204
    after = stored_row(store, prefix, "x")
    assert before[:8] != after[:8] and before[8:] == after[8:]
    assert server.get("/v1/churn/x").prediction == shop.expected[a]
    assert put(server, "z", {}).error == "missing_features"


def stored_row(store, prefix, user):
    return next(row for key in store.client.scan_iter(f"{prefix}:churn:features:*:*")
                for row in [store.client.hget(key, user)] if row)


def test_refusals(server, shop, rows):
    user, whole = shop.user_ids[0], rows[shop.late_ids[0]]
    put_when_up(server, "warm", whole)
    name = next(iter(whole))
    answer = put(server, user, {name: 1})
    assert (answer.status, answer.error) == (400, "missing_features")
    assert name not in answer.json()["error"]["missing"]
    assert server.get(f"/v1/churn/{user}").json()["source"] == "precomputed"
    assert put(server, user, {**whole, "nonsense": 1}).error == "unknown_feature"
    assert put(server, user, {**whole, name: "1"}).error == "bad_feature"
    assert put(server, "", whole).error == "empty_user"
    assert put(server, "x" * 513, whole).status == 414
    assert server.admin("PUT", "/v1/nosuch/u/features", {"features": whole}).status == 404
    partial = server.admin("PUT", f"/v1/churn/{user}/features",
                           {"features": whole, "partial": True})
    assert (partial.status, partial.error) == (400, "bad_field")
    answer = server.admin("GET", f"/v1/churn/{user}/features")
    assert (answer.status, answer.headers["Allow"]) == (405, "PUT")
    answer = server.request("PUT", f"/v1/churn/{user}/features", {"features": whole})
    assert (answer.status, answer.error) == (403, "forbidden")


def test_a_newer_row_stays(server, store, prefix, shop, rows):
    a, b = shop.late_ids[:2]
    put_when_up(server, "u", rows[a])
    key, = (k for k in store.client.scan_iter(f"{prefix}:churn:features:*:*")
            if store.client.hexists(k, "u"))
    row = store.client.hget(key, "u")
    store.client.hset(key, "u", struct.pack("<Q", 2 ** 52) + row[8:])
    assert put(server, "u", rows[b]).status == 204
    assert store.client.hget(key, "u")[8:] == row[8:]


def test_a_silent_store_is_503(lookup, own_store, prefix, shop, rows):
    Batchgen(own_store, prefix).done(
        "score", "--table", "churn", "--model", shop.model, "--input", shop.users,
        "--id-column", "user_id")
    server = lookup(redis=own_store)
    whole = rows[shop.late_ids[0]]
    put_when_up(server, "u", whole)
    own_store.stop()
    answer = put(server, "u", whole)
    assert (answer.status, answer.error) == (503, "store_unavailable")
