"""Rankings of candidates: rows of a user, an item and features."""
import csv
import json

import numpy
import pytest
from batches import Table
from test_ranking import items_of, read_top

USERS = 40


def read(path):
    with path.open(newline="") as f:
        header, *rows = csv.reader(f)
    return header, rows


@pytest.fixture(scope="module")
def pairs(shared_data, tmp_path_factory):
    """Every item for some users of a real shop, users behind each other."""
    recs = shared_data / "shop" / "recs"
    path = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    names, users = read(recs / "users.csv")
    more, items = read(recs / "items.csv")
    with path.open("w", newline="") as f:
        out = csv.writer(f)
        out.writerow(names + more)
        out.writerows(user + item for user in users[:USERS] for item in items)
    return path


def write(path, shop, candidates):
    """Candidates (user, item, row of the shop's users) as CSV."""
    header, rows = read(shop.users)
    features = header[1:]
    with path.open("w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["item", "user_id"] + features)
        out.writerows([item, user] + rows[i][1:] for user, item, i in candidates)
    return path


def rank(batchgen, shop, source, *args, column="item"):
    return batchgen("score", "--table", "churn", "--model", shop.model, "--input", source,
                    "--item-column", column, "--json", *args)


def test_as_if_the_items_were_a_catalogue(shared_data, pairs, batchgen, lookup, store, prefix):
    recs = shared_data / "shop" / "recs"
    expected = read_top(recs / "expected_top10.csv")
    done = batchgen.done("score", "--table", "churn", "--model", recs / "model.json", "--input",
                         pairs, "--item-column", "item_id", "--json").json()
    assert (done["users"], done["written"], done["read"]) == (USERS, 10 * USERS, 3613 * USERS)
    said = Table(store, prefix).generation(1)
    assert (said["kind"], said["encoding"]) == ("ranking", "topk-u16")
    assert (said["rows"], said["top"], said["buckets"]) == (str(USERS), "10", "1")
    server = lookup()
    before = server.metrics()
    for user in list(expected)[:USERS]:
        assert items_of(server.get(f"/v1/churn/{user}")) == expected[user]
    assert server.metrics().delta(before) == {"precomputed": USERS}


def test_threads_do_not_show(shared_data, pairs, batchgen, store, prefix):
    recs = shared_data / "shop" / "recs"
    table = Table(store, prefix)
    for threads in (1, 2, 5):
        batchgen.done("score", "--table", "churn", "--model", recs / "model.ubj", "--input",
                      pairs, "--item-column", "item_id", "--threads", threads)
    assert table.records(1) == table.records(2) == table.records(3)
    items = [store.client.get(f"{table.key}:{g}:items") for g in (1, 2, 3)]
    assert items[0] == items[1] == items[2]


def test_ties_duplicates_and_short_lists(shop, batchgen, lookup, tmp_path):
    source = write(tmp_path / "in.csv", shop, [
        ("ann", "late", 0), ("bob", "only", 1), ("ann", "twin b", 2), ("ann", "twin a", 2),
        ("ann", "late", 2), ("ann", "", 2), ("cy", "late", 3), ("cy", "twin a", 3),
    ])
    done = rank(batchgen, shop, source, "--max-rejected", 1, "--rejected", tmp_path / "bad",
                "--top", 2).json()
    assert {k: done[k] for k in ("read", "written", "rejected", "duplicate", "skipped", "users")} \
        == {"read": 8, "written": 5, "rejected": 1, "duplicate": 1, "skipped": 1, "users": 3}
    assert "column 'item': the id is empty" in (tmp_path / "bad").read_text()
    server = lookup()
    ids = {user: [item for item, _ in items_of(server.get(f"/v1/churn/{user}"))]
           for user in ("ann", "bob", "cy")}
    assert ids == {"ann": ["twin b", "twin a"], "bob": ["only"], "cy": ["late", "twin a"]}


def test_only_some_users(shop, batchgen, tmp_path):
    source = write(tmp_path / "in.csv", shop, [
        ("ann", "a", 0), ("bob", "a", 1), ("ann", "b", 2), ("bob", "b", 3), ("ann", "a", 4)])
    (tmp_path / "users").write_text("ann\n")
    done = rank(batchgen, shop, source, "--top", 1, "--users", tmp_path / "users").json()
    assert {k: done[k] for k in ("read", "written", "duplicate", "skipped", "users")} \
        == {"read": 5, "written": 1, "duplicate": 1, "skipped": 3, "users": 1}


def test_json_lines_say_the_same(shop, batchgen, store, prefix, tmp_path):
    wanted = [(f"u{i % 7}", f"i{i % 11}", i) for i in range(200)]
    header, rows = read(shop.users)
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({
        "user_id": user, "item": item,
        **{name: float(cell) if cell else None for name, cell in zip(header[1:], rows[i][1:])},
    }) + "\n" for user, item, i in wanted))
    assert rank(batchgen, shop, write(tmp_path / "in.csv", shop, wanted)).code == 0
    assert rank(batchgen, shop, source, "--content-type", "jsonl", "--force").code == 0
    table = Table(store, prefix)
    assert table.records(1) == table.records(2)


@pytest.mark.parametrize("items, encoding", [(65536, "topk-u16"), (65537, "topk-u32")])
def test_many_items(items, encoding, shop, batchgen, store, prefix, lookup, tmp_path):
    source = write(tmp_path / "in.csv", shop, (("u", f"i{i}", 0) for i in range(items)))
    assert rank(batchgen, shop, source, "--top", 3).code == 0
    table = Table(store, prefix)
    assert table.generation(1)["encoding"] == encoding
    [record] = table.records(1).values()
    width = "<u2" if encoding == "topk-u16" else "<u4"
    found = numpy.frombuffer(record, numpy.dtype([("item", width), ("score", "<f4")]))
    assert list(found["item"]) == [0, 1, 2]
    answer = lookup().get("/v1/churn/u").json()
    assert [i["id"] for i in answer["items"]] == ["i0", "i1", "i2"]


def test_they_are_not_scored_live(shop, batchgen, lookup, tmp_path):
    source = write(tmp_path / "in.csv", shop, [("ann", "a", 0), ("bob", "b", 1)])
    assert rank(batchgen, shop, source).code == 0
    server = lookup()
    features = dict(zip(*[read(shop.users)[0][1:], [1.0] * 100]))
    answer = server.request("POST", "/v1/churn/ann", {"features": features},
                            {"Content-Type": "application/json"})
    assert answer.status == 501
    assert server.get("/v1/churn/nobody").status == 404
    assert server.get("/v1/churn/ann").json()["source"] == "precomputed"


@pytest.mark.parametrize("args, code, said", [
    (["--items", "items.csv"], 2, "one of them"),
    (["--with-features"], 2, "--with-features"),
    (["--append", "1"], 2, "--append"),
    (["--content-type", "libsvm"], 2, "libsvm"),
    (["--item-column", "nothing"], 3, "no column 'nothing'"),
])
def test_what_cannot_be(args, code, said, shop, batchgen, tmp_path):
    source = write(tmp_path / "in.csv", shop, [("ann", "a", 0)])
    done = rank(batchgen, shop, source, *args)
    assert done.code == code and said in done.err, done
