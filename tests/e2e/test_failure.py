"""Redis stalled, killed, emptied: no wrong answer, and never a false 404."""
import signal
import threading

import pytest
from programs import until


@pytest.fixture
def server(own_table, lookup, own_store):
    """One that asks Redis for every record."""
    return lookup("--snapshot", "off", redis=own_store)


def get(server, user):
    return server.get(f"/v1/churn/{user}?timeout_ms=1000")


def wait_until_answered(server, user, status):
    return until(lambda: (a := get(server, user)).status == status and a,
                 f"{user} is answered {status}")


def test_a_stalled_redis_is_503_and_its_connection_lives(server, own_store, shop):
    user = shop.user_ids[0]
    assert get(server, user).status == 200
    connects = server.metrics().value("lookup_store_connects_total")
    before = server.metrics()
    own_store.signal(signal.SIGSTOP)
    try:
        answer = server.get(f"/v1/churn/{user}")
        assert answer.status == 503 and answer.error == "store_unavailable"
        assert answer.headers["Retry-After"]
        server.wait_for("ready", 503)
        assert server.admin("GET", "/health/live").status == 200
        assert server.get("/v1/churn").status == 200, "what is in memory is answered"
    finally:
        own_store.signal(signal.SIGCONT)
    until(lambda: server.get(f"/v1/churn/{user}").status == 200, "answered again")
    server.wait_for("ready")
    after = server.metrics()
    assert after.value("lookup_store_connects_total") == connects
    assert set(after.delta(before)) == {"error", "precomputed"}
    assert after.value("lookup_store_timeouts_total") >= 1


def test_a_hasty_client_is_no_evidence_against_redis(own_table, lookup, own_store, shop):
    server = lookup("--snapshot", "off", "--timeout-ms", 5000, redis=own_store)
    user = shop.user_ids[0]
    own_store.signal(signal.SIGSTOP)
    try:
        assert server.get(f"/v1/churn/{user}?timeout_ms=1").error == "store_unavailable"
    finally:
        own_store.signal(signal.SIGCONT)
    assert server.get(f"/v1/churn/{user}").status == 200, "the next is asked at once"
    after = server.metrics()
    assert after.value("lookup_store_timeouts_total") == 1
    assert after.value("lookup_store_shed_total") == 0


def test_a_whole_row_is_scored_without_redis(server, own_store, shop):
    row = dict.fromkeys(server.get("/v1/churn").json()["features"], 1.5)
    want = server.post("/v1/churn/x", {"features": row}).prediction
    own_store.signal(signal.SIGSTOP)
    try:
        answer = server.post("/v1/churn/x", {"features": row})
        assert answer.status == 200 and answer.prediction == want
        del row["age"]
        answer = server.post("/v1/churn/x", {"features": row})
        assert answer.status == 503, "silence about the rest is not absence"
    finally:
        own_store.signal(signal.SIGCONT)


def test_defaults_while_the_store_is_silent_say_so(own_table, lookup, own_store, shop):
    server = lookup("--on-failure", "default", "--snapshot", "off", redis=own_store)
    own_store.signal(signal.SIGSTOP)
    try:
        answer = server.get(f"/v1/churn/{shop.user_ids[0]}")
        assert answer.status == 200
        assert answer.json()["source"] == "default" and answer.json()["degraded"] == "store"
    finally:
        own_store.signal(signal.SIGCONT)


def test_a_killed_redis_comes_back_empty(server, own_store, shop):
    user = shop.user_ids[0]
    own_store.stop()
    wait_until_answered(server, user, 503)
    server.wait_for("ready", 503)
    own_store.start()
    answer = until(lambda: (a := get(server, user)).error == "table_unavailable" and a,
                   "the loss is seen")
    assert answer.status == 503
    assert get(server, "nobody").status == 503, "nothing proves that nobody is absent"
    until(lambda: b"manifest is gone" in server.admin("GET", "/health/ready").body,
          "the reason is given")


def test_an_emptied_redis_is_not_absence(server, own_store, shop, own_table):
    user = shop.user_ids[0]
    own_store.client.flushall()
    before = server.metrics()
    assert get(server, user).error == "table_unavailable"
    assert get(server, "nobody").status == 503
    after = server.metrics()
    assert after.delta(before) == {"error": 2}
    assert after.value("lookup_second_looks_lost_total") == 2
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    assert wait_until_answered(server, user, 200).prediction == shop.expected[user]


def test_a_number_that_comes_back_is_not_taken_for_the_old(server, own_store, shop, own_table):
    """Emptied and published again under load: buckets are found by the number."""
    seen, done = [], threading.Event()

    def ask():
        batch = server.post("/v1/churn", {"users": shop.user_ids[:200]}).json()
        return batch.get("as_of"), {r["user"]: r["prediction"] for r in batch.get("results", ())
                                    if "prediction" in r}

    def keep_asking():
        while not done.is_set():
            seen.append(ask())

    truth = dict([ask()])
    asking = threading.Thread(target=keep_asking)
    asking.start()
    own_store.client.flushall()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                   "--iterations", "0:5", "--as-of", "2026-01-01T00:00:00Z")
    until(lambda: seen[-1][0] == "2026-01-01T00:00:00Z" and len(seen[-1][1]) == 200, "published")
    done.set()
    asking.join()
    truth.update([ask()])
    assert all(answers.items() <= truth[as_of].items() for as_of, answers in seen if answers)


def test_a_lost_bucket_is_503_for_its_users_only(server, own_store, shop, prefix):
    lost = next(k for k in own_store.client.scan_iter(f"{prefix}:churn:1:*")
                if k.rsplit(b":", 1)[1].isdigit())
    gone = {u.decode() for u in own_store.client.hkeys(lost)}
    own_store.client.delete(lost)
    for user in shop.user_ids[:200] + list(gone):
        answer = get(server, user)
        assert answer.status == (503 if user in gone else 200), (user, answer)


def test_a_restored_older_state_is_believed(server, own_store, shop, own_table, prefix):
    """The manifest goes back to generation 1: so does the server."""
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    user = shop.user_ids[0]
    until(lambda: get(server, user).json()["generation"] == 2, "generation 2 is seen")
    own_store.client.hset(f"{prefix}:churn", mapping={
        "live": 1, "seq": 1,
        "live_uid": own_store.client.hget(f"{prefix}:churn:1", "uid")})
    until(lambda: get(server, user).json()["generation"] == 1, "generation 1 is seen")


def test_a_server_starts_before_its_redis(lookup, own_store, own_table, shop):
    own_store.stop()
    server = lookup(redis=own_store, wait="live")
    assert server.admin("GET", "/health/ready").status == 503
    assert get(server, shop.user_ids[0]).status == 503
    assert server.get("/v1").status == 503
    own_store.start()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    server.wait_for("ready")
    assert get(server, shop.user_ids[0]).status == 200


def test_a_model_that_is_not_the_generations_is_not_loaded(server, own_store, shop, own_table,
                                                           prefix):
    user = shop.user_ids[0]
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                   "--no-publish")
    own_store.client.append(f"{prefix}:churn:2:model", " ")
    # another uid: the server may have loaded generation 2 when it was ready
    own_store.client.hset(f"{prefix}:churn:2", "uid", "0123456789abcdef")
    own_store.client.hset(f"{prefix}:churn", mapping={
        "live": 2, "seq": 2, "live_uid": "0123456789abcdef"})
    server.wait_for("ready", 503)
    assert b"sha256" in server.admin("GET", "/health/ready").body
    assert get(server, user).json()["generation"] == 1, "what is held is served"
