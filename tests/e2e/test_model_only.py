"""A model file and no Redis: rows are scored live, and users are unknown."""
import csv
import itertools
import json
import signal

import numpy
import pytest
import redis
from programs import Server, run, until


@pytest.fixture
def serve(tmp_path):
    """serve("--model", path, ...) starts a server without Redis."""
    servers = []

    def start(*args):
        servers.append(Server(tmp_path, "--threads", 2, *args))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(serve, shop):
    return serve("--model", shop.model, "--table", "churn")


def rows_of(shop, n):
    """The first n users: ids and their features by name."""
    with shop.users.open(newline="") as f:
        rows = list(itertools.islice(csv.DictReader(f), n))
    return [(row.pop("user_id"), {k: float(v) if v else None for k, v in row.items()})
            for row in rows]


def test_rows_are_scored_as_by_the_batch(server, shop):
    rows = rows_of(shop, 100)
    before = server.metrics()
    answer = server.post("/v1/churn?timeout_ms=5000",
                         {"instances": [row for _, row in rows]})
    assert answer.status == 200
    for (user, _), result in zip(rows, answer.json()["results"]):
        assert result["source"] == "live"
        assert numpy.float32(result["prediction"]) == shop.expected[user]
    user, row = rows[0]
    answer = server.post(f"/v1/churn/{user}", {"features": row})
    assert answer.prediction == shop.expected[user]
    assert server.metrics().delta(before) == {"live": 101}


def test_users_are_known_to_be_absent(server, shop):
    before = server.metrics()
    user = shop.user_ids[0]
    answer = server.get(f"/v1/churn/{user}")
    assert answer.status == 404 and answer.error == "unknown_user"
    results = server.post("/v1/churn", {"users": [user]}).json()["results"]
    assert results == [{"user": user, "error": {"code": "unknown_user"}}]
    client = redis.Redis(port=server.resp_port)
    assert client.get(f"churn:{user}") is None
    assert client.exists(f"churn:{user}") == 0
    assert server.metrics().delta(before) == {"unknown": 4}


def test_what_is_not_named_is_not_known(server):
    before = server.metrics()
    answer = server.post("/v1/churn/x", {"features": {"age": 31}})
    assert answer.status == 400 and answer.error == "missing_features"
    answer = server.post("/v1/churn/x", {"features": {"age": 31}, "partial": True})
    assert answer.status == 200 and answer.json()["source"] == "live"
    assert server.metrics().delta(before) == {"error": 1, "live": 1}


def test_unknown_users_may_have_the_default(serve, shop):
    server = serve("--model", shop.model, "--on-unknown", "default")
    answer = server.get("/v1/model/x")
    assert answer.status == 200 and answer.json()["source"] == "default"


def test_ready_without_a_store(server):
    assert server.admin("GET", "/health/ready").body == b"ready\n"
    assert server.get("/v1/other/x").error == "unknown_table"
    about = server.get("/v1/churn").json()
    assert about["generation"] == 1 and about["rows"] == 0 and about["snapshot"] is None
    metrics = server.metrics()
    assert "lookup_store_up" not in metrics.text
    assert metrics.value("lookup_store_commands_total") == 0


def test_sighup_finds_no_loader_to_wake(server):
    server.signal(signal.SIGHUP)
    until(lambda: "read again" in server.errors.read_text(), "SIGHUP is taken")
    assert server.admin("GET", "/health/ready").status == 200


def test_features_are_not_stored(server):
    answer = server.admin("PUT", "/v1/churn/x/features", {"features": {"age": 31}})
    assert answer.status == 501 and answer.error == "no_store"


def test_a_model_without_names(shared_data, serve):
    triple = next(t for t in json.loads((shared_data / "triples.json").read_text())
                  if t["id"] == "kserve-iris-json" and t["output"] == "value")
    server = serve("--model", shared_data / triple["model"])
    assert server.get("/v1/model").json()["features"] == ["f0", "f1", "f2", "f3"]
    rows = [[float(x) for x in line.split(",")]
            for line in (shared_data / triple["input"]).read_text().splitlines()]
    results = server.post("/v1/model", {"instances": rows}).json()["results"]
    expected = (shared_data / triple["expected"]).read_text().split()
    assert [r["prediction"] for r in results] == [float(x) for x in expected]


def test_what_is_no_model_is_refused(shared_data):
    for name in ("empty.model", "lightgbm-gamma.model", "agaricus.libsvm.model"):
        path = shared_data / "bad_models" / name
        result = run("lookup", "--model", path)
        assert result.code == 3, result
        assert result.err.startswith(f"lookup: {path}: ") and result.err.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path):
    result = run("lookup", "--model", tmp_path / "none")
    assert result.code == 1 and str(tmp_path / "none") in result.err


def test_usage():
    for args in (("--table", "t"), ("--model", "m", "--redis", "redis://x"),
                 ("--model", "m", "--table", "a:b")):
        result = run("lookup", *args)
        assert result.code == 2, result
