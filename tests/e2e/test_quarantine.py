"""Bad rows in a large batch: kept, repaired, appended, and nothing shows."""
import csv
import os
import random

import pytest
from batches import TABLE, Table, published, score

NOW = ("--as-of", "2026-11-22T02:00:00Z")
USERS = 100_000
DEFECTS = 37
TWICE = 5  # users who are there twice

# What spoils a line of cells, and what is said of it.
KINDS = [
    (lambda cells: cells[:-1], "row has 12 cells, the header 13"),
    (lambda cells: [*cells, "1"], "row has 14 cells, the header 13"),
    (lambda cells: [cells[0]], "row has 1 cells, the header 13"),
    (lambda cells: [cells[0], "abc", *cells[2:]], "column 'age': 'abc' is not a number"),
    (lambda cells: [*cells[:-1], "abc"], "column 'returns_365d': 'abc' is not a number"),
    (lambda cells: [cells[0], "1.2.3", *cells[2:]], "'1.2.3' is not a number"),
    (lambda cells: [cells[0], "0x10", *cells[2:]], "'0x10' is not a number"),
    (lambda cells: [cells[0], "1 2", *cells[2:]], "'1 2' is not a number"),
    (lambda cells: [cells[0], "\x00", *cells[2:]], "is not a number"),
    (lambda cells: [cells[0], "é", *cells[2:]], "'é' is not a number"),
    (lambda cells: [cells[0], "inf", *cells[2:]], "infinit"),
    (lambda cells: [cells[0], "-1e39", *cells[2:]], "infinit"),
    (lambda cells: ["", *cells[1:]], "id is empty"),
    (lambda cells: ["i" * 513, *cells[1:]], "at most 512"),
    (lambda cells: [cells[0], '"1"2', *cells[2:]], "quote"),
    (lambda cells: [cells[0], '"1', *cells[2:]], "quote"),
    (lambda cells: ['"' + cells[0], *cells[1:]], "quote"),
    (lambda cells: [cells[0], '"1\n2"', *cells[2:]], "is not a number"),
]


class Batch:
    """A large shop's lines, clean, and with defects planted; some users twice."""

    def __init__(self, shop, seed):
        draw = random.Random(seed)
        header, *rows = shop.users.read_text().splitlines()
        rows = [row.split(",", 1)[1] for row in rows]
        self.clean = [header, *(f"u{i:06},{rows[i % len(rows)]}" for i in range(USERS))]
        self.where = sorted(draw.sample(range(1, USERS), DEFECTS))
        self.clean += draw.sample(self.clean[1:], TWICE - 1) + [self.clean[self.where[0]]]
        self.spoiled = list(self.clean)
        self.reason = {}
        for i, at in enumerate(self.where):
            spoil, said = KINDS[i % len(KINDS)]
            self.spoiled[at] = ",".join(spoil(self.clean[at].split(",")))
            self.reason[at] = said

    def user(self, at):
        return self.clean[at].split(",", 1)[0]


@pytest.fixture(scope="module")
def batch(shop):
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("SEED", seed)
    return Batch(shop, seed)


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


@pytest.fixture
def spoiled(batch, tmp_path):
    path = tmp_path / "spoiled.csv"
    path.write_text("\n".join(batch.spoiled) + "\n")
    return path


def assert_quarantined(batch, source, rejected):
    """Exactly the spoiled rows, each where it is and as it is; returns them."""
    with rejected.open(newline="") as f:
        header, *rows = csv.DictReader(f)
    assert header["reason"] == "header" and header["row"] == batch.clean[0]
    text = source.read_bytes()
    assert len(rows) == DEFECTS
    lines = 0  # more than one in a row: its quotes hold a line end
    for row, at in zip(rows, batch.where):
        wanted = batch.spoiled[at]
        assert row["row"] == wanted and row["file"] == str(source)
        assert int(row["line"]) == at + 1 + lines
        lines += wanted.count("\n")
        offset = int(row["offset"])
        assert text[offset:].startswith(wanted.encode() + b"\n")
        assert offset == 0 or text[offset - 1:offset] == b"\n"
        assert batch.reason[at] in row["reason"], row
    return rows


def buckets(table, number):
    """HGETALL of every bucket, sorted."""
    count = int(table.generation(number)["buckets"])
    with table.client.pipeline(transaction=False) as pipe:
        for b in range(count):
            pipe.hgetall(f"{table.key}:{number}:{b}")
        return [sorted(bucket.items()) for bucket in pipe.execute()]


def test_what_is_quarantined_repaired_and_appended_leaves_no_trace(
        batchgen, shop, batch, spoiled, table, tmp_path):
    rejected = tmp_path / "rejected.csv"
    first = published(batchgen, shop, "--no-publish", "--max-rejected", DEFECTS, "--rejected",
                      rejected, *NOW, source=spoiled)
    lost = {batch.user(at) for at in batch.where}
    again = sum(line.split(",", 1)[0] in lost for line in batch.clean[USERS + 1:])
    assert first["read"] == USERS + TWICE and first["skipped"] == 0
    assert (first["rejected"], first["duplicate"]) == (DEFECTS, TWICE - again)
    assert first["read"] == sum(first[k] for k in ("written", "rejected", "duplicate", "skipped"))
    assert (first["generation"], first["live"], table.live) == (1, False, 0)
    rows = assert_quarantined(batch, spoiled, rejected)

    mended = {row["row"]: batch.clean[at] for row, at in zip(rows, batch.where)}
    repaired = tmp_path / "repaired.csv"
    repaired.write_text("\n".join([batch.clean[0], *mended.values()]) + "\n")
    more = published(batchgen, shop, "--append", 1, "--no-publish", *NOW, source=repaired)
    assert (more["read"], more["rejected"], more["skipped"]) == (DEFECTS, 0, 0)
    assert more["written"] + more["duplicate"] == DEFECTS and more["duplicate"] == again
    assert table.live == 0
    batchgen.done("publish", 1, "--table", TABLE)
    assert table.live == 1

    source = tmp_path / "clean.csv"
    source.write_text("\n".join(batch.clean) + "\n")
    whole = published(batchgen, shop, *NOW, source=source)
    assert (whole["generation"], whole["written"]) == (2, USERS)
    assert buckets(table, 1) == buckets(table, 2)
    one, two = table.generation(1), table.generation(2)
    for field in ("rows", "buckets", "score_stats", "schema_id", "model_sha256", "as_of_us"):
        assert one[field] == two[field], field
    batchgen.done("verify", 1, "--table", TABLE, "--input", source)


def test_one_more_than_allowed_changes_nothing(batchgen, shop, batch, spoiled, table, tmp_path):
    refused = score(batchgen, shop, "--max-rejected", DEFECTS - 1, "--rejected",
                    tmp_path / "rejected.csv", source=spoiled)
    assert refused.code == 3 and f"{DEFECTS} of {USERS + TWICE} rows" in refused.err
    assert table.generations() == set() and table.live == 0
    assert_quarantined(batch, spoiled, tmp_path / "rejected.csv")
