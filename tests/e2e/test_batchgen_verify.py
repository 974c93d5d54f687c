"""batchgen verify: whole, and every record what its model gives."""
import pytest
from batches import TABLE, Table, edited, published
from test_candidates import rank, write

NOW = ("--as-of", "2026-11-22T02:00:00Z")


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


def verify(batchgen, *args):
    return batchgen("verify", 1, "--table", TABLE, *args)


def bucket_of(table, user):
    for b in range(int(table.generation(1)["buckets"])):
        if table.client.hexists(f"{table.key}:1:{b}", user):
            return f"{table.key}:1:{b}"
    raise AssertionError(f"{user} is in no bucket")


def flip_a_bit(table, user):
    """A record damaged where it lies; its length stays."""
    bucket = bucket_of(table, user)
    record = bytearray(table.client.hget(bucket, user))
    record[-4] ^= 1
    table.client.hset(bucket, user, bytes(record))


@pytest.mark.parametrize("way", ["--all", "--input"])
def test_one_damaged_record_is_found_and_named(batchgen, shop, table, way):
    published(batchgen, shop, "--with-features", *NOW)
    args = [way, shop.users] if way == "--input" else [way]
    users = len(shop.user_ids)
    found = verify(batchgen, *args, "--json")
    assert found.code == 0, found
    assert found.json() == {"table": TABLE, "generation": 1, "rows": users, "whole": True,
                            "checked": users, "unchecked": 0, "rejected": 0, "differ": 0,
                            "first": []}
    before = table.keys()
    user = shop.user_ids[777]
    flip_a_bit(table, user)
    assert verify(batchgen).code == 0  # the counts are as they were
    found = verify(batchgen, *args, "--json")
    assert found.code == 1 and f"'{user}'" in found.err
    assert (found.json()["differ"], found.json()["first"]) == (1, [{"user": user, "stored": True}])
    said = verify(batchgen, *args)
    assert said.code == 1 and f"differs: {user}" in said.out
    assert "1999 of them to the same bits" in said.out
    assert table.keys() == before


def test_a_sample_is_spread_over_all_users(batchgen, shop, table):
    published(batchgen, shop, "--with-features", *NOW)
    for n in (1, 100, 1999, 2000, 1_000_000):
        found = verify(batchgen, "--sample", n, "--json").json()
        assert (found["checked"], found["unchecked"]) == (min(n, 2000), 0)
    for user in shop.user_ids[::4]:
        flip_a_bit(table, user)
    found = verify(batchgen, "--sample", 400, "--json")
    assert found.code == 1
    assert 50 < found.json()["differ"] < 150 and len(found.json()["first"]) == 10


def test_only_rows_of_the_batch_are_scored_again(batchgen, shop, table, tmp_path):
    published(batchgen, shop, *NOW)
    nothing = verify(batchgen, "--all")
    assert nothing.code == 1 and "--with-features" in nothing.err
    batchgen.done("features", "--table", TABLE, "--input", shop.users, *NOW)
    some = edited(tmp_path, shop, lambda lines: [lines[0], *(
        f"{user},{line.split(',', 1)[1]}" for user, line in zip(shop.user_ids, lines[2:7]))])
    batchgen.done("features", "--table", TABLE, "--input", some)  # newer
    found = verify(batchgen, "--all", "--json")
    assert found.code == 0, found
    assert (found.json()["checked"], found.json()["unchecked"]) == (1995, 5)


def test_part_of_the_input(batchgen, shop, table, tmp_path):
    published(batchgen, shop, *NOW)
    part = edited(tmp_path, shop, lambda lines: [lines[0], *lines[5:105], "bad,row"])
    found = verify(batchgen, "--input", part, "--json").json()
    assert (found["checked"], found["unchecked"], found["rejected"]) == (100, 1900, 1)
    other = edited(tmp_path, shop, lambda lines: [
        lines[0], "stranger" + lines[3][lines[3].index(","):]])
    found = verify(batchgen, "--input", other, "--json")
    assert found.code == 1
    assert found.json()["first"] == [{"user": "stranger", "stored": False}]


def test_rounds_of_the_generation_count(batchgen, shop, table):
    published(batchgen, shop, "--iterations", "0:7", "--with-features", *NOW)
    assert verify(batchgen, "--all").code == 0
    assert verify(batchgen, "--input", shop.users).code == 0


def test_rankings_are_ranked_again(batchgen, shared_data, store, prefix):
    recs = shared_data / "shop" / "recs"
    batchgen.done("score", "--table", TABLE, "--model", recs / "model.json", "--input",
                  recs / "users.csv", "--items", recs / "items.csv", "--top", 5,
                  "--with-features")
    table = Table(store, prefix)
    for args in (("--sample", 100), ("--all",), ("--input", recs / "users.csv")):
        assert verify(batchgen, *args).code == 0
    user = next(iter(table.records(1)))
    flip_a_bit(table, user)
    for args in (("--all",), ("--input", recs / "users.csv")):
        found = verify(batchgen, *args)
        assert found.code == 1 and f"'{user}'" in found.err, args


def test_candidates_are_ranked_again(batchgen, shop, table, tmp_path):
    source = write(tmp_path / "c.csv", shop, [
        (f"u{i % 7}", f"i{i % 11}", i) for i in range(200)])
    assert rank(batchgen, shop, source).code == 0
    refused = verify(batchgen, "--all")
    assert refused.code == 2 and "--item-column" in refused.err
    args = ("--input", source, "--item-column", "item")
    assert verify(batchgen, *args, "--json").json()["checked"] == 7
    flip_a_bit(table, "u3")
    assert "'u3'" in verify(batchgen, *args).err


def test_usage(batchgen, shop):
    published(batchgen, shop)
    refused = verify(batchgen, "--all", "--sample", 3)
    assert refused.code == 2 and "one of them" in refused.err
    assert verify(batchgen, "--input", shop.users, "--item-column", "age").code == 2
    assert verify(batchgen, "--input", shop.folder / "none.csv").code == 1
    assert verify(batchgen, "--input", shop.model).code == 3
