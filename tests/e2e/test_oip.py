"""The Open Inference Protocol v2: models, rows and users, in JSON and binary."""
import csv
import json
import struct

import numpy
import pytest
from programs import until

INFER = "/v2/models/churn/infer"


def infer(server, shape, data, datatype="FP32", name="input__0", path=INFER, **more):
    return server.post(path, {"inputs": [{"name": name, "shape": shape, "datatype": datatype,
                                          "data": data}], **more})


def binary(server, request, tail, path=INFER):
    head = json.dumps(request).encode()
    return server.request("POST", path, head + tail, {
        "Inference-Header-Content-Length": str(len(head)),
        "Content-Type": "application/octet-stream"})


def outputs(answer):
    """name -> the output, its binary data cut from behind the JSON."""
    assert answer.status == 200, answer
    head = int(answer.headers.get("Inference-Header-Content-Length", len(answer.body)))
    tail = answer.body[head:]
    found = {}
    for output in json.loads(answer.body[:head])["outputs"]:
        size = output.get("parameters", {}).get("binary_data_size")
        if size is not None:
            output["data"], tail = tail[:size], tail[size:]
        found[output["name"]] = output
    assert not tail
    return found


def texts(tail):
    found = []
    while tail:
        n, = struct.unpack_from("<I", tail)
        found.append(tail[4:4 + n].decode())
        tail = tail[4 + n:]
    return found


@pytest.fixture
def rows(shop):
    """Feature rows of late users, None where missing, in the order of the schema."""
    with shop.late.open(newline="") as f:
        header, *lines = csv.reader(f)
    assert header[0] == "user_id"
    return [[float(v) if v else None for v in line[1:]] for line in lines[:20]]


def natively(server, rows):
    results = server.post("/v1/churn", {"instances": rows}).json()["results"]
    return [numpy.float32(r["prediction"]) for r in results]


def test_metadata(server):
    assert server.get("/v2").json()["name"] == "lookup"
    assert server.get("/v2/health/live").status == 200
    assert server.get("/v2/health/ready").status == 200
    model = server.get("/v2/models/churn").json()
    assert (model["name"], model["versions"], model["platform"]) == ("churn", ["1"], "xgboost")
    assert model["inputs"][0] == {"name": "input__0", "datatype": "FP32", "shape": [-1, 12]}
    assert [o["name"] for o in model["outputs"]] == ["predict", "source"]
    assert server.get("/v2/models/churn/versions/1").json() == model
    assert server.get("/v2/models/churn/ready").status == 200
    assert server.get("/v2/models/churn/versions/1/ready").status == 200
    for path in ("/v2/models/nope", "/v2/models/nope/ready", "/v2/models/churn/versions/2",
                 "/v2/models/churn/versions/2/ready", "/v2/models/churn/versions/x",
                 "/v2/models", "/v2/models/churn/more", "/v2/x", "/v2/"):
        answer = server.get(path)
        assert answer.status == 404, path
        assert isinstance(answer.json()["error"], str)
    assert server.get(INFER).status == 405
    assert server.post("/v2", {}).status == 405


def test_rows(server, rows):
    want = natively(server, rows)
    flat = [v for row in rows for v in row]
    shape = [len(rows), 12]
    before = server.metrics()
    for data in (flat, rows):
        for datatype in ("FP32", "FP64"):
            answer = infer(server, shape, data, datatype, id="42")
            body = answer.json()
            assert (body["model_name"], body["model_version"], body["id"]) == ("churn", "1", "42")
            output, = body["outputs"]
            assert (output["name"], output["shape"], output["datatype"]) == (
                "predict", [len(rows)], "FP32")
            assert [numpy.float32(v) for v in output["data"]] == want
    after = server.metrics()
    assert after.delta(before) == {"live": 4 * len(rows)}
    assert after.value("lookup_answers_total", dialect="oip") == 4 * len(rows)
    assert after.value("lookup_requests_total", dialect="oip", code="200") == 4


def test_whole_numbers(server):
    row = [55, 9, 14, 0, 11, 125, 70, 1, 0, 1, 0, 10]
    want = natively(server, [row])
    for datatype in ("INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"):
        got = outputs(infer(server, [1, 12], row, datatype))["predict"]["data"]
        assert [numpy.float32(v) for v in got] == want, datatype
        packed = numpy.array(row).astype(datatype.lower()).tobytes()
        request = {"inputs": [{"name": "x", "shape": [1, 12], "datatype": datatype,
                               "parameters": {"binary_data_size": len(packed)}}]}
        assert [numpy.float32(v) for v in
                outputs(binary(server, request, packed))["predict"]["data"]] == want


def test_binary_in_and_out(server, rows):
    want = natively(server, rows)
    before = server.metrics()
    for dtype, datatype in (("<f4", "FP32"), ("<f8", "FP64")):
        packed = numpy.array(rows, dtype=float).astype(dtype).tobytes()
        entry = {"name": "x", "shape": [len(rows), 12], "datatype": datatype,
                 "parameters": {"binary_data_size": len(packed)}}
        for more in ({"parameters": {"binary_data_output": True}},
                     {"outputs": [{"name": "predict", "parameters": {"binary_data": True}}]}):
            answer = binary(server, {"inputs": [entry], **more}, packed)
            output = outputs(answer)["predict"]
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert output["shape"] == [len(rows)]
            assert list(numpy.frombuffer(output["data"], "<f4")) == want
        answer = binary(server, {
            "inputs": [entry], "parameters": {"binary_data_output": True},
            "outputs": [{"name": "predict", "parameters": {"binary_data": False}},
                        {"name": "source"}]}, packed)
        found = outputs(answer)
        assert [numpy.float32(v) for v in found["predict"]["data"]] == want
        assert texts(found["source"]["data"]) == ["live"] * len(rows)
    assert server.metrics().delta(before) == {"live": 6 * len(rows)}


def test_users(server, shop):
    users = [shop.user_ids[3], "nobody", shop.late_ids[0]]
    before = server.metrics()
    found = outputs(infer(server, [3], users, "BYTES", "user_id"))
    assert list(found) == ["predict", "source"]
    assert found["source"]["data"] == ["precomputed", "unknown", "live"]
    assert found["source"]["datatype"] == "BYTES"
    first, unknown, last = found["predict"]["data"]
    assert unknown is None
    assert numpy.float32(first) == shop.expected[users[0]]
    assert numpy.float32(last) == shop.expected[users[2]]

    packed = b"".join(struct.pack("<I", len(u)) + u.encode() for u in users)
    answer = binary(server, {
        "inputs": [{"name": "user_id", "shape": [3], "datatype": "BYTES",
                    "parameters": {"binary_data_size": len(packed)}}],
        "parameters": {"binary_data_output": True}}, packed)
    found = outputs(answer)
    predicted = numpy.frombuffer(found["predict"]["data"], "<f4")
    assert predicted[0] == shop.expected[users[0]] and numpy.isnan(predicted[1])
    assert texts(found["source"]["data"]) == ["precomputed", "unknown", "live"]
    assert server.metrics().delta(before) == {"precomputed": 2, "unknown": 2, "live": 2}

    only = outputs(infer(server, [1], users[:1], "BYTES", "user_id",
                         outputs=[{"name": "source"}]))
    assert list(only) == ["source"]
    assert infer(server, [1], users[:1], "BYTES", "user_id",
                 path="/v2/models/churn/versions/1/infer").status == 200


def test_a_ranking(lookup, batchgen, shared_data):
    recs = shared_data / "shop" / "recs"
    batchgen.done("score", "--table", "recs", "--model", recs / "model.json",
                  "--input", recs / "users.csv", "--items", recs / "items.csv", "--top", 5)
    server = lookup()
    with (recs / "users.csv").open(newline="") as f:
        user = next(csv.DictReader(f))["user_id"]
    native = server.get(f"/v1/recs/{user}").json()["items"]
    found = outputs(infer(server, [2], [user, "nobody"], "BYTES", "user_id",
                          path="/v2/models/recs/infer"))
    assert list(found) == ["items", "scores", "source"]
    assert found["items"]["shape"] == found["scores"]["shape"] == [2, 5]
    assert found["items"]["data"] == [i["id"] for i in native] + [""] * 5
    assert found["scores"]["data"] == [i["score"] for i in native] + [None] * 5
    assert found["source"]["data"] == ["precomputed", "unknown"]
    ncol = server.get("/v2/models/recs").json()["inputs"][0]["shape"][1]
    rows = outputs(infer(server, [1, ncol], [None] * ncol, path="/v2/models/recs/infer"))
    assert list(rows) == ["items", "scores"]
    assert rows["items"]["shape"] == [1, 5]


def test_refusals(server):
    before = server.metrics()
    row = [1.0] * 12
    wrong = [
        infer(server, [1, 11], row), infer(server, [2, 12], row), infer(server, [12], row),
        infer(server, [1, 11], row[1:]), infer(server, [1, 12, 1], row),
        infer(server, [0, 12], []), infer(server, [1.5, 12], row), infer(server, "x", row),
        infer(server, [1, 12], [row, row]), infer(server, [2, 12], [row, 1.0]),
        infer(server, [1, 12], ["1"] * 12), infer(server, [1, 12], [1e39] * 12),
        infer(server, [1, 12], row, "BOOL"), infer(server, [1, 12], [300] * 12, "UINT8"),
        infer(server, [1, 12], [1.5] * 12, "INT64"), infer(server, [1, 12], row, id=1),
        infer(server, [1, 12], row, outputs=[{"name": "nope"}]),
        infer(server, [1, 12], row, outputs=[{"name": "predict"}] * 2),
        infer(server, [1001, 12], row * 1001), infer(server, [1], [""], "BYTES", "user_id"),
        infer(server, [2], ["a"], "BYTES", "user_id"), infer(server, [1], ["a"], "BYTES", "x"),
        server.post(INFER, {"inputs": []}), server.post(INFER, []), server.post(INFER, "{"),
        server.post(INFER, "[" * 100000),
    ]
    for number, answer in enumerate(wrong):
        assert answer.status == 400, (number, answer)
        assert isinstance(answer.json()["error"], str)
    assert infer(server, [1, 12], row, path="/v2/models/nope/infer").status == 404
    assert infer(server, [1, 12], row, path="/v2/models/churn/versions/7/infer").status == 404
    assert server.metrics().delta(before) == {"error": len(wrong) + 2}
    assert server.post(INFER, " " * (1 << 20) + "{}").status == 413


def test_ranked_outputs_of_scores_are_refused(server, shop):
    answer = infer(server, [1], shop.user_ids[:1], "BYTES", "user_id",
                   outputs=[{"name": "items"}])
    assert answer.status == 400


def test_binary_that_does_not_fit(server):
    def entry(size, datatype="FP32", shape=(1, 12), name="x"):
        return {"inputs": [{"name": name, "shape": list(shape), "datatype": datatype,
                            "parameters": {"binary_data_size": size}}]}

    bad = [
        binary(server, entry(48), b"\0" * 47), binary(server, entry(48), b"\0" * 49),
        binary(server, entry(44), b"\0" * 44), binary(server, entry(48, "FP64"), b"\0" * 48),
        binary(server, entry(48), struct.pack("<12f", *[float("inf")] * 12)),
        binary(server, entry(3, "BYTES", (1,), "user_id"), b"\1\0\0"),
        binary(server, entry(5, "BYTES", (1,), "user_id"), b"\2\0\0\0a"),
        binary(server, entry(10, "BYTES", (1,), "user_id"), b"\1\0\0\0a" * 2),
        binary(server, entry(5, "BYTES", (2,), "user_id"), b"\1\0\0\0a"),
        server.request("POST", INFER, "{}", {"Inference-Header-Content-Length": "3"}),
        server.request("POST", INFER, "{}", {"Inference-Header-Content-Length": "-1"}),
    ]
    for number, answer in enumerate(bad):
        assert answer.status == 400, (number, answer)


def test_a_silent_store(lookup, published, own_store, shop, batchgen):
    own = type(batchgen)(own_store, batchgen.store[3])
    own.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
             "--id-column", "user_id")
    server = lookup("--snapshot", "off", redis=own_store)
    own_store.stop()
    server.wait_for("ready", 503)
    until(lambda: server.get("/v2/health/ready").status == 503, "not ready")
    assert server.get("/v2/health/live").status == 200
    before = server.metrics()
    answer = infer(server, [2], shop.user_ids[:2], "BYTES", "user_id")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"
    assert server.metrics().delta(before) == {"error": 2}
    assert infer(server, [1, 12], [1.0] * 12).status == 200, "rows need no store"
