"""batchgen transform: files in, files out."""
import csv
import gzip
import json
import os
import random
import signal
import subprocess
import time

import numpy
import pytest
from matrix import Matrix
from programs import BUILD, CHILD, SLOWER, run, until
from transforms import output, transform, transformed, values


@pytest.fixture(scope="module")
def matrix(shop):
    return Matrix(shop)


@pytest.fixture
def write(tmp_path):
    """write("name", text) -> path in a folder of inputs."""
    folder = tmp_path / "in"
    folder.mkdir()

    def to(name, text):
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to


@pytest.fixture(scope="module")
def plain(shop, matrix, tmp_path_factory):
    """What a transform of the shop's users writes."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "users.csv").write_text(matrix.csv())
    return transformed(shop.model, folder / "users.csv", folder / "out")


def test_values_are_what_libxgboost_predicts(shop, matrix, plain):
    assert plain.decode().endswith("\n")
    assert (values(plain)[:, 0] == [shop.expected[user] for user in matrix.ids]).all()


@pytest.mark.parametrize(("form", "args"), [
    ("named_csv", ()),
    ("libsvm", ("--content-type", "libsvm")),
    ("jsonl", ("--content-type", "jsonl")),
    ("json_lists", ("--content-type", "jsonl")),
])
def test_the_form_of_the_input_does_not_show(shop, matrix, plain, write, tmp_path, form, args):
    source = write("users", getattr(matrix, form)())
    assert transformed(shop.model, source, tmp_path / "out", *args) == plain


def test_more_forms(shop, matrix, plain, write, tmp_path):
    source = write("users", matrix.libsvm(base=1))
    args = ("--content-type", "libsvm", "--libsvm-base", 1)
    assert transformed(shop.model, source, tmp_path / "1", *args) == plain
    source = write("users", matrix.jsonl(nested=False))
    assert transformed(shop.model, source, tmp_path / "2", "--content-type", "jsonl") == plain
    source = write("users", matrix.named_csv().replace(",", ";").replace("\n", "\r\n"))
    assert transformed(shop.model, source, tmp_path / "3", "--delimiter", ";") == plain
    assert transformed(shop.model, shop.users, tmp_path / "4") == plain


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_do_not_show(shop, matrix, plain, write, tmp_path, threads):
    source = write("users", matrix.csv() * 20)
    out = transformed(shop.model, source, tmp_path / "out", "--threads", threads)
    assert out == plain * 20


def test_compressed_and_standard_input(shop, matrix, plain, write, tmp_path):
    text = matrix.csv().encode()
    half = len(text) // 2
    packed = gzip.compress(text[:half]) + gzip.compress(text[half:])
    assert transformed(shop.model, write("g", packed), tmp_path / "1") == plain
    assert transformed(shop.model, write("n.gz", text), tmp_path / "2") == plain
    zstd = subprocess.run([BUILD / "support" / "pack"], input=text, capture_output=True, check=True)
    assert transformed(shop.model, write("z", zstd.stdout), tmp_path / "3") == plain
    assert transformed(shop.model, "-", tmp_path / "4", stdin=text.decode()) == plain
    assert (tmp_path / "4" / "stdin.out").exists()
    named = gzip.compress(matrix.named_csv().encode())
    assert transformed(shop.model, write("h", named), tmp_path / "5") == plain
    short = transform(shop.model, write("s", packed[:-9]), tmp_path / "6")
    assert short.code == 3 and "cut short" in short.err
    assert not list((tmp_path / "6").iterdir())


def test_many_files_patterns_and_manifests(shop, matrix, plain, write, tmp_path):
    lines = matrix.csv().splitlines(keepends=True)
    for i in range(40):
        write(f"part-{i:02}", "".join(lines[i * 50:(i + 1) * 50]))
    folder = tmp_path / "in"
    manifest = tmp_path / "list"
    manifest.write_text(json.dumps(
        [{"prefix": "in/"}, *(f"part-{i:02}" for i in range(40))]))
    for i, source in enumerate((folder, folder / "part-*", manifest)):
        result = transform(shop.model, source, tmp_path / str(i), "--json")
        assert result.code == 0 and result.json()["files"] == 40, result
        written = sorted((tmp_path / str(i)).iterdir())
        assert [path.name for path in written] == [f"part-{n:02}.out" for n in range(40)]
        assert b"".join(path.read_bytes() for path in written) == plain
    manifest.write_text(json.dumps([{"prefix": "s3://bucket/"}, "a"]))
    refused = transform(shop.model, manifest, tmp_path / "s3")
    assert refused.code == 3 and "not local" in refused.err


def test_inputs_of_one_name_are_refused(shop, matrix, write, tmp_path):
    write("users", matrix.csv())
    (tmp_path / "users").write_text(matrix.csv())
    refused = transform(shop.model, [tmp_path / "in" / "users", tmp_path / "users"],
                        tmp_path / "out")
    assert refused.code == 2 and "users.out" in refused.err


def test_join_and_columns(shop, matrix, plain, write, tmp_path):
    source = write("users", matrix.csv())
    rows = matrix.csv().splitlines()
    wanted = plain.decode().splitlines()
    joined = transformed(shop.model, source, tmp_path / "1", "--join", "input").decode()
    assert joined.splitlines() == [f"{row},{y}" for row, y in zip(rows, wanted)]
    with_id = transformed(shop.model, shop.users, tmp_path / "2", "--output-columns",
                          "id,prediction").decode()
    assert with_id.splitlines() == [f"{user},{y}" for user, y in zip(matrix.ids, wanted)]
    refused = transform(shop.model, source, tmp_path / "3", "--output-columns", "id")
    assert refused.code == 3 and "--id-column" in refused.err
    refused = transform(shop.model, source, tmp_path / "3", "--output-columns", "score")
    assert refused.code == 2 and "'score'" in refused.err


def test_margin_leaf_and_iterations(shop, write, matrix, plain, tmp_path):
    source = write("users", matrix.csv())
    margin = values(transformed(shop.model, source, tmp_path / "1", "--predict", "margin"))
    value = 1 / (1 + numpy.exp(-margin.astype(numpy.float64)))
    numpy.testing.assert_allclose(values(plain), value, rtol=1e-5)
    leaves = transformed(shop.model, source, tmp_path / "2", "--predict", "leaf").decode()
    cells = [line.split(",") for line in leaves.splitlines()]
    assert all(len(row) == 20 and all(cell.isdigit() for cell in row) for row in cells)
    first = transformed(shop.model, source, tmp_path / "3", "--predict", "leaf",
                        "--iterations", "0:3").decode()
    assert [line.split(",") for line in first.splitlines()] == [row[:3] for row in cells]


def test_as_sagemaker_prints(shop, write, matrix, plain, tmp_path, shared_data):
    source = write("users", matrix.csv())
    written = transformed(shop.model, source, tmp_path / "1", "--format", "sagemaker").decode()
    wanted = [repr(float(numpy.float32(y))) for y in plain.decode().splitlines()]
    assert written.splitlines() == wanted
    iris = write("iris", "6.8,2.8,4.8,1.4\n6.0,3.4,4.5,1.6\n")
    written = transformed(shared_data / "sagemaker-contract" / "models" / "iris_softprob", iris,
                          tmp_path / "2", "--format", "sagemaker").decode()
    for line in written.splitlines():
        row = json.loads(line)
        assert len(row) == 3 and line == repr(row)


def spoiled(matrix):
    """The rows, of which number 7 and 1500 are bad."""
    lines = matrix.csv().splitlines()
    lines[7] = lines[7].replace(lines[7].split(",")[0], "oops", 1)
    lines[1500] += ",1"
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("threads", [1, 8])
def test_a_bad_row_fails_its_file_by_name(shop, matrix, write, tmp_path, threads):
    good, bad = write("a", matrix.csv()), write("b", spoiled(matrix))
    refused = transform(shop.model, [good, bad], tmp_path / "out", "--threads", threads)
    assert refused.code == 3
    assert f"{bad}:8: column 0 (from 0): 'oops' is not a number" in refused.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.out"]


def test_bad_rows_skipped_or_held_open(shop, matrix, plain, write, tmp_path):
    source = write("users", spoiled(matrix))
    lines = plain.decode().splitlines()
    kept = [line for i, line in enumerate(lines) if i not in (7, 1500)]
    done = transform(shop.model, source, tmp_path / "1", "--on-bad-row", "skip", "--json")
    summary = done.json()
    assert (summary["read"], summary["written"], summary["rejected"]) == (2000, 1998, 2)
    assert output(tmp_path / "1").decode().splitlines() == kept
    with open(summary["rejected_file"], newline="") as f:
        rejected = list(csv.DictReader(f))
    assert [row["line"] for row in rejected] == ["8", "1501"]
    assert rejected[1]["row"] == spoiled(matrix).splitlines()[1500]
    held = transformed(shop.model, source, tmp_path / "2", "--on-bad-row", "placeholder")
    wanted = list(lines)
    wanted[7] = wanted[1500] = "nan"
    assert held.decode().splitlines() == wanted
    refused = transform(shop.model, source, tmp_path / "3", "--on-bad-row", "skip",
                        "--max-rejected", 1)
    assert refused.code == 3 and "2 of 2000" in refused.err
    assert not list((tmp_path / "3").glob("*.out"))


def test_bad_rows_want_a_word_on_what_becomes_of_them(shop, matrix, write, tmp_path):
    source = write("users", spoiled(matrix))
    unsaid = transform(shop.model, source, tmp_path / "1", "--max-rejected", 2)
    assert unsaid.code == 2 and "--on-bad-row" in unsaid.err
    none = transform(shop.model, source, tmp_path / "2", "--max-rejected", 0)
    assert none.code == 3 and f"{source}:8: " in none.err
    held = transform(shop.model, source, tmp_path / "3", "--on-bad-row", "placeholder",
                     "--max-rejected", "0%")
    assert held.code == 3 and "2 of 2000" in held.err


def test_resume_redoes_what_is_not_whole(shop, matrix, plain, write, tmp_path):
    sources = [write(name, matrix.csv()) for name in ("a", "b", "c")]
    out = tmp_path / "out"
    assert transform(shop.model, sources[:1], out).code == 0
    (out / "a.out").write_text("kept\n")
    (out / ".a.part").write_text("of a run over what is whole")
    (out / ".b.part").write_text("half of what somebody wrote")
    result = transform(shop.model, sources, out, "--resume", "--json").json()
    assert (result["files"], result["files_kept"], result["read"]) == (2, 1, 4000)
    assert sorted(path.name for path in out.iterdir()) == ["a.out", "b.out", "c.out"]
    assert (out / "a.out").read_text() == "kept\n"
    assert (out / "b.out").read_bytes() == (out / "c.out").read_bytes() == plain
    assert transform(shop.model, sources, out).code == 0
    assert (out / "a.out").read_bytes() == plain


def start(model, source, out, *args):
    return subprocess.Popen(
        [*CHILD, BUILD / "batchgen", "transform", "--model", model, "--input", source,
         "--output", out, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_killed_at_twenty_random_moments(shop, matrix, plain, write, tmp_path):
    """SEED=n in the environment draws the moments of another run again."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("SEED", seed)
    draw = random.Random(seed)
    for i in range(4):
        write(f"part-{i}", matrix.csv() * 30)
    folder, out = tmp_path / "in", tmp_path / "out"
    begin = time.monotonic()
    assert transform(shop.model, folder, tmp_path / "whole").code == 0
    seconds = time.monotonic() - begin
    for i in range(20):
        process = start(shop.model, folder, out, *(["--resume"] if i % 2 else []))
        try:
            process.wait(draw.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        for path in out.glob("*.out"):
            assert path.read_bytes() == plain * 30
            if i % 2:
                path.unlink()  # so that the next run has all to do again
    assert transform(shop.model, folder, out, "--resume").code == 0
    assert sorted(path.name for path in out.iterdir()) == [f"part-{i}.out" for i in range(4)]
    for path in out.iterdir():
        assert path.read_bytes() == plain * 30


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_no_half_file(shop, tmp_path, number):
    pipe, out = tmp_path / "pipe", tmp_path / "out"
    os.mkfifo(pipe)
    process = start(shop.model, pipe, out)
    with pipe.open("w") as f:
        f.write(",".join(["1"] * 10) + "\n")
        f.flush()
        until(out.is_dir, "the run has begun")
        process.send_signal(number)
        said = process.communicate(timeout=20 * SLOWER)[1]
    assert process.returncode == 128 + number, said
    assert not list(out.iterdir())


def test_a_signal_ends_the_wait_for_a_first_row(shop, tmp_path):
    pipe, out = tmp_path / "pipe", tmp_path / "out"
    os.mkfifo(pipe)
    process = start(shop.model, pipe, out)
    with pipe.open("w"):  # returns once batchgen reads
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20 * SLOWER)
    assert process.returncode == -signal.SIGTERM
    assert not out.exists()


XGB = BUILD / "support" / "xgb"


def xgb(*words):
    done = subprocess.run([XGB, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return done.stdout


CONTAINER = "datasets/sagemaker-container/data"
FOREIGN = {
    f"{CONTAINER}/csv/train.csv": (),
    f"{CONTAINER}/csv/train.csv.weights": (),
    f"{CONTAINER}/csv/csv_files/train.csv": (),
    f"{CONTAINER}/csv/multiple_files/train_1.csv": (),
    f"{CONTAINER}/csv/multiple_files/train_2.csv": (),
    f"{CONTAINER}/csv/weighted_csv_files/train.csv.weights": (),
    f"{CONTAINER}/libsvm/train.libsvm": (),
    f"{CONTAINER}/libsvm/libsvm_files/train.libsvm": (),
    f"{CONTAINER}/libsvm/train.libsvm.weights": ("--libsvm-label", "weight"),
    "datasets/bank-marketing/test_x.csv": (),
}


def test_no_foreign_file_is_left_out(shared_data):
    there = {str(path.relative_to(shared_data)) for form in ("csv", "libsvm")
             for path in (shared_data / CONTAINER / form).rglob("*") if path.is_file()}
    assert there == {name for name in FOREIGN if name.startswith(CONTAINER)}


@pytest.mark.parametrize(("name", "args"), FOREIGN.items())
def test_as_libxgboost_reads_it(shared_data, tmp_path, name, args):
    source = shared_data / name
    form = "libsvm" if "libsvm" in name else "csv"
    model = tmp_path / "model.json"
    data = f"{source}?format={form}"
    xgb("train", data, model)
    got = values(transformed(model, source, tmp_path / "out", "--content-type", form, *args))
    wanted = [[numpy.float32(cell) for cell in line.split()]
              for line in xgb("predict", data, model).splitlines()]
    assert (got == wanted).all() and len(got) == len(wanted)


def test_usage(shop, tmp_path):
    for args, says in ((("--model", shop.model), "--output"),
                       (("--output", tmp_path), "--model"),
                       (("--model", shop.model, "--output", tmp_path), "--input")):
        refused = run("batchgen", "transform", *args)
        assert refused.code == 2 and says in refused.err
    assert "--on-bad-row" in run("batchgen", "transform", "--help").out


def test_a_limit_on_file_sizes_is_a_failure_and_not_a_signal(shop, tmp_path):
    """Like a full disk: named, and no `.out` that is not whole."""
    out = tmp_path / "out"
    done = subprocess.run(
        ["prlimit", "--fsize=1000", BUILD / "batchgen", "transform", "--model", shop.model,
         "--input", shop.users, "--output", out, "--id-column", "user_id"],
        capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    assert "File too large" in done.stderr
    assert not list(out.glob("*.out"))
