"""transform: JSON Lines out, and rows joined with their predictions."""
import csv
import json

import numpy
import pytest
from matrix import Matrix
from transforms import output, transform, transformed


@pytest.fixture(scope="module")
def matrix(shop):
    return Matrix(shop)


@pytest.fixture
def sources(matrix, tmp_path):
    """content type -> a file of the shop's users in it."""
    made = {}
    for kind, text in (("csv", matrix.named_csv()), ("libsvm", matrix.libsvm()),
                       ("jsonl", matrix.jsonl(nested=False))):
        made[kind] = tmp_path / kind
        made[kind].write_text(text)
    return made


def objects(written):
    return [json.loads(line) for line in written.decode().splitlines()]


def rows_of(source, kind):
    lines = source.read_text().splitlines()
    return lines[1:] if kind == "csv" else lines


def is_expected(shop, matrix, predictions):
    assert [numpy.float32(p) for p in predictions] == [shop.expected[u] for u in matrix.ids]


@pytest.mark.parametrize("kind", ["csv", "libsvm", "jsonl"])
def test_objects_have_what_is_asked_for(shop, matrix, sources, tmp_path, kind):
    args = "--content-type", kind, "--output-format", "jsonl"
    plain = objects(transformed(shop.model, sources[kind], tmp_path / "1", *args))
    assert {tuple(o) for o in plain} == {("prediction",)}
    is_expected(shop, matrix, (o["prediction"] for o in plain))
    joined = objects(transformed(shop.model, sources[kind], tmp_path / "2", *args,
                                 "--join", "input"))
    rows = rows_of(sources[kind], kind)
    if kind == "jsonl":
        assert joined == [{**json.loads(row), **p} for row, p in zip(rows, plain)]
    else:
        assert joined == [{"input": row, **p} for row, p in zip(rows, plain)]


@pytest.mark.parametrize("kind", ["libsvm", "jsonl"])
def test_rows_that_are_no_csv_are_one_cell(shop, matrix, sources, tmp_path, kind):
    written = transformed(shop.model, sources[kind], tmp_path / "out", "--content-type", kind,
                          "--join", "input").decode()
    rows = list(csv.reader(written.splitlines()))
    assert [row[0] for row in rows] == rows_of(sources[kind], kind)
    is_expected(shop, matrix, (row[1] for row in rows))


def test_ids_in_objects(shop, matrix, tmp_path):
    written = objects(transformed(shop.model, shop.users, tmp_path / "out", "--output-format",
                                  "jsonl", "--output-columns", "id,prediction"))
    assert [o["id"] for o in written] == matrix.ids
    is_expected(shop, matrix, (o["prediction"] for o in written))


def test_bad_rows_have_no_prediction(shop, matrix, sources, tmp_path):
    lines = sources["jsonl"].read_text().splitlines()
    lines[3] = '{"not json'
    sources["jsonl"].write_text("\n".join(lines) + "\n")
    written = objects(transformed(
        shop.model, sources["jsonl"], tmp_path / "out", "--content-type", "jsonl",
        "--output-format", "jsonl", "--join", "input", "--on-bad-row", "placeholder"))
    assert written[3] == {"input": lines[3], "prediction": None}
    assert len(written) == len(lines) and written[4]["prediction"] is not None


def test_threads_and_a_second_run_do_not_show(shop, sources, tmp_path):
    source = sources["jsonl"]
    source.write_text(source.read_text() * 20)
    args = ("--content-type", "jsonl", "--output-format", "jsonl", "--join", "input")
    one = transformed(shop.model, source, tmp_path / "1", *args, "--threads", 1)
    assert transformed(shop.model, source, tmp_path / "8", *args, "--threads", 8) == one
    again = transform(shop.model, source, tmp_path / "8", *args, "--resume", "--json")
    assert again.json()["files_kept"] == 1 and output(tmp_path / "8") == one


def test_what_does_not_go_together(shop, sources, tmp_path):
    refused = transform(shop.model, sources["csv"], tmp_path / "out", "--output-format", "jsonl",
                        "--format", "sagemaker")
    assert refused.code == 2 and "--format sagemaker" in refused.err


def test_a_feature_of_the_same_name(shop, sources, tmp_path):
    name = shop.users.read_text().partition("\n")[0].split(",")[1]
    model = tmp_path / "model.json"
    model.write_text(shop.model.read_text().replace(f'"{name}"', '"prediction"'))
    source = sources["jsonl"]
    source.write_text(source.read_text().replace(f'"{name}"', '"prediction"'))
    args = ("--content-type", "jsonl", "--output-format", "jsonl")
    refused = transform(model, source, tmp_path / "1", *args, "--join", "input")
    assert refused.code == 3 and "named prediction" in refused.err, refused
    assert transform(model, source, tmp_path / "2", *args).code == 0
