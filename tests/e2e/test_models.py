"""Models and answers that others made; files that are no models."""
import json
import resource
import subprocess

import numpy
import pytest
from programs import BUILD, CHILD, ROOT, SLOWER, run
from transforms import transform, transformed, values

DATA = ROOT.parent / "shared" / "data"
MEMORY = 256 << 20
SANITIZED = BUILD.name in ("san", "tsan")  # a sanitizer maps terabytes of shadow


def entries(name):
    """Without the data one entry that is none, for shared_data to skip."""
    path = DATA / name
    return json.loads(path.read_text()) if path.is_file() else [None]


def id_of(triple):
    return triple["id"] if triple else "no-data"


def name_of(triple):
    if not triple:
        return id_of(triple)
    rounds = triple["iteration_end"]
    return f"{triple['id']}-{triple['output']}" + (f"@{rounds}" if rounds else "")


def numbers(path):
    return numpy.array([line.split() for line in path.read_text().splitlines()],
                       dtype=numpy.float64)


@pytest.mark.parametrize("triple", entries("triples.json"), ids=name_of)
def test_golden_answers(shared_data, triple, tmp_path):
    rounds = triple["iteration_end"]
    expected = numbers(shared_data / triple["expected"])
    got = values(transformed(
        shared_data / triple["model"], shared_data / triple["input"], tmp_path / "out",
        "--content-type", triple["input_format"],
        "--libsvm-base", triple.get("index_base", 0), "--predict", triple["output"],
        "--iterations", f"0:{rounds}" if rounds else "all"))
    assert got.shape == expected.reshape(got.shape[0], -1).shape
    expected = expected.reshape(got.shape)
    if triple["output"] == "leaf" or (
            triple["output"] == "value" and triple["objective"] in ("multi:softmax",
                                                                    "binary:hinge")):
        assert (got == expected).all()
    else:
        numpy.testing.assert_allclose(got, expected, rtol=triple["rtol"], atol=triple["atol"])


def models():
    """Each model of a triple once."""
    return list({id_of(t): t for t in entries("triples.json")}.values())


@pytest.mark.parametrize("triple", models(), ids=id_of)
def test_model_says_how_it_is_scored(shared_data, triple):
    done = run("batchgen", "model", "--json", "--model", shared_data / triple["model"])
    assert done.code == 0, done
    card = done.json()
    ours = triple["booster"] == "gbtree" and "categorical" not in triple["id"]
    assert card["booster"] == triple["booster"]
    assert card["scorer"] == ("forest" if ours else "xgb"), card
    assert ("every sample row" in card["self_check"]) == ours
    assert len(card["features"]) == triple["nfeat"]
    assert card["objective"] == triple["objective"].replace("reg:linear", "reg:squarederror")
    assert card["row_ns"] > 0 and card["bulk_row_ns"] > 0
    if ours:
        assert card["trees"] == triple["ntrees"] and card["depth"] >= 1


def test_model_for_people(shared_data):
    done = run("batchgen", "model", "--model", shared_data / "shop" / "recs" / "model.json")
    assert done.code == 0
    for said in ("binary:logistic, 1 output", "150 trees", "best_iteration 149", "0:150",
                 "scorer      forest", "u_orders"):
        assert said in done.out, done.out
    part = run("batchgen", "model", "--iterations", "0:7", "--json",
               "--model", shared_data / "shop" / "recs" / "model.json")
    assert part.json()["iterations"] == "0:7"


def limited(args, memory):
    """Run batchgen with a bound on its memory: (code, out, err)."""
    def bound():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    return subprocess.run([*CHILD, BUILD / "batchgen", *map(str, args)], capture_output=True,
                          text=True, timeout=60 * SLOWER, check=False, preexec_fn=bound)


SAYS = {
    "lightgbm-gamma.model": "LightGBM",
    "vespa-dump-array.json": "dump_model",
    "xgboost-0.x-dmatrix-buffer.bin": "DMatrix",
    "agaricus.libsvm.model": "libsvm",
    "empty.model": "empty",
}


@pytest.mark.parametrize("name", SAYS)
def test_what_is_no_model_is_refused(shared_data, tmp_path, name):
    rows = tmp_path / "rows.csv"
    rows.write_text("1,2\n")
    done = limited(["transform", "--model", shared_data / "bad_models" / name, "--input", rows,
                    "--output", tmp_path / "out"], MEMORY)
    assert done.returncode == 3, done
    assert SAYS[name] in done.stderr and done.stderr.count("\n") == 1, done
    assert f"{name}: " in done.stderr and done.stderr[:-1].isprintable(), done
    assert not (tmp_path / "out").exists()


def test_every_bad_model_is_known(shared_data):
    listed = {entry["file"].removeprefix("bad_models/") for entry in entries("bad_models.json")}
    assert {n for n in listed if not n.endswith(".pickle")} == set(SAYS)


def random_rows(path, ncol, seed=7):
    """Rows with missing values, zeros of both signs and all sizes of numbers."""
    draw = numpy.random.default_rng(seed)
    x = draw.normal(size=(500, ncol)) * 10.0 ** draw.integers(-3, 4, size=(500, ncol))
    cells = numpy.char.mod("%.9g", x.astype(numpy.float32)).astype(object)
    cells[draw.random(x.shape) < 0.1] = "" if ncol > 1 else "nan"
    cells[draw.random(x.shape) < 0.02] = "-0"
    path.write_text("\n".join(",".join(row) for row in cells) + "\n")


def same(a, b, ncol, folder):
    folder.mkdir(exist_ok=True)
    rows = folder / "rows.csv"
    random_rows(rows, ncol)
    wrote = [transformed(model, rows, folder / str(i), "--iterations", "all")
             for i, model in enumerate((a, b))]
    assert wrote[0] == wrote[1]
    assert len(wrote[0].splitlines()) == 500


@pytest.mark.parametrize("kind", ["cls", "logitraw", "ltr", "reg"])
@pytest.mark.parametrize("by", ["xgboost", "xgboost_scikit"])
def test_pairs_of_formats_score_equally(shared_data, tmp_path, by, kind):
    pair = shared_data / "model_pairs"
    same(pair / f"{by}-1.0.0rc1.{kind}.bin", pair / f"{by}-1.0.0rc1.{kind}.json", 4, tmp_path)


def test_pickled_boosters_are_read(shared_data, tmp_path):
    bad = shared_data / "bad_models"
    triple = shared_data / "triples" / "sagemaker-churn-endpoint"
    same(bad / "sagemaker-churn-0.90.pickle", triple / "model.model", 69, tmp_path / "churn")
    same(bad / "sagemaker-iris-1.0.pickle",
         shared_data / "sagemaker-contract" / "models" / "iris_softprob", 4, tmp_path / "iris")
    expected = numbers(triple / "expected_value.txt")
    for i, model in enumerate((bad / "sagemaker-churn-0.90.pickle",
                               triple / "orig" / "xgb-churn-prediction-model.tar.gz")):
        got = values(transformed(model, triple / "input.csv", tmp_path / f"triple{i}"))
        numpy.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-5, atol=1e-5)


def test_too_many_columns_are_refused(shared_data, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("1,2,3,4,5\n")
    refused = transform(shared_data / "triples" / "kserve-iris-json" / "model.json", rows,
                        tmp_path / "out")
    assert refused.code == 3 and "5 columns" in refused.err and "4" in refused.err
