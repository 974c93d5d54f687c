"""A catalogue ranked for every user of a real shop, stored and live."""
import csv

import numpy
import pytest


def read_top(path):
    """user -> [(item, score), ...], best first."""
    top = {}
    with path.open(newline="") as f:
        for row in csv.DictReader(f):
            top.setdefault(row["user_id"], []).append(
                (row["item_id"], numpy.float32(row["score"])))
    return top


def items_of(answer):
    return [(i["id"], numpy.float32(i["score"])) for i in answer.json()["items"]]


@pytest.fixture
def recs(shared_data):
    return shared_data / "shop" / "recs"


def rank(batchgen, recs, *more):
    return batchgen.done("score", "--table", "recs", "--model", recs / "model.json",
                         "--input", recs / "users.csv", "--items", recs / "items.csv",
                         "--json", *more).json()


def test_every_top_10_stored(recs, batchgen, lookup):
    expected = read_top(recs / "expected_top10.csv")
    assert rank(batchgen, recs, "--top", 10)["written"] == len(expected) == 3974
    server = lookup()
    before = server.metrics()
    for user, top in expected.items():
        assert items_of(server.get(f"/v1/recs/{user}")) == top, user
    assert server.metrics().delta(before) == {"precomputed": len(expected)}


def test_the_same_live_from_features(recs, batchgen, lookup, tmp_path):
    expected = read_top(recs / "expected_top10.csv")
    with (recs / "users.csv").open(newline="") as f:
        header, *rows = csv.reader(f)
    parts = tmp_path / "some.csv", tmp_path / "rest.csv"
    for part, some in zip(parts, (rows[:100], rows[100::8])):
        with part.open("w", newline="") as f:
            csv.writer(f).writerows([header, *some])
    batchgen.done("score", "--table", "recs", "--model", recs / "model.ubj", "--input", parts[0],
                  "--items", recs / "items.csv", "--top", 10)
    batchgen.done("features", "--table", "recs", "--input", parts[1])
    server = lookup("--timeout-ms", 1000)
    before = server.metrics()
    for row in rows[100::8]:
        answer = server.get(f"/v1/recs/{row[0]}")
        assert answer.json()["source"] == "live"
        assert items_of(answer) == expected[row[0]]
    assert server.metrics().delta(before) == {"live": len(rows[100::8])}


def test_shorter_and_longer_than_asked(recs, batchgen, lookup):
    rank(batchgen, recs, "--top", 5)
    server = lookup()
    user = next(iter(read_top(recs / "expected_top10.csv")))
    five = items_of(server.get(f"/v1/recs/{user}"))
    assert len(five) == 5
    assert items_of(server.get(f"/v1/recs/{user}?k=2")) == five[:2]
    for k in ("6", "0", "x"):
        assert server.get(f"/v1/recs/{user}?k={k}").error == "bad_parameter"
    table = server.get("/v1/recs").json()
    assert table["kind"] == "ranking" and table["items"] == 3613 and table["top"] == 5


def test_an_unknown_user_gets_the_ranking_of_nobody(recs, batchgen, lookup):
    rank(batchgen, recs)
    server = lookup("--on-unknown", "default")
    answer = server.get("/v1/recs/nobody")
    assert answer.json()["source"] == "default" and len(answer.json()["items"]) == 10
    bare = {name: None for name in server.get("/v1/recs").json()["features"]}
    live = server.request("POST", "/v1/recs/nobody?timeout_ms=1000", {"features": bare},
                          {"Content-Type": "application/json"})
    assert items_of(live) == items_of(answer)


@pytest.mark.parametrize("change, said", [
    (lambda lines: lines[:1], "no item"),
    (lambda lines: lines + [lines[1]], "twice"),
    (lambda lines: lines + ["x,1"], "cells"),
    (lambda lines: lines + ["," + lines[1].split(",", 1)[1]], "id"),
    (lambda lines: ["item_id,i_linez" + lines[0][len("item_id,i_lines"):]] + lines[1:],
     "i_linez"),
])
def test_bad_catalogues(recs, batchgen, tmp_path, change, said):
    path = tmp_path / "items.csv"
    lines = (recs / "items.csv").read_text().splitlines()[:50]
    path.write_text("\n".join(change(lines)) + "\n")
    done = batchgen("score", "--table", "recs", "--model", recs / "model.json",
                    "--input", recs / "users.csv", "--items", path)
    assert done.code == 3 and said in done.err, done
