"""Users whose features changed after the batch are answered live until the next."""
import csv
import os

import numpy
import pytest
from programs import until


@pytest.fixture
def changed(shop, tmp_path):
    """Ten stored users with the features of ten late ones: {user: its twin}."""
    with shop.late.open(newline="") as f:
        header, *rows = csv.reader(f)
    twins = dict(zip(shop.user_ids, (row[0] for row in rows[:10])))
    path = tmp_path / "changed.csv"
    with path.open("w", newline="") as f:
        csv.writer(f).writerows(
            [header, *([user, *row[1:]] for user, row in zip(twins, rows))])
    return path, twins


def source_of(server, user):
    return server.get(f"/v1/churn/{user}").json()["source"]


def test_answered_live_until_a_later_batch(lookup, batchgen, published, shop, changed):
    path, twins = changed
    servers = lookup(), lookup()
    batchgen.done("features", "--table", "churn", "--input", path, "--supersede")
    for server in servers:
        until(lambda: source_of(server, shop.user_ids[9]) == "live", "the change is seen")
        for user, twin in twins.items():
            answer = server.get(f"/v1/churn/{user}")
            assert answer.json()["source"] == "live"
            assert answer.prediction == shop.expected[twin], "by the new features"
        assert source_of(server, shop.user_ids[20]) == "precomputed"
    restarted = lookup()
    until(lambda: source_of(restarted, shop.user_ids[0]) == "live", "after a restart too")

    score = ("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    batchgen.done(*score, "--force")  # cut before the change: nothing is different
    until(lambda: servers[0].get("/v1/churn").json()["generation"] == 2, "generation 2")
    assert source_of(servers[0], shop.user_ids[0]) == "live"

    later = tmp_copy(shop.users, path.parent)
    batchgen.done(*score[:-1], later, "--as-of", "2999-01-01T00:00:00Z")
    until(lambda: source_of(servers[1], shop.user_ids[0]) == "precomputed",
          "a later batch has the change in it")
    batchgen.done("rollback", "--table", "churn")
    until(lambda: source_of(servers[1], shop.user_ids[0]) == "live",
          "and without that batch it counts again")


def tmp_copy(path, folder):
    copy = folder / "later.csv"
    copy.write_bytes(path.read_bytes())
    os.utime(copy)
    return copy


def test_without_a_row_the_record_is_stale(server, store, prefix, shop):
    user = shop.user_ids[0]
    store.client.zadd(f"{prefix}:churn:superseded", {user: 2 ** 51})
    until(lambda: "stale" in server.get(f"/v1/churn/{user}").json(), "the change is seen")
    answer = server.get(f"/v1/churn/{user}")
    assert answer.json()["source"] == "precomputed" and answer.json()["stale"] is True
    assert answer.prediction == numpy.float32(shop.expected[user])
