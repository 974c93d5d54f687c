"""One user asked for in every dialect: one value, one source, one generation."""
import json

import boto3
import numpy
import pytest
import redis
from botocore.config import Config


def native(server, user):
    answer = server.get(f"/v1/churn/{user}").json()
    return answer["prediction"], answer["source"], answer["generation"]


def resp(server, user):
    with redis.Redis(port=server.resp_port) as client:
        answer = json.loads(client.get(f"churn:{user}"))
    return answer["prediction"], answer["source"], answer["generation"]


def aws(server, service):
    return boto3.client(
        service, endpoint_url=f"http://127.0.0.1:{server.port}", region_name="eu-west-1",
        aws_access_key_id="key", aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}))


def dynamodb(server, user):
    client = aws(server, "dynamodb")
    item = client.get_item(TableName="churn", Key={"user_id": {"S": user}})["Item"]
    client.close()
    return item["prediction"]["N"], item["source"]["S"], item["generation"]["N"]


def sagemaker(server, user):
    client = aws(server, "sagemaker-runtime")
    answer = client.invoke_endpoint(EndpointName="churn", ContentType="text/csv", Body=user,
                                    CustomAttributes="lookup=user")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    value = answer["Body"].read().decode()
    client.close()
    return value, headers["x-lookup-source"], headers["x-lookup-generation"]


def oip(server, user):
    answer = server.post("/v2/models/churn/infer", {"inputs": [
        {"name": "user_id", "shape": [1], "datatype": "BYTES", "data": [user]}]}).json()
    found = {o["name"]: o["data"][0] for o in answer["outputs"]}
    return found["predict"], found["source"], answer["model_version"]


DIALECTS = [native, resp, dynamodb, sagemaker, oip]


@pytest.mark.parametrize("source", ["precomputed", "live"])
def test_one_answer(server, shop, source):
    user = {"precomputed": shop.user_ids, "live": shop.late_ids}[source][7]
    for dialect in DIALECTS:
        before = server.metrics()
        value, said, generation = dialect(server, user)
        assert numpy.float32(value) == shop.expected[user], dialect
        assert (said, int(generation)) == (source, 1), dialect
        after = server.metrics()
        assert after.delta(before) == {source: 1}
        counted = {"table": "churn", "dialect": dialect.__name__, "outcome": source}
        assert after.value("lookup_answers_total", **counted) == 1, "under its own dialect"


def test_one_default(lookup, published):
    server = lookup("--on-unknown", "default")
    want, _, _ = native(server, "nobody")
    for dialect in DIALECTS:
        before = server.metrics()
        value, said, generation = dialect(server, "nobody")
        assert numpy.float32(value) == numpy.float32(want), dialect
        assert (said, int(generation)) == ("default", 1), dialect
        assert server.metrics().delta(before) == {"default": 1}
