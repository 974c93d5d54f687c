"""RESTORE or HSET: the same buckets, whichever way Redis takes them."""
import re

import pytest
from batches import Table, edited, published
from programs import Batchgen, Redis

ODD_IDS = ("7", "-12", "007", "9223372036854775807", "1e3", "", "é", "\x01\x02",
           "x" * 63, "x" * 64)


def odd_ids(lines):
    """The header, and rows whose ids Redis might take for something else."""
    named = [f"{user}{lines[i + 1][lines[i + 1].index(','):]}"
             for i, user in enumerate(ODD_IDS) if user]
    return [lines[0], *named, *lines[len(ODD_IDS):]]


def buckets(table, number):
    """Every bucket as HGETALL gives it, in its order, and how it is kept."""
    count = int(table.generation(number)["buckets"])
    keys = [f"{table.key}:{number}:{b}" for b in range(count)]
    return [(list(table.client.hgetall(key).items()), table.client.object("encoding", key))
            for key in keys]


def restores(table):
    stats = table.client.info("commandstats")
    return stats.get("cmdstat_restore", {"calls": 0})["calls"]


@pytest.fixture
def without_restore(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    server = Redis(folder, "--rename-command", "RESTORE", "")
    yield server
    server.stop()


@pytest.mark.parametrize("sanitize", ["no", "yes"])
def test_same_buckets_both_ways(own_store, without_restore, prefix, shop, tmp_path, sanitize):
    own_store.client.config_set("sanitize-dump-payload", sanitize)
    source = edited(tmp_path, shop, odd_ids)
    found = []
    for store in (own_store, without_restore):
        table = Table(store, prefix)
        published(Batchgen(store, prefix), shop, source=source)
        found.append(buckets(table, 1))
        for user in ODD_IDS[:4]:
            assert any(table.client.hexists(f"{table.key}:1:{b}", user)
                       for b in range(len(found[-1])))
    assert restores(Table(own_store, prefix)) == len(found[0])
    assert found[0] == found[1]
    assert {encoding for _, encoding in found[0]} == {b"listpack"}


def test_what_is_no_listpack_goes_field_by_field(own_store, prefix, shop, tmp_path):
    long_id = "x" * 65
    source = edited(tmp_path, shop,
                    lambda lines: [lines[0], re.sub("^[^,]*", long_id, lines[1]), *lines[2:]])
    table = Table(own_store, prefix)
    published(Batchgen(own_store, prefix), shop, source=source)
    kinds = [encoding for _, encoding in buckets(table, 1)]
    assert kinds.count(b"hashtable") == 1
    assert restores(table) == len(kinds) - 1
    assert table.scores(1)[long_id] == shop.expected[shop.user_ids[0]]


def test_user_without_the_right_to_restore(own_store, prefix, shop):
    own_store.client.execute_command("ACL", "SETUSER", "default", "-restore")
    published(Batchgen(own_store, prefix), shop)
    assert Table(own_store, prefix).scores(1) == {u: shop.expected[u] for u in shop.user_ids}
