"""score --append: a ready generation gets more rows, and is never lost."""
import contextlib
import random
import signal
import subprocess
import time

import pytest
from batches import TABLE, Table, end_lease, listed, published, score, start_until
from programs import Batchgen, Redis, until

NOW = ("--as-of", "2026-11-22T02:00:00Z")
FIRST = 40  # rows before those that are appended: some buckets are empty


@pytest.fixture(params=["restore", "hset"])
def store(request, tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    rename = ("--rename-command", "RESTORE", "") if request.param == "hset" else ()
    server = Redis(folder, *rename)
    yield server
    server.stop()


@pytest.fixture
def batchgen(store, prefix):
    return Batchgen(store, prefix)


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


@pytest.fixture
def halves(shop, tmp_path, batchgen):
    """The shop's users in two files; the first is generation 1, and ready."""
    header, *rows = shop.users.read_text().splitlines()
    broken = [row + ",x" for row in rows[FIRST:]]
    first, rest = tmp_path / "first.csv", tmp_path / "rest.csv"
    first.write_text("\n".join([header, *rows[:FIRST], *broken]) + "\n")
    rest.write_text("\n".join([header, *rows[FIRST:]]) + "\n")
    published(batchgen, shop, "--no-publish", "--max-rejected", "100%", "--rejected",
              tmp_path / "rejected.csv", *NOW, source=first)
    return first, rest


def start(batchgen, shop, source, *args):
    return batchgen.start("score", "--table", TABLE, "--model", shop.model, "--input", source,
                          "--append", 1, "--no-publish", *NOW, *args)


def killed(run, table):
    run.kill()
    run.communicate()
    end_lease(table)


def assert_completed(batchgen, shop, table, rest):
    """The same append once more: as if all rows had come at once."""
    missing = len(shop.user_ids) - len(table.records(1))
    more = published(batchgen, shop, "--append", 1, "--no-publish", *NOW, source=rest)
    assert more["generation"] == 1 and more["read"] == len(shop.user_ids) - FIRST
    assert (more["written"], more["duplicate"]) == (missing, more["read"] - missing)
    assert table.scores(1) == {user: shop.expected[user] for user in shop.user_ids}
    batchgen.done("publish", 1, "--table", TABLE)
    published(batchgen, shop, *NOW)
    one, two = table.generation(1), table.generation(2)
    for field in ("rows", "buckets", "score_stats", "as_of_us", "state"):
        assert one[field] == two[field], field
    assert table.records(1) == table.records(2)


@pytest.mark.parametrize("step", ["begin", "write", "verify"])
def test_killed_after_a_step(batchgen, shop, table, halves, tmp_path, step):
    _, rest = halves
    before = table.records(1)
    run = start_until(step, batchgen, shop, "--input", rest, "--append", "1", "--no-publish",
                      *NOW)
    killed(run, table)
    batchgen.done("gc", "--table", TABLE)
    assert before.items() <= table.records(1).items()
    if step == "begin":
        assert table.records(1) == before and table.generation(1)["state"] == "ready"
    else:
        assert listed(batchgen)[1]["state"] == "appending"
        refused = batchgen("publish", 1, "--table", TABLE)
        assert refused.code == 3 and "--append" in refused.err, refused
        other = tmp_path / "other.csv"
        header, row, *_ = rest.read_text().splitlines()
        other.write_text(f"{header}\nsomebody-else{row[row.index(','):]}\n")
        refused = score(batchgen, shop, "--append", 1, *NOW, source=other)
        assert refused.code == 3 and "other rows" in refused.err, refused
        assert before.items() <= table.records(1).items()
    assert_completed(batchgen, shop, table, rest)


def test_killed_at_random_moments(batchgen, shop, table, halves):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    _, rest = halves
    before = table.records(1)
    for _ in range(10):
        began = time.monotonic()
        run = start(batchgen, shop, rest, "--rate", 10000)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(dice.uniform(0, 0.3))
        killed(run, table)
        assert time.monotonic() - began < 60
        batchgen.done("gc", "--table", TABLE)
        assert before.items() <= table.records(1).items()
    assert_completed(batchgen, shop, table, rest)


def test_ended_while_it_writes(batchgen, shop, table, halves):
    _, rest = halves
    before = table.records(1)
    run = start(batchgen, shop, rest, "--rate", 1000)
    until(lambda: len(table.records(1)) > len(before) + 100, "some rows are appended")
    run.send_signal(signal.SIGTERM)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 143, err
    assert "writer" not in table.manifest()
    assert before.items() <= table.records(1).items()
    assert_completed(batchgen, shop, table, rest)


def test_dropped_while_it_writes(batchgen, shop, table, halves):
    """Its lease is gone: nothing of what it still wrote stays."""
    _, rest = halves
    run = start_until("begin", batchgen, shop, "--input", rest, "--append", "1", *NOW)
    batchgen.done("drop", "--table", TABLE, "--force")
    run.send_signal(signal.SIGCONT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 1, err
    end_lease(table)
    assert table.keys() <= {""}
