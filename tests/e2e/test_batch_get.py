"""Many users or rows in one request, from one generation."""
import csv
import threading

import numpy


def test_order_and_outcomes(server, shop):
    asked = [shop.user_ids[3], "nobody", shop.late_ids[0], shop.user_ids[1], "nobody"]
    before = server.metrics()
    answer = server.post("/v1/churn", {"users": asked})
    assert answer.status == 200, answer
    results = answer.json()["results"]
    assert [r["user"] for r in results] == asked
    assert [r.get("source") for r in results] == [
        "precomputed", None, "live", "precomputed", None]
    assert results[1]["error"]["code"] == "unknown_user"
    for r in results:
        if "source" in r:
            assert numpy.float32(r["prediction"]) == shop.expected[r["user"]]
    assert server.metrics().delta(before) == {"precomputed": 2, "live": 1, "unknown": 2}


def test_a_thousand_users(server, shop):
    before = server.metrics()
    answer = server.post("/v1/churn", {"users": shop.user_ids[:1000]})
    assert answer.status == 200, answer
    assert all(numpy.float32(r["prediction"]) == shop.expected[r["user"]]
               for r in answer.json()["results"])
    assert server.metrics().delta(before) == {"precomputed": 1000}
    assert server.post("/v1/churn", {"users": shop.user_ids[:1001]}).status == 400
    assert server.post("/v1/churn", {"users": []}).status == 400


def test_instances(server, shop):
    features = server.get("/v1/churn").json()["features"]
    with shop.late.open(newline="") as f:
        rows = list(csv.DictReader(f))[:50]
    named = [{n: float(row[n]) if row[n] else None for n in features} for row in rows]
    listed = [list(row.values()) for row in named]
    before = server.metrics()
    answer = server.post("/v1/churn", {"instances": named[:25] + listed[25:]})
    assert answer.status == 200, answer
    for row, result in zip(rows, answer.json()["results"], strict=True):
        assert numpy.float32(result["prediction"]) == shop.expected[row["user_id"]]
    assert server.metrics().delta(before) == {"live": 50}
    del named[0][features[0]]
    answer = server.post("/v1/churn", {"instances": named})
    assert (answer.status, answer.error) == (400, "missing_features")


def test_one_generation_while_publishing(server, batchgen, shop):
    """The batches differ in nothing but their number, which is enough."""
    stop = threading.Event()

    def publish():
        for number in (1, 2, 1, 2, 1):
            batchgen.done("publish", str(number), "--table", "churn", "--force")
        stop.set()

    batchgen.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                  "--id-column", "user_id", "--force")
    thread = threading.Thread(target=publish)
    thread.start()
    asked = [*shop.user_ids[:40], "nobody", *shop.late_ids[:5]]
    seen = set()
    while not stop.is_set():
        answer = server.post("/v1/churn?timeout_ms=5000", {"users": asked})
        assert answer.status == 200, answer
        seen.add(answer.json()["generation"])
        errors = [r["error"]["code"] for r in answer.json()["results"] if "error" in r]
        assert errors == ["unknown_user"], answer
    thread.join()
    assert seen <= {1, 2}
