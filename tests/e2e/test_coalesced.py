"""A model that takes long, and many who ask for the same at one time."""
import csv
import json
import sys

import pytest

GETS = 100  # of one connection, pipelined
ITEMS = 200000


def repeated(model, times):
    """The same trees `times` over."""
    book = json.loads(model.read_text())
    trees = book["learner"]["gradient_booster"]["model"]
    trees["trees"] = [{**tree, "id": i} for i, tree in enumerate(trees["trees"] * times)]
    trees["tree_info"] = trees["tree_info"] * times
    trees["gbtree_model_param"]["num_trees"] = str(len(trees["trees"]))
    return json.dumps(book)


def columns(path, out, names, nrow=None):
    """The first rows of those columns."""
    with path.open(newline="") as f, out.open("w", newline="") as to:
        writer = csv.DictWriter(to, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for _, row in zip(range(nrow or sys.maxsize), csv.DictReader(f)))
    return out


@pytest.fixture
def slow(batchgen, shop, tmp_path):
    """Table `slow`: a ranking of many items, of one user and the rows of the late ones."""
    model, items = tmp_path / "model.json", tmp_path / "items.csv"
    model.write_text(repeated(shop.model, 20))
    with shop.users.open() as f:
        names = f.readline().strip().split(",")
    with items.open("w") as f:
        print("item_id", names[-1], sep=",", file=f)
        f.writelines(f"i{i},{i}\n" for i in range(ITEMS))
    how = ("--table", "slow", "--id-column", "user_id")
    batchgen.done("score", *how, "--model", model, "--items", items, "--top", 3,
                  "--input", columns(shop.users, tmp_path / "one.csv", names[:-1], 1))
    batchgen.done("features", *how,
                  "--input", columns(shop.late, tmp_path / "late.csv", names[:-1]))
    return "slow"


def test_one_cold_user_is_scored_once(lookup, slow, shop):
    server = lookup("--threads", 1, "--timeout-ms", 5000)
    user = shop.late_ids[0]
    get = f"GET /v1/slow/{user} HTTP/1.1\r\nHost: x\r\n"
    before = server.metrics()
    sent = (get + "\r\n") * (GETS - 1) + get + "Connection: close\r\n\r\n"
    got = server.raw(sent.encode()).decode()
    after = server.metrics()

    answers = [line for line in got.splitlines() if line.startswith("{")]
    assert len(answers) == GETS and set(answers) == {answers[0]}
    assert json.loads(answers[0])["source"] == "live"
    assert after.delta(before) == {"live": GETS}
    assert after.value("lookup_scoring_seconds_count") == 1
    assert after.value("lookup_coalesced_total") == GETS - 1
    assert server.get(f"/v1/slow/{user}").body.decode().strip() == answers[0]
    assert server.metrics().value("lookup_scoring_seconds_count") == 2
