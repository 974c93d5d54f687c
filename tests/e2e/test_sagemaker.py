"""Tables as SageMaker endpoints: boto3, user ids, batch transforms, limits, counts."""
import csv
import json

import boto3
import numpy
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from programs import run
from sagemaker import CSV, TEXT, container, invoke  # noqa: F401

MIB = 1024 * 1024
PIECE = 3 * MIB  # what the book's batch transform sends at a time


@pytest.fixture
def runtime(server):
    """Gone before the server ends, which would wait for its connections."""
    client = boto3.client(
        "sagemaker-runtime", endpoint_url=f"http://127.0.0.1:{server.port}",
        region_name="eu-west-1", aws_access_key_id="key", aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}))
    yield client
    client.close()


@pytest.fixture(scope="module")
def rows(shop):
    """{user: row of the shop's users as CSV, by position}."""
    with shop.users.open(newline="") as f:
        return {row[0]: ",".join(row[1:]) for row in list(csv.reader(f))[1:]}


def floats(body):
    return [numpy.float32(line) for line in body.split()]


def test_boto3(server, runtime, shop, rows):
    user, body = next(iter(rows.items()))
    before = server.metrics()
    got = runtime.invoke_endpoint(
        EndpointName="churn", ContentType="text/csv", Body=body, TargetVariant="blue",
        CustomAttributes="trace=7")
    assert floats(got["Body"].read()) == [shop.expected[user]]
    assert got["ContentType"] == CSV
    assert got["InvokedProductionVariant"] == "blue"
    assert got["CustomAttributes"] == "trace=7"
    got = runtime.invoke_endpoint(
        EndpointName="churn", ContentType="application/json", Accept="application/json",
        Body=json.dumps({"instances": [{"features": [float(c) if c else None
                                                     for c in body.split(",")]}] * 2}))
    assert got["InvokedProductionVariant"] == "AllTraffic"
    assert [numpy.float32(p["score"]) for p in json.load(got["Body"])["predictions"]] \
        == [shop.expected[user]] * 2
    assert server.metrics().delta(before) == {"live": 3}


@pytest.mark.parametrize("endpoint, body, status, code", [
    ("churn", "1,abc", 415, "ModelError"),
    ("churn", ",".join(["1"] * 13), 400, "ModelError"),
    ("nothing", "1,2", 404, "ValidationError"),
])
def test_boto3_raises(server, runtime, endpoint, body, status, code):
    before = server.metrics()
    with pytest.raises(ClientError) as raised:
        runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=body)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert server.metrics().delta(before) == {"error": 1}


def test_users(server, runtime, shop):
    asked = [*shop.user_ids[:3], "nobody", shop.late_ids[0]]
    before = server.metrics()
    got = runtime.invoke_endpoint(
        EndpointName="churn", ContentType="text/csv", Accept="application/json",
        CustomAttributes="trace=7, lookup=user", Body="\r\n".join(asked))
    scores = [p["score"] for p in json.load(got["Body"])["predictions"]]
    assert scores[3] is None
    assert [numpy.float32(s) for s in scores if s is not None] == [
        shop.expected[u] for u in asked if u != "nobody"]
    headers = got["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-lookup-source"] == "precomputed, live, unknown"
    assert headers["x-lookup-generation"] == "1"
    assert server.metrics().delta(before) == {"precomputed": 3, "live": 1, "unknown": 1}


def ask_users(server, body, content_type="text/csv"):
    return invoke(server, body, content_type,
                  X_Amzn_SageMaker_Custom_Attributes="lookup=user")


def test_users_refused(server, shop):
    before = server.metrics()
    for body in "a\n\nb", '"a"b', "x" * 513, '"' * 2000, "\n".join(["u"] * 1001):
        assert ask_users(server, body).status == 400
    assert ask_users(server, shop.user_ids[0], "text/libsvm").status == 415
    assert server.metrics().delta(before) == {"error": 6}
    quoted = ask_users(server, f'"{shop.user_ids[0]}"')
    assert floats(quoted.body) == [shop.expected[shop.user_ids[0]]]


def test_forms_agree(server, shop, rows):
    """One user's row in every form of body, and in every form of answer."""
    user, body = next((u, r) for u, r in rows.items() if ",," not in f",{r},")
    cells = body.split(",")
    bodies = [
        ("text/csv", body), ("CSV; charset=utf-8", body.replace(",", ";")),
        (None, " ".join(f"{i}:{c}" for i, c in enumerate(cells))),
        ("application/json", f'{{"instances":[[{body}]]}}'),
        ("application/jsonlines", f'{{"features":[{body}]}}\n'),
    ]
    for content_type, sent in bodies:
        assert floats(invoke(server, sent, content_type).body) == [shop.expected[user]]
    lines = invoke(server, body, accept="text/plain, application/jsonlines;q=0.5")
    assert lines.headers["Content-Type"] == "application/jsonlines"
    assert numpy.float32(lines.json()["score"]) == shop.expected[user]
    assert invoke(server, body, accept="text/*;q=0, image/png").status == 406
    assert invoke(server, "x", "application/x-recordio-protobuf").status == 415


def make_rows(path, n, ncol):
    """Numbers of all sizes, and gaps."""
    random = numpy.random.default_rng(7)
    x = (random.normal(size=(n, ncol)) * 10.0 ** random.integers(-3, 4, (n, ncol)))
    gaps = random.random((n, ncol)) < 0.05
    with path.open("w") as f:
        for row, gap in zip(x.astype(numpy.float32), gaps):
            f.write(",".join("" if g else str(v) for v, g in zip(row, gap)) + "\n")


def pieces(data):
    """Whole lines, at most PIECE bytes of them."""
    while data:
        end = len(data) if len(data) <= PIECE else data.rindex(b"\n", 0, PIECE) + 1
        yield data[:end]
        data = data[end:]


@pytest.mark.parametrize("model", ["shop", "iris_softprob"])
def test_batch_transform(container, shop, shared_data, tmp_path, model):  # noqa: F811
    """transform --format sagemaker writes what a client of the container gets."""
    ncol = 12 if model == "shop" else 4
    path = shop.model if model == "shop" else \
        shared_data / "sagemaker-contract/models/iris_softprob"
    data = tmp_path / "rows.csv"
    make_rows(data, 100_000 if model == "shop" else 5_000, ncol)
    done = run("batchgen", "transform", "--model", path, "--input", data, "--header", "no",
               "--iterations", "container", "--format", "sagemaker",
               "--output", tmp_path / "out", seconds=300)
    assert done.code == 0, done
    server = container(path, {"SAGEMAKER_BATCH": "true"})
    before = server.metrics()
    answers = [invoke(server, piece) for piece in pieces(data.read_bytes())]
    assert {a.status for a in answers} == {200}
    assert len(answers) > (1 if model == "shop" else 0)
    assert b"".join(a.body for a in answers) == (tmp_path / "out/rows.csv.out").read_bytes()
    assert server.metrics().delta(before) == {"live": 100_000 if model == "shop" else 5_000}


def test_large_payloads(server, shop, rows):
    """Many rows are scored, a block at a time; a fault in the last is found."""
    user, row = next(iter(rows.items()))
    payload = f"{row}\n" * 30_000
    assert MIB < len(payload) < 6 * MIB
    before = server.metrics()
    good = invoke(server, payload)
    assert good.status == 200
    assert set(floats(good.body)) == {shop.expected[user]}
    assert len(good.body.splitlines()) == 30_000
    bad = invoke(server, payload + "x" + "," * 11)
    assert bad.status == 415
    assert b"'x' (row 30001, column 1)" in bad.body
    moved = server.metrics().delta(before)
    assert moved["live"] == 30_000
    assert 0 < moved["error"] <= 30_000


def test_limits(server):
    assert invoke(server, "1" * (6 * MIB + 1)).status == 413
    assert server.request("POST", "/v1/churn", "1" * (MIB + 1)).status == 413
    deep = "[" * MIB
    for content_type in "application/json", "application/jsonlines":
        assert invoke(server, deep, content_type).status == 400
        assert invoke(server, '{"instances":' + deep, content_type).status == 400
        assert invoke(server, "[1," * MIB, content_type).status == 400
    assert invoke(server, f'{{"instances":[[{"1," * 2 * MIB}1]]}}',
                  "application/json").status == 400
    assert server.get("/ping").status == 200


def test_environment(container, shop, rows):  # noqa: F811
    row = next(iter(rows.values()))
    server = container(shop.model, {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "application/json",
                                    "MAX_CONTENT_LENGTH": str(2 * MIB)})
    assert invoke(server, row).headers["Content-Type"] == "application/json"
    assert server.get("/execution-parameters").json()["MaxPayloadInMB"] == 2
    assert invoke(server, "1" * (2 * MIB + 1)).status == 413
    nowhere = server.get("/nowhere")
    assert (nowhere.status, nowhere.headers["Content-Type"]) == (404, TEXT)


@pytest.mark.parametrize("name, value", [
    ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "image/png"),
    ("SAGEMAKER_INFERENCE_OUTPUT", "x" * 32),
    ("MAX_CONTENT_LENGTH", "6MB"),
    ("SM_MODEL_DIR", "/nonexistent"),
])
def test_bad_environment(name, value):
    ended = run("lookup", "serve", env={name: value})
    assert ended.code == 2
    assert name in ended.err or value in ended.err


def test_container_listens_for_all(tmp_path, shop):
    """And on nothing else: what --print-config says is in force."""
    (tmp_path / "model.json").symlink_to(shop.model)
    said = run("lookup", "serve", "--print-config",
               env={"SM_MODEL_DIR": str(tmp_path), "SAGEMAKER_BIND_TO_PORT": "8123"})
    for line in "listen = 0.0.0.0:8123", "resp = off", "admin = off":
        assert line in said.out
    said = run("lookup", "serve", "--redis", "redis://127.0.0.1:1", "--print-config",
               env={"SM_MODEL_DIR": str(tmp_path)})
    assert "listen = 127.0.0.1:8080" in said.out


def test_not_ready(lookup):
    server = lookup(wait="live")
    assert server.get("/ping").status == 503
    refused = invoke(server, "1,2")
    assert refused.status in (404, 503)
