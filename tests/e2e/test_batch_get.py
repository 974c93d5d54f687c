"""Many users or rows in one request, from one generation."""
import csv
import json
import signal
import threading

import numpy

from programs import until

BATCHES = 12
AT_ONCE = 256  # users of all batches that Redis is asked for at one time

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


def test_many_batches_share_redis(lookup, own_store, own_table, shop):
    """However many wait for Redis, who asks for one user is not turned away."""
    server = lookup("--threads", 1, "--snapshot", "off", "--timeout-ms", 5000, redis=own_store)
    users = shop.user_ids[:1000]
    body = json.dumps({"users": users}).encode()
    head = f"POST /v1/churn HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n".encode()
    many = (head + b"\r\n" + body) * (BATCHES - 1) + head + b"Connection: close\r\n\r\n" + body
    before, answered = server.metrics(), {}

    def moved(name):
        return server.metrics().value(name) - before.value(name)

    def ask_many():
        answered["many"] = server.raw(many)

    def ask_one():
        answered["one"] = server.get(f"/v1/churn/{users[0]}")

    threads = [threading.Thread(target=ask) for ask in (ask_many, ask_one)]
    own_store.signal(signal.SIGSTOP)
    try:
        threads[0].start()
        until(lambda: moved("lookup_store_commands_total") == AT_ONCE, "batches ask Redis")
        threads[1].start()
        until(lambda: moved("lookup_store_commands_total") == AT_ONCE + 1, "one user is asked")
    finally:
        own_store.signal(signal.SIGCONT)
    for thread in threads:
        thread.join()

    assert answered["one"].prediction == shop.expected[users[0]]
    batches = [json.loads(x) for x in answered["many"].decode().splitlines() if x[:1] == "{"]
    assert len(batches) == BATCHES
    for batch in batches:
        assert [r["user"] for r in batch["results"]] == users
        assert all(numpy.float32(r["prediction"]) == shop.expected[r["user"]]
                   for r in batch["results"])
    assert server.metrics().delta(before) == {"precomputed": 1000 * BATCHES + 1}
    assert moved("lookup_store_shed_total") == 0
