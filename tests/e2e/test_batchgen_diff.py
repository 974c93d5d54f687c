"""batchgen diff A B: users, records and scores of two generations."""
import pytest
from batches import TABLE, Table, edited, other_shop, published


def diff(batchgen, *args):
    return batchgen("diff", *args, "--table", TABLE)


def test_same_rows_differ_in_nothing(batchgen, shop):
    published(batchgen, shop)
    published(batchgen, shop)
    found = diff(batchgen, 1, 2, "--json").json()
    users = len(shop.user_ids)
    assert (found["from"], found["to"]) == (1, 2)
    assert found["rows_from"] == found["rows_to"] == found["same"] == users
    assert found["added"] == found["gone"] == found["changed"] == 0
    assert found["mean_move"] == 0 and found["psi"] == pytest.approx(0, abs=1e-6)
    assert found["movers"] == []


def test_users_and_scores_that_changed(batchgen, shop, store, prefix, tmp_path):
    table = Table(store, prefix)
    published(batchgen, shop)
    # Two users go, one comes, one takes over another's features.
    source = edited(tmp_path, shop, lambda lines: [
        lines[0], "new" + lines[4][lines[4].index(","):],
        lines[1][:lines[1].index(",")] + lines[5][lines[5].index(","):], *lines[4:]])
    published(batchgen, shop, "--force", source=source)
    was, now = table.scores(1), table.scores(2)
    moved = {u: float(abs(now[u] - was[u])) for u in was.keys() & now.keys() if now[u] != was[u]}
    found = diff(batchgen, 1, 2, "--json").json()
    assert (found["added"], found["gone"], found["changed"]) == (1, 2, len(moved))
    assert [m["user"] for m in found["movers"]] == list(moved)
    for mover in found["movers"]:
        assert mover["from"] == pytest.approx(float(was[mover["user"]]))
        assert mover["to"] == pytest.approx(float(now[mover["user"]]))
    text = diff(batchgen, 1, 2).out
    assert "1 added, 2 gone" in text and shop.user_ids[0] in text


def test_another_model_shifts_the_scores(batchgen, shop, tmp_path):
    other = other_shop(tmp_path / "other", "--seed", 9)
    published(batchgen, shop)
    published(batchgen, other, "--force", source=shop.users)
    found = diff(batchgen, 1, 2, "--json").json()
    sizes = [abs(m["to"] - m["from"]) for m in found["movers"]]
    assert found["changed"] > 0 and len(sizes) == 10
    assert sizes == sorted(sizes, reverse=True)
    assert found["psi"] > 0 and found["mean_move"] > 0


def test_what_cannot_be_compared(batchgen, shop):
    published(batchgen, shop)
    gone = diff(batchgen, 1, 7)
    assert gone.code == 1 and "no generation 7" in gone.err
    assert diff(batchgen, 1).code == 2
    assert diff(batchgen, 1, "x").code == 2
