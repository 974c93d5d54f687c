"""A PUT that was answered 204 holds, whatever becomes of Redis and the manifest."""
import csv
import signal
import time

import pytest
from programs import SLOWER, Batchgen, Redis, until

WITHIN = 0.1 * SLOWER  # seconds from the 204 until every server knows
MANY = 20000


@pytest.fixture
def own_store(tmp_path):
    """One that keeps what it was told when it is killed."""
    server = Redis(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    yield server
    server.stop()


@pytest.fixture(params=["auto", "off"])
def servers(request, own_table, lookup, own_store):
    """Three, with records in memory and without."""
    return [lookup("--snapshot", request.param, redis=own_store) for _ in range(3)]


def put(servers, user, row):
    """204, and 100 ms for all to know; what they say in between may be either."""
    until(lambda: servers[0].admin(
        "PUT", f"/v1/churn/{user}/features", {"features": row}).status == 204, "204")
    deadline = time.monotonic() + WITHIN
    for server in servers:
        while get(server, user).json().get("source") != "live":
            assert time.monotonic() < deadline, f"{user} is not live everywhere"


def get(server, user):
    return server.get(f"/v1/churn/{user}?timeout_ms=1000")


def none_is_old(servers, user, expected):
    """Silence is allowed, what the batch said is not. True: nor was there silence."""
    answers = [get(server, user) for server in servers for _ in range(10)]
    for answer in answers:
        assert answer.status == 503 or (
            answer.json()["source"] == "live" and answer.prediction == expected), answer
    return all(answer.status == 200 for answer in answers)


def assert_live(servers, user, expected):
    assert none_is_old(servers, user, expected)


def wait_until_live(servers, user, expected):
    until(lambda: none_is_old(servers, user, expected), "all are answered again")


def wait_for_generation(servers, user, gen):
    for server in servers:
        until(lambda: all(get(server, user).json().get("generation") == gen for _ in range(10)),
              f"{gen} is live")


def test_redis_is_killed_and_restarted(servers, own_store, shop, rows):
    user, twin = shop.user_ids[0], shop.late_ids[0]
    put(servers, user, rows[twin])
    own_store.stop()
    assert not none_is_old(servers, user, shop.expected[twin])
    own_store.start()
    wait_until_live(servers, user, shop.expected[twin])
    put(servers, shop.user_ids[1], rows[twin])
    assert_live(servers, shop.user_ids[1], shop.expected[twin])


def test_redis_is_stopped_for_a_while(servers, own_store, shop, rows):
    user, twin = shop.user_ids[0], shop.late_ids[0]
    put(servers, user, rows[twin])
    own_store.signal(signal.SIGSTOP)
    try:
        for server in servers:
            answer = server.get(f"/v1/churn/{user}")
            assert answer.status == 503, answer
    finally:
        own_store.signal(signal.SIGCONT)
    wait_until_live(servers, user, shop.expected[twin])


def test_generations_come_and_go(servers, own_table, shop, rows):
    """Of the same data, of later data, and back."""
    user, twin = shop.user_ids[0], shop.late_ids[0]
    put(servers, user, rows[twin])
    score = ("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    own_table.done(*score)
    wait_for_generation(servers, shop.user_ids[5], 2)
    assert_live(servers, user, shop.expected[twin])

    later = (*score, "--as-of", "2999-01-01T00:00:00Z")
    own_table.done(*later, "--no-publish")
    assert_live(servers, user, shop.expected[twin])  # ready, but not live
    own_table.done("publish", 3, "--table", "churn")
    wait_for_generation(servers, user, 3)
    for server in servers:
        until(lambda: get(server, user).json()["source"] == "precomputed", "in the batch")
    own_table.done("rollback", "--table", "churn")
    wait_for_generation(servers, user, 2)
    assert_live(servers, user, shop.expected[twin])


def test_a_clock_that_goes_back(servers, own_store, prefix, shop, rows):
    """Stamps go on from the last one, not from the clock."""
    twin = shop.late_ids[0]
    own_store.client.zadd(f"{prefix}:churn:superseded", {shop.user_ids[1]: 2 ** 51})
    for server in servers:
        until(lambda: server.get(f"/v1/churn/{shop.user_ids[1]}").json().get("stale"), "seen")
    put(servers, shop.user_ids[0], rows[twin])
    assert_live(servers, shop.user_ids[0], shop.expected[twin])


def test_many(servers, own_store, prefix, shop, rows, tmp_path):
    twin = shop.late_ids[0]
    path = tmp_path / "many.csv"
    with shop.late.open(newline="") as f, path.open("w", newline="") as to:
        header, row, *_ = csv.reader(f)
        csv.writer(to).writerows([header, *([f"m{i}", *row[1:]] for i in range(MANY))])
    Batchgen(own_store, prefix).done("features", "--table", "churn", "--input", path,
                                     "--supersede")
    for server in servers:
        until(lambda: server.metrics().value("lookup_superseded_users", table="churn") == MANY,
              "all are known")
    for user in (f"m{i}" for i in range(0, MANY, 1000)):
        assert_live(servers, user, shop.expected[twin])
    put(servers, shop.user_ids[0], rows[twin])
    assert_live(servers, shop.user_ids[0], shop.expected[twin])
