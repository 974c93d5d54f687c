"""Feature rows in memory: who has no record is scored without Redis."""
import csv
import signal

import pytest
from programs import until

COMMANDS = "lookup_store_commands_total"


@pytest.fixture
def server(own_table, lookup, own_store, shop):
    server = lookup("--snapshot-features", redis=own_store)
    wait_for_rows(server, len(shop.late_ids))
    return server


def rows(server):
    return server.metrics().value("lookup_feature_rows", table="churn")


def wait_for_rows(server, n):
    until(lambda: rows(server) == n, f"{n} rows are in memory")


def get(server, user):
    return server.get(f"/v1/churn/{user}")


def features_of(path, user):
    with path.open(newline="") as f:
        row = next(row for row in csv.DictReader(f) if row["user_id"] == user)
    row.pop("user_id")
    return {k: float(v) if v else None for k, v in row.items()}


def test_misses_do_not_ask_redis(server, shop):
    before = server.metrics()
    for user in shop.late_ids:
        answer = get(server, user)
        assert answer.prediction == shop.expected[user]
        assert answer.json()["source"] == "live"
    after = server.metrics()
    assert after.delta(before) == {"live": len(shop.late_ids)}
    assert after.value(COMMANDS) == before.value(COMMANDS)
    assert get(server, "nobody").status == 404, "absence is asked of Redis"
    assert server.metrics().value(COMMANDS) == 2 + after.value(COMMANDS)


def test_an_explanation_does_not_ask_redis_either(server, shop):
    user = shop.late_ids[0]
    commands = server.metrics().value(COMMANDS)
    found = server.admin("GET", f"/v1/churn/{user}?explain=1").json()
    assert [r["rung"] for r in found["rungs"]] == [
        "superseded", "snapshot", "features", "score"]
    assert found["answer"]["prediction"] == found["live"]["prediction"]
    assert found["features"]["values"] == pytest.approx(features_of(shop.late, user))
    assert server.metrics().value(COMMANDS) == commands


def test_a_request_is_overlaid_from_memory(server, shop):
    user = shop.late_ids[0]
    commands = server.metrics().value(COMMANDS)
    same = server.post(f"/v1/churn/{user}",
                       {"features": {"age": features_of(shop.late, user)["age"]}})
    assert same.prediction == shop.expected[user]
    assert server.metrics().value(COMMANDS) == commands


def test_misses_outlive_redis(server, own_store, shop):
    own_store.stop()
    server.wait_for("ready")
    before = server.metrics()
    for user in shop.late_ids[:20]:
        assert get(server, user).prediction == shop.expected[user]
    assert get(server, "nobody").status == 503
    assert server.metrics().delta(before) == {"live": 20, "error": 1}


def test_a_row_put_is_the_new_one(server, shop):
    """The stamp sends the user to Redis, where the new row is."""
    old, new = shop.late_ids[:2]
    answer = server.admin("PUT", f"/v1/churn/{old}/features",
                          {"features": features_of(shop.late, new)})
    assert answer.status == 204
    until(lambda: get(server, old).prediction == shop.expected[new], "the new row")
    assert all(get(server, old).prediction == shop.expected[new] for _ in range(20))
    assert rows(server) == len(shop.late_ids), "the others are in memory still"


def test_a_stamp_that_is_trimmed_lets_no_old_row_return(server, own_table, shop, own_store,
                                                        prefix):
    """Publishing trims the set of the superseded: rows are read again first."""
    old, new = shop.late_ids[:2]
    want = shop.expected[new]
    server.admin("PUT", f"/v1/churn/{old}/features", {"features": features_of(shop.late, new)})
    until(lambda: get(server, old).prediction == want, "the new row")
    for year in (2990, 2991):
        own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                       "--as-of", f"{year}-01-01T00:00:00Z")
    generation = until(lambda: (g := server.get("/v1/churn").json()["generation"]) == 3 and g,
                       "3 is live")
    own_store.client.zremrangebyscore(f"{prefix}:churn:superseded", "-inf", "+inf")
    assert generation == 3
    for _ in range(50):
        assert get(server, old).prediction == want
    wait_for_rows(server, len(shop.late_ids))
    commands = server.metrics().value(COMMANDS)
    assert get(server, shop.late_ids[5]).status == 200
    assert server.metrics().value(COMMANDS) == commands, "in memory again"


def test_rows_stored_by_a_batch_count_from_the_next_publication(server, own_table, shop, tmp_path):
    """Without --supersede nobody is told; a user without a row is found at once."""
    fresh = tmp_path / "fresh.csv"
    with shop.late.open(newline="") as f:
        header, first, *_ = csv.reader(f)
    with fresh.open("w", newline="") as f:
        csv.writer(f).writerows([header, ["newcomer", *first[1:]]])
    own_table.done("features", "--table", "churn", "--input", fresh)
    assert get(server, "newcomer").prediction == shop.expected[first[0]]
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    wait_for_rows(server, len(shop.late_ids) + 1)


def test_another_redis_has_other_rows(server, own_store, own_table, shop):
    own_store.stop()
    own_store.start()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    until(lambda: get(server, shop.late_ids[0]).status == 404, "the rows are gone")


def test_a_table_made_anew_has_other_rows(server, own_table, shop, tmp_path):
    """Made anew while the server stands still, with the number and seq it had."""
    user, late = shop.user_ids[0], shop.late_ids[0]
    server.admin("PUT", f"/v1/churn/{user}/features", {"features": features_of(shop.late, late)})
    until(lambda: get(server, user).json()["source"] == "live", "the new row")
    with shop.late.open(newline="") as f:
        header, first, second, *_ = csv.reader(f)
    other = tmp_path / "other.csv"
    with other.open("w", newline="") as f:
        csv.writer(f).writerows([header, [first[0], *second[1:]]])
    before = server.metrics()

    server.signal(signal.SIGSTOP)
    own_table.done("drop", "--table", "churn", "--force")
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                   "--warm-wait", "0s", "--as-of", "2026-01-01T00:00:00Z")
    own_table.done("features", "--table", "churn", "--input", other)
    server.signal(signal.SIGCONT)
    until(lambda: server.get("/v1/churn").json()["as_of"].startswith("2026-01-01"), "the new one")
    wait_for_rows(server, 1)
    assert get(server, late).prediction == shop.expected[second[0]], "not the old row"
    answer = get(server, user)
    assert answer.prediction == shop.expected[user]
    assert "stale" not in answer.json(), "who was superseded in the old table"
    assert server.metrics().delta(before) == {"precomputed": 1, "live": 1}


def test_they_count_as_memory(own_table, lookup, own_store, shop):
    server = lookup("--snapshot-features", "--snapshot-memory", "200KiB", redis=own_store)
    until(lambda: "feature rows stay in Redis" in server.errors.read_text(), "too many")
    assert get(server, shop.late_ids[0]).prediction == shop.expected[shop.late_ids[0]]
    assert "lookup_feature_rows{" not in server.metrics().text
    assert server.get("/v1/churn").json()["snapshot"] is not None
