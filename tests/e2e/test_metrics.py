"""/metrics after all kinds of requests: its format, and that its figures agree."""
import pytest
import redis
from exposition import families
from programs import until


@pytest.fixture
def busy(server, shop):
    """A server that was asked in every way: hits, misses, errors, batches, writes."""
    for user in shop.user_ids[:5]:
        assert server.get(f"/v1/churn/{user}").status == 200
    assert server.get(f"/v1/churn/{shop.late_ids[0]}").json()["source"] == "live"
    assert server.get("/v1/churn/nobody").status == 404
    assert server.get("/v1/nothing/nobody").status == 404
    assert server.post("/v1/churn", {"users": shop.user_ids[:3]}).status == 200
    assert server.raw(b"GET\r\n\r\n").startswith(b"HTTP/1.1 400")
    client = redis.Redis(port=server.resp_port)
    assert client.get(f"churn:{shop.user_ids[0]}")
    assert client.get("churn:nobody") is None
    assert client.mget("churn:nobody", f"churn:{shop.user_ids[1]}")
    client.connection_pool.disconnect()
    put = {"features": {"age": 31}}
    assert server.admin("PUT", f"/v1/churn/{shop.late_ids[1]}/features", put).status == 204
    assert server.admin("PUT", "/v1/churn/nobody/features", put).status == 400
    assert server.admin("GET", f"/v1/churn/{shop.late_ids[1]}?explain=1").status == 200
    until(lambda: is_settled(server.metrics()), "all is counted")
    return server


def is_settled(found):
    return (found.value("lookup_connections") == 0
            and found.value("lookup_superseded_users", table="churn") == 1)


def test_the_format_is_kept_to_the_letter(busy):
    answer = busy.admin("GET", "/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = families(answer.body.decode())
    assert all(name.startswith("lookup_") for name in found)
    assert {"counter", "gauge", "histogram"} == {f.kind for f in found.values()}


def test_requests_by_dialect_table_and_source(busy):
    found = busy.metrics()

    def count(**labels):
        return found.value("lookup_request_seconds_count", **labels)

    assert count(dialect="native", table="churn", source="precomputed") == 5 + 1
    assert count(dialect="native", table="churn", source="live") == 1
    assert count(dialect="native", table="churn", source="unknown") == 1
    assert count(dialect="native", table="", source="") == 1, "no table"
    assert count(dialect="resp", table="churn", source="precomputed") == 1
    assert count(dialect="resp", table="churn", source="unknown") == 1
    assert count(dialect="admin", table="churn", source="live") == 1
    assert count(dialect="none", table="", source="") == 1
    for dialect in ("native", "resp", "admin", "none"):
        assert count(dialect=dialect) == found.value("lookup_requests_total", dialect=dialect)
    assert found.value("lookup_requests_total", dialect="admin", code="204") == 1
    assert found.value("lookup_requests_total", dialect="admin", code="400") == 1


def test_every_dialect_says_table_and_source(server, shop):
    users, row = shop.user_ids[:2], ",".join(["1.5"] * 12)
    target = {"X-Amz-Target": "DynamoDB_20120810.GetItem"}
    key = {"TableName": "churn", "Key": {"user_id": {"S": users[0]}}}
    tensor = {"name": "user_id", "shape": [2], "datatype": "BYTES", "data": users}
    tensors = {"name": "x", "shape": [1, 12], "datatype": "FP32", "data": [1.5] * 12}
    asked = [
        server.request("POST", "/", key, target),
        server.post("/v2/models/churn/infer", {"inputs": [tensor]}),
        server.post("/v2/models/churn/infer", {"inputs": [tensors]}),
        server.request("POST", "/endpoints/churn/invocations", row, {"Content-Type": "text/csv"}),
        server.post("/v1/churn", {"users": [users[0], "nobody"]})]
    assert [a.status for a in asked] == [200] * 5, asked
    found = server.metrics()
    for dialect, source in (("dynamodb", "precomputed"), ("oip", "precomputed"), ("oip", "live"),
                            ("sagemaker", "live"), ("native", "")):
        assert found.value("lookup_request_seconds_count", dialect=dialect, table="churn",
                           source=source) == 1, (dialect, source)


def test_asking_for_metrics_is_counted_and_no_more(busy):
    before = busy.metrics()
    after = busy.metrics()
    moved = {key for key, value in after.samples.items() if before.samples.get(key) != value}
    assert after.delta(before) == {}
    assert {name for name, _ in moved} <= {
        "lookup_requests_total", "lookup_request_seconds_bucket", "lookup_request_seconds_sum",
        "lookup_request_seconds_count", "lookup_generation_age_seconds"}
    scrapes = ("lookup_requests_total", {"dialect": "admin", "code": "200"})
    assert after.value(scrapes[0], **scrapes[1]) == before.value(scrapes[0], **scrapes[1]) + 1


def test_what_is_held_for_each_table(busy, shop):
    found = busy.metrics()
    assert found.value("lookup_generation", table="churn") == 1
    assert found.value("lookup_snapshot_users", table="churn") == len(shop.user_ids)
    assert found.value("lookup_superseded_users", table="churn") == 1
    assert 0 < found.value("lookup_generation_age_seconds", table="churn") < 3600
