"""?explain=1 on the admin listener: how an answer came about, and by which features."""
import csv
import math

import numpy
import pytest
from programs import until


def explain(server, table, user, *more):
    answer = server.admin("GET", f"/v1/{table}/{user}?" + "&".join(["explain=1", *more]))
    assert answer.status == 200, answer
    return answer.json()


def rungs(found):
    assert all(r["us"] >= 0 for r in found["rungs"])
    return [r["rung"] for r in found["rungs"]]


def row_of(path, user):
    with path.open(newline="") as f:
        return next(row for row in csv.DictReader(f) if row["user_id"] == user)


def assert_sums_up(found, probability):
    """The parts to the margin, and the margin to the prediction."""
    output, = found["contributions"]["outputs"]
    total = output["bias"] + sum(output["features"].values())
    assert total == pytest.approx(output["margin"], abs=1e-5)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(probability, abs=1e-6)


def test_a_live_answer_by_its_features(server, shop):
    user = shop.late_ids[0]
    found = explain(server, "churn", user)
    assert rungs(found) == ["superseded", "snapshot", "second_look", "score"]
    assert found["superseded"] is False and found["record"] is None
    assert found["answer"]["source"] == "live"
    want = shop.expected[user]
    assert numpy.float32(found["answer"]["prediction"]) == want
    assert numpy.float32(found["live"]["prediction"]) == want
    row = row_of(shop.late, user)
    row.pop("user_id")
    values = found["features"]["values"]
    assert list(values) == list(row) == list(found["contributions"]["outputs"][0]["features"])
    assert {k: None if v == "" else pytest.approx(float(v)) for k, v in row.items()} == values
    assert_sums_up(found, want)


def test_a_stored_answer_and_an_unknown_user(server, shop):
    before = server.metrics()
    found = explain(server, "churn", shop.user_ids[0])
    assert rungs(found) == ["superseded", "snapshot"]
    assert found["answer"]["source"] == "precomputed"
    assert numpy.float32(found["record"]["prediction"]) == shop.expected[shop.user_ids[0]]
    assert found["features"] is found["live"] is found["contributions"] is None
    found = explain(server, "churn", "nobody")
    assert found["answer"]["error"]["code"] == "unknown_user"
    after = server.metrics()
    assert after.delta(before) == {"precomputed": 1, "unknown": 1}
    assert after.value("lookup_answers_total", dialect="admin") == 2


def test_a_superseded_user_has_both(server, shop):
    user = shop.user_ids[1]
    row = row_of(shop.users, user)
    row.pop("user_id")
    features = {name: None if v == "" else float(v) for name, v in row.items()}
    put = server.admin("PUT", f"/v1/churn/{user}/features", {"features": {**features, "age": 99}})
    assert put.status == 204
    found = until(lambda: (f := explain(server, "churn", user))["superseded"] and f,
                  "the change is known")
    assert rungs(found) == ["superseded", "features", "score"]
    assert numpy.float32(found["record"]["prediction"]) == shop.expected[user]
    assert found["features"]["values"]["age"] == 99
    assert found["answer"]["prediction"] == found["live"]["prediction"]
    assert found["live"]["prediction"] == server.get(f"/v1/churn/{user}").json()["prediction"]


def test_a_ranking_by_its_best_item(shared_data, batchgen, lookup):
    recs = shared_data / "shop" / "recs"
    batchgen.done("score", "--table", "recs", "--model", recs / "model.json", "--items",
                  recs / "items.csv", "--input", recs / "users.csv", "--with-features")
    server = lookup()
    with (recs / "users.csv").open(newline="") as f:
        user = next(csv.DictReader(f))["user_id"]
    found = explain(server, "recs", user, "k=3", "timeout_ms=2000")
    assert found["live"]["items"] == found["record"]["items"] == found["answer"]["items"]
    best = found["live"]["items"][0]
    assert len(found["live"]["items"]) == 3
    assert found["contributions"]["item"] == best["id"]
    assert_sums_up(found, best["score"])


def test_only_on_the_admin_listener(server, shop):
    user = shop.user_ids[0]
    assert server.get(f"/v1/churn/{user}?explain=1").error == "forbidden"
    assert server.admin("GET", f"/v1/churn/{user}").error == "bad_parameter"
