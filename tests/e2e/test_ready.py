"""How well a server that is ready is."""
import pytest
from programs import Batchgen, until


@pytest.fixture
def table(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    batchgen.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    return batchgen


def ready(server):
    answer = server.admin("GET", "/health/ready")
    return answer.status, answer.body.decode()


def page(server):
    return server.admin("GET", "/").body.decode()


def test_redis_is_lost(table, lookup, own_store, shop):
    """With all records in memory the server stays ready, and says what is amiss."""
    with_snapshot = lookup(redis=own_store)
    without = lookup("--snapshot", "off", redis=own_store)
    assert ready(with_snapshot) == ready(without) == (200, "ready\n")
    own_store.stop()
    without.wait_for("ready", 503)
    until_degraded(with_snapshot)
    status, text = ready(with_snapshot)
    first, why, table_line = text.splitlines()
    assert (status, first) == (200, "degraded")
    assert str(own_store.socket) in why
    assert table_line.startswith("table churn: generation 1 as of ")
    assert table_line.endswith("is served from memory")
    assert "degraded" in page(with_snapshot) and "not ready" in page(without)
    user = shop.user_ids[0]
    before = with_snapshot.metrics()
    assert with_snapshot.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    after = with_snapshot.metrics()
    assert after.delta(before) == {"precomputed": 1}
    assert after.value("lookup_store_up") == 0


def until_degraded(server):
    until(lambda: ready(server)[1] != "ready\n", "the loss is seen")


def test_data_older_than_max_age(table, lookup, own_store, shop):
    table.done("score", "--table", "old", "--model", shop.model, "--input", shop.users,
               "--as-of", "2020-01-01T00:00:00Z")
    server = lookup("--max-age", "30d", redis=own_store)
    assert ready(server) == (200, "degraded\ntable old: generation 1 as of "
                             "2020-01-01T00:00:00Z is older than --max-age\n")
    before = server.metrics()
    user = shop.user_ids[0]
    assert server.get(f"/v1/old/{user}").json()["stale"] is True
    assert "stale" not in server.get(f"/v1/churn/{user}").json()
    assert server.metrics().delta(before) == {"precomputed": 2}
