"""boto3, told nothing but another endpoint_url, reads tables of predictions."""
import csv
import threading
from decimal import Decimal

import boto3
import numpy
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

TARGET = "DynamoDB_20120810."


def how(server):
    return {"endpoint_url": f"http://127.0.0.1:{server.port}", "region_name": "eu-west-1",
            "aws_access_key_id": "key", "aws_secret_access_key": "secret",
            "config": Config(retries={"max_attempts": 0})}


@pytest.fixture
def client(server):
    """Gone before the server ends, which would wait for its connections."""
    connected = boto3.client("dynamodb", **how(server))
    yield connected
    connected.close()


@pytest.fixture
def resource(server):
    connected = boto3.resource("dynamodb", **how(server))
    yield connected
    connected.meta.client.close()


def key(user):
    return {"user_id": {"S": user}}


def score(item):
    return numpy.float32(item["prediction"]["N"])


def dynamodb(metrics, outcome):
    return metrics.value("lookup_answers_total", dialect="dynamodb", outcome=outcome)


def refused(call, *args, **more):
    with pytest.raises(ClientError) as caught:
        call(*args, **more)
    return caught.value.response["Error"]["Code"]


def test_get_item(server, client, shop):
    before = server.metrics()
    for user, source in ((shop.user_ids[0], "precomputed"), (shop.late_ids[0], "live")):
        native = server.get(f"/v1/churn/{user}").json()
        answer = client.get_item(TableName="churn", Key=key(user), ConsistentRead=True)
        item = answer["Item"]
        assert item["user_id"] == {"S": user}
        assert item["source"] == {"S": source}
        assert item["generation"] == {"N": str(native["generation"])}
        assert item["as_of"] == {"S": native["as_of"]}
        assert score(item) == shop.expected[user]
        assert set(item) == {"user_id", "source", "generation", "as_of", "prediction"}
        assert answer["ResponseMetadata"]["RequestId"]
    assert "Item" not in client.get_item(TableName="churn", Key=key("nobody"))
    after = server.metrics()
    assert after.delta(before) == {"precomputed": 2, "live": 2, "unknown": 1}
    assert [dynamodb(after, o) for o in ("precomputed", "live", "unknown")] == [1, 1, 1]
    assert after.value("lookup_requests_total", dialect="dynamodb", code="200") == 3


def test_batch_get_item(server, client, shop):
    asked = [*shop.user_ids[:90], *shop.late_ids[:5], *(f"nobody{i}" for i in range(5))]
    before = server.metrics()
    answer = client.batch_get_item(
        RequestItems={"churn": {"Keys": [key(u) for u in asked]}},
        ReturnConsumedCapacity="TOTAL")
    assert answer["UnprocessedKeys"] == {}
    items = answer["Responses"]["churn"]
    assert [i["user_id"]["S"] for i in items] == asked[:95]
    assert all(score(i) == shop.expected[i["user_id"]["S"]] for i in items)
    assert len({i["generation"]["N"] for i in items}) == 1
    assert answer["ConsumedCapacity"] == [{"TableName": "churn", "CapacityUnits": 50.0}]
    assert server.metrics().delta(before) == {"precomputed": 90, "live": 5, "unknown": 5}


def test_projection(client, shop):
    user = shop.user_ids[0]
    for projection in (
            {"ProjectionExpression": "prediction, #s",
             "ExpressionAttributeNames": {"#s": "source"}},
            {"AttributesToGet": ["source", "prediction", "not there"]}):
        item = client.get_item(TableName="churn", Key=key(user), **projection)["Item"]
        assert set(item) == {"prediction", "source"}
        items = client.batch_get_item(RequestItems={"churn": {
            "Keys": [key(user), key("nobody")], **projection}})["Responses"]["churn"]
        assert items == [item]
    item = client.get_item(TableName="churn", Key=key(user),
                           ProjectionExpression="elsewhere")["Item"]
    assert item == {}


def test_types_of_keys(client, shop):
    user = shop.user_ids[0]
    item = client.get_item(TableName="churn", Key={"id": {"B": user.encode()}})["Item"]
    assert item["id"] == {"B": user.encode()}
    assert score(item) == shop.expected[user]
    item = client.get_item(TableName="churn", Key={"source": {"S": user}})["Item"]
    assert item["source"] == {"S": user}, "the key wins over an attribute of ours"
    assert "Item" not in client.get_item(TableName="churn", Key={"id": {"N": "42"}})
    assert "Item" not in client.get_item(TableName="churn", Key={"id": {"B": b"\xff\x00"}})


def test_the_resource(server, resource, shop):
    table = resource.Table("churn")
    user = shop.user_ids[0]
    before = server.metrics()
    item = table.get_item(Key={"user_id": user})["Item"]
    assert isinstance(item["prediction"], Decimal)
    assert numpy.float32(item["prediction"]) == shop.expected[user]
    assert item["generation"] == 1
    answer = resource.batch_get_item(RequestItems={"churn": {
        "Keys": [{"user_id": u} for u in (user, "nobody")],
        "ProjectionExpression": "user_id"}})
    assert answer["Responses"] == {"churn": [{"user_id": user}]}
    assert server.metrics().delta(before) == {"precomputed": 2, "unknown": 1}
    assert table.item_count == len(shop.user_ids)
    assert table.table_status == "ACTIVE"
    assert table.key_schema == [{"AttributeName": "user_id", "KeyType": "HASH"}]


def test_a_ranking(lookup, batchgen, shared_data):
    recs = shared_data / "shop" / "recs"
    batchgen.done("score", "--table", "recs", "--model", recs / "model.json",
                  "--input", recs / "users.csv", "--items", recs / "items.csv", "--top", 5)
    server = lookup()
    resource = boto3.resource("dynamodb", **how(server))
    with (recs / "users.csv").open(newline="") as f:
        user = next(csv.DictReader(f))["user_id"]
    native = server.get(f"/v1/recs/{user}").json()["items"]
    items = resource.Table("recs").get_item(Key={"user_id": user})["Item"]["items"]
    assert [(i["id"], numpy.float32(i["score"])) for i in items] == [
        (i["id"], numpy.float32(i["score"])) for i in native]
    resource.meta.client.close()


def test_tables(server, client, batchgen, shop):
    assert client.list_tables()["TableNames"] == ["churn"]
    assert client.describe_table(TableName="churn")["Table"]["TableStatus"] == "ACTIVE"
    for name in ("aaa", "bbb"):
        batchgen.done("score", "--table", name, "--model", shop.model, "--input", shop.users,
                      "--id-column", "user_id")
    client.get_waiter("table_exists").wait(TableName="bbb", WaiterConfig={"Delay": 1})
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    assert [p["TableNames"] for p in pages] == [["aaa", "bbb"], ["churn"]]
    answer = client.batch_get_item(RequestItems={
        name: {"Keys": [key(shop.user_ids[0])]} for name in ("bbb", "churn")})
    assert sorted(answer["Responses"]) == ["bbb", "churn"]


def test_refusals(server, client):
    before = server.metrics()
    get, many = client.get_item, client.batch_get_item
    assert refused(client.put_item, TableName="churn",
                   Item={**key("u"), "x": {"N": "1"}}) == "ValidationException"
    assert refused(client.update_item, TableName="churn", Key=key("u")) == "ValidationException"
    assert refused(client.scan, TableName="churn") == "UnknownOperationException"
    assert refused(client.describe_table, TableName="nope") == "ResourceNotFoundException"
    assert server.metrics().delta(before) == {}, "nobody was asked for"
    assert refused(get, TableName="nope", Key=key("u")) == "ResourceNotFoundException"
    wrong = [
        {"user_id": {"S": ""}}, {"user_id": {"S": "u" * 513}}, {"user_id": {"BOOL": True}},
        {"user_id": {"S": "u"}, "more": {"S": "x"}},
    ]
    for bad in wrong:
        assert refused(get, TableName="churn", Key=bad) == "ValidationException"
    for keys in ([key("u"), key("u")], [key(f"u{i}") for i in range(101)],
                 [key("u"), {"other": {"S": "x"}}]):
        request = {"churn": {"Keys": keys}}
        assert refused(many, RequestItems=request) == "ValidationException"
    for projection in ({"ProjectionExpression": "#x"}, {"ProjectionExpression": "items[0]"},
                       {"ProjectionExpression": "a", "AttributesToGet": ["a"]},
                       {"ExpressionAttributeNames": {"#x": "x"}}):
        assert refused(get, TableName="churn", Key=key("u"), **projection) \
            == "ValidationException"
    assert server.metrics().delta(before) == {"error": 12}


def by_hand(server, body, operation="GetItem"):
    return server.request("POST", "/", body, {"X-Amz-Target": TARGET + operation})


def test_bodies_that_are_no_request(server):
    for body in ("", "[]", "{", '{"TableName":"churn","TableName":"x"}', "[" * 100000,
                 '{"TableName":1}'):
        answer = by_hand(server, body)
        assert answer.status == 400, answer
        assert answer.json()["__type"].endswith("#SerializationException")
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
        assert answer.headers["x-amzn-RequestId"]
    huge = '{"TableName":"' + "x" * (1 << 20) + '"}'
    assert by_hand(server, huge).status == 413
    answer = by_hand(server, "{}", "Nonsense")
    assert answer.json()["__type"].endswith("#UnknownOperationException")


def test_a_silent_store(lookup, published, own_store, shop, batchgen):
    """What could not be read is to be asked again, and is not absent."""
    own = type(batchgen)(own_store, batchgen.store[3])
    own.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
             "--id-column", "user_id")
    server = lookup("--snapshot", "off", redis=own_store)
    client = boto3.client("dynamodb", **how(server))
    own_store.stop()
    before = server.metrics()
    assert refused(client.get_item, TableName="churn", Key=key(shop.user_ids[0])) \
        == "InternalServerError"
    request = {"churn": {"Keys": [key(shop.user_ids[0]), key(shop.user_ids[1])],
                         "ProjectionExpression": "prediction", "ConsistentRead": True}}
    answer = client.batch_get_item(RequestItems=request)
    assert answer["Responses"] == {"churn": []}
    assert answer["UnprocessedKeys"] == request
    assert server.metrics().delta(before) == {"error": 3}
    client.close()


def test_one_generation_while_publishing(server, client, batchgen, shop):
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
    request = {"churn": {"Keys": [key(u) for u in shop.user_ids[:40] + shop.late_ids[:5]]}}
    while not stop.is_set():
        answer = client.batch_get_item(RequestItems=request)
        assert answer["UnprocessedKeys"] == {}
        assert len(answer["Responses"]["churn"]) == 45
        assert len({i["generation"]["N"] for i in answer["Responses"]["churn"]}) == 1
    thread.join()
