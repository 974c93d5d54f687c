"""Records in memory: answered without Redis, and no others than Redis holds."""
import json
import signal

import numpy
import pytest
from programs import until


@pytest.fixture
def server(own_table, lookup, own_store):
    return lookup(redis=own_store)


@pytest.fixture
def stalled(own_store):
    """stalled() stops Redis in its tracks until the test is over."""
    yield lambda: own_store.signal(signal.SIGSTOP)
    own_store.signal(signal.SIGCONT)


def snapshot_of(server):
    return server.get("/v1/churn").json()["snapshot"]


def test_hits_do_not_ask_redis(server, shop):
    users = shop.user_ids[:300]
    before = server.metrics()
    for user in users:
        answer = server.get(f"/v1/churn/{user}")
        assert answer.prediction == shop.expected[user]
        assert answer.headers["X-Lookup-Source"] == "precomputed"
    after = server.metrics()
    assert after.delta(before) == {"precomputed": len(users)}
    commands = "lookup_store_commands_total"
    assert after.value(commands) == before.value(commands)


def test_warm_before_ready_and_counted(server, shop):
    have = snapshot_of(server)
    assert have["users"] == len(shop.user_ids)
    assert have["bytes"] <= 30 * len(shop.user_ids)
    metrics = server.metrics()
    assert metrics.value("lookup_snapshot_users", table="churn") == have["users"]
    assert metrics.value("lookup_snapshot_bytes", table="churn") == have["bytes"]


def test_absence_is_proven_but_for_the_row(server, shop):
    before = server.metrics()
    late = shop.late_ids[0]
    assert server.get(f"/v1/churn/{late}").json()["source"] == "live"
    assert server.get("/v1/churn/nobody").status == 404
    after = server.metrics()
    assert after.delta(before) == {"live": 1, "unknown": 1}
    assert after.value("lookup_second_looks_total") == 0
    assert after.value("lookup_store_commands_total") == 4 + before.value(
        "lookup_store_commands_total"), "seq and row, twice"


def test_misses_of_a_turn_ask_for_seq_once(server, shop):
    before = server.metrics()
    gets = [f"GET /v1/churn/{late} HTTP/1.1\r\nHost: x\r\n" for late in shop.late_ids[:50]]
    got = server.raw(("\r\n".join(gets) + "Connection: close\r\n\r\n").encode()).decode()
    answers = [json.loads(line) for line in got.splitlines() if line.startswith("{")]
    assert [a["user"] for a in answers] == shop.late_ids[:50]
    assert all(numpy.float32(a["prediction"]) == shop.expected[a["user"]] for a in answers)
    after = server.metrics()
    assert after.delta(before) == {"live": 50}
    assert after.value("lookup_store_commands_total") == 50 + 1 + before.value(
        "lookup_store_commands_total"), "50 rows, and seq"


def test_a_stalled_redis_does_not_stop_hits(server, shop, stalled):
    before = server.metrics()
    stalled()
    for user in shop.user_ids[:100]:
        assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.get("/v1/churn/nobody").error == "store_unavailable"
    assert server.get(f"/v1/churn/{shop.late_ids[0]}").status == 503
    assert server.metrics().delta(before) == {"precomputed": 100, "error": 2}


def test_an_emptied_redis_is_no_absence(server, own_store, shop):
    own_store.client.flushall()
    user = shop.user_ids[0]
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.get("/v1/churn/nobody").error == "table_unavailable"
    assert server.get(f"/v1/churn/{shop.late_ids[0]}").error == "table_unavailable"


def test_an_emptied_redis_is_filled_again(server, own_store, own_table, shop):
    """Until the batch that does it is published the memory answers."""
    rows = shop.users.read_text()
    user = shop.user_ids[0]
    uid = server.get("/v1/churn").json()["uid"]
    before = server.metrics()
    own_store.client.flushall()
    batch = own_table.start("score", "--table", "churn", "--model", shop.model, "--input", "-",
                            stdin=True)
    batch.stdin.write(rows[:len(rows) // 2])
    batch.stdin.flush()
    until(lambda: b"nothing of it is published" in server.admin("GET", "/health/ready").body,
          "the batch has begun")
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.get("/v1/churn").json()["uid"] == uid
    assert server.get("/v1/churn/nobody").error == "table_unavailable"
    assert server.metrics().delta(before) == {"precomputed": 1, "error": 1}
    batch.stdin.write(rows[len(rows) // 2:])
    assert batch.communicate()[1] == "" and batch.returncode == 0
    until(lambda: server.get("/v1/churn").json()["uid"] != uid, "published")
    server.wait_for("ready")
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.get("/v1/churn/nobody").status == 404


def wait_for(server, user, generation):
    """Until both threads answer from it."""
    until(lambda: all(server.get(f"/v1/churn/{user}").json()["generation"] == generation
                      for _ in range(20)), f"{generation} is live")


def test_the_next_generation_is_warm_when_it_goes_live(server, shop, own_table, stalled):
    done = own_table.done("score", "--table", "churn", "--model", shop.model,
                          "--input", shop.users, "--iterations", "0:5", "--force")
    assert "not loaded" not in done.err
    user = shop.user_ids[0]
    wait_for(server, user, 2)
    assert snapshot_of(server)["users"] == len(shop.user_ids)
    second = server.get(f"/v1/churn/{user}").prediction
    assert second != shop.expected[user]
    own_table.done("rollback", "--table", "churn")
    wait_for(server, user, 1)
    stalled()
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]


def test_what_does_not_fit_is_asked_of_redis(own_table, lookup, own_store, shop):
    server = lookup("--snapshot-memory", "8KiB", redis=own_store)
    assert snapshot_of(server) is None
    before = server.metrics()
    user = shop.user_ids[0]
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    after = server.metrics()
    assert after.delta(before) == {"precomputed": 1}
    assert after.value("lookup_store_commands_total") == 1 + before.value(
        "lookup_store_commands_total")
    assert "lookup_snapshot_users{" not in after.text


def test_on_is_not_limited(own_table, lookup, own_store, shop):
    server = lookup("--snapshot", "on", "--snapshot-memory", "8KiB", redis=own_store)
    assert snapshot_of(server)["users"] == len(shop.user_ids)


def test_the_live_one_goes_before_the_previous(own_table, lookup, own_store, shop):
    """Room for one and a half: the previous one makes way for the next."""
    server = lookup("--snapshot-memory", "64KiB", redis=own_store)
    for gen in (2, 3):
        own_table.done("score", "--table", "churn", "--model", shop.model,
                       "--input", shop.users)
        until(lambda: server.get("/v1/churn").json()["generation"] == gen, f"{gen} is live")
        until(lambda: snapshot_of(server), f"{gen} is warm")
    user = shop.user_ids[0]
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]


def test_off(own_table, lookup, own_store, shop):
    server = lookup("--snapshot", "off", redis=own_store)
    assert snapshot_of(server) is None
    assert server.get(f"/v1/churn/{shop.user_ids[0]}").status == 200


def test_a_generation_with_a_lost_bucket_is_not_held(own_table, lookup, own_store, shop, prefix):
    lost = next(k for k in own_store.client.scan_iter(f"{prefix}:churn:1:*")
                if k.rsplit(b":", 1)[1].isdigit())
    gone = own_store.client.hkeys(lost)[0].decode()
    own_store.client.delete(lost)
    server = lookup(redis=own_store)
    assert snapshot_of(server) is None
    assert server.get(f"/v1/churn/{gone}").error == "table_unavailable"
    assert "records are missing" in server.errors.read_text()
