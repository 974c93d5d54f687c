"""What a run would take, what it took, and how fast it may write."""
import json
import os
import pty
import re
import subprocess

import pytest
from batches import TABLE, Table, published, score
from programs import BUILD, CHILD, ROOT, Batchgen, run, until

NOBODY = type("Nobody", (), {"url": "unix:/nowhere/at/all.sock"})
TOLERANCE = 0.15


def used(store, *options):
    """Bytes that the store says it holds more after a run, and its summary.

    After a second one: with the first Redis makes room for its scripts.
    """
    for _ in range(2):
        before = store.client.info("memory")["used_memory"]
        done = run("batchgen", "score", "--table", TABLE, "--redis", store.url, "--prefix",
                   "a-prefix", "--json", "--no-publish", *options)
        assert done.code == 0, done
    return store.client.info("memory")["used_memory"] - before, done.json()


def close(a, b):
    return abs(a - b) <= TOLERANCE * b


def test_nothing_is_touched(batchgen, store, prefix, shop):
    table = Table(store, prefix)
    before = store.client.dbsize()
    result = published(batchgen, shop, "--dry-run", "--with-features")
    assert result["dry_run"] and "generation" not in result
    assert result["read"] == result["written"] == len(shop.user_ids)
    assert store.client.dbsize() == before and table.keys() == set()


def test_no_redis_is_needed(prefix, shop):
    result = score(Batchgen(NOBODY, prefix), shop, "--dry-run")
    assert result.code == 0, result
    assert "nothing was written to Redis" in result.out


def test_it_refuses_what_a_run_refuses(prefix, shop, tmp_path):
    nobody = Batchgen(NOBODY, prefix)
    bad = tmp_path / "bad.csv"
    lines = shop.users.read_text().splitlines()
    bad.write_text("\n".join([*lines[:100], *["x,y"] * 50]) + "\n")
    result = score(nobody, shop, "--dry-run", "--rejected", tmp_path / "rejected.csv",
                   source=bad)
    assert result.code == 3, result
    assert score(nobody, shop, "--dry-run", "--append", 1).code == 2


@pytest.mark.parametrize("id_length", [8, 40, 80])
def test_a_score_table_is_estimated(own_store, shop, tmp_path, id_length):
    users = tmp_path / "users.csv"
    header, *rows = shop.users.read_text().splitlines()
    cells = [row.split(",", 1)[1] for row in rows]
    users.write_text("\n".join([header, *(
        f"{i:0{id_length}d},{cells[i % len(cells)]}" for i in range(20000))]) + "\n")
    options = "--model", shop.model, "--input", users
    dry = run("batchgen", "score", "--table", TABLE, "--json", "--dry-run",
              "--prefix", "a-prefix", *options)
    assert dry.code == 0, dry
    estimate = dry.json()["estimate"]
    assert (estimate["hash_tables"] > 0) == (id_length > 64)
    more, real = used(own_store, *options)
    assert real["estimate"]["bytes"] == estimate["bytes"]
    assert close(estimate["bytes"], real["measured"]["bytes"]), (estimate, real)
    assert close(estimate["model_bytes"], real["measured"]["model_bytes"])
    assert close(estimate["bytes"] + estimate["model_bytes"], more), (estimate, more)


def test_a_ranking_is_estimated(own_store, shared_data):
    recs = shared_data / "shop" / "recs"
    more, real = used(own_store, "--model", recs / "model.json", "--input",
                      recs / "users.csv", "--items", recs / "items.csv", "--top", 5)
    estimate, measured = real["estimate"], real["measured"]
    assert close(estimate["bytes"], measured["bytes"]), real
    assert close(estimate["bytes"] + estimate["model_bytes"], more), (real, more)


def test_what_may_not_be_measured_is_left_out(own_store, prefix, shop):
    own_store.client.execute_command("ACL", "SETUSER", "default", "-memory")
    result = published(Batchgen(own_store, prefix), shop)
    assert result["live"] and "measured" not in result and "estimate" in result


def test_rate_bounds_the_writing(batchgen, shop):
    fast = published(batchgen, shop)
    assert "rate" not in fast["stages"]
    slow = published(batchgen, shop, "--rate", 10000)
    least = len(shop.user_ids) / 10000 - 0.02
    assert slow["write_seconds"] >= least and slow["stages"]["rate"]["seconds"] >= least / 2
    assert slow["estimate"]["write_seconds"] == pytest.approx(len(shop.user_ids) / 10000)


def test_rate_bounds_feature_rows_too(batchgen, published, shop):
    result = batchgen.done("features", "--table", published, "--input", shop.users,
                           "--rate", 10000, "--supersede", "--json").json()
    assert result["features"] == len(shop.user_ids)
    assert result["stages"]["rate"]["seconds"] >= len(shop.user_ids) / 10000


def test_summary_says_where_the_time_went(batchgen, shop):
    result = published(batchgen, shop)
    stages = result["stages"]
    assert {"model", "read", "parse", "score", "pack", "sort", "write", "verify",
            "publish"} <= set(stages)
    assert sum(s["share"] for s in stages.values()) == pytest.approx(1, abs=0.01)
    done = score(batchgen, shop)
    assert re.search(r"busy +(model|begin|read|parse) \d+\.\d+ s \(\d+ %\), ", done.out), done


def test_a_terminal_gets_a_bar(shop, prefix):
    """The input is held open, so the run waits while the bar is looked for."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
            [*CHILD, BUILD / "batchgen", "score", "--table", TABLE, "--model", shop.model,
             "--input", "-", "--dry-run", "--json"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT) as bar:
        os.close(theirs)
        lines = shop.users.read_bytes().splitlines(keepends=True)
        bar.stdin.write(b"".join(lines[:1000]))
        bar.stdin.flush()
        seen = bytearray()

        def shown():
            seen.extend(os.read(ours, 4096))
            return b"score   [" in seen and b"rows/s" in seen

        until(shown, "a bar is drawn")
        out, _ = bar.communicate(b"".join(lines[1000:]), timeout=60)
    os.close(ours)
    assert bar.returncode == 0 and json.loads(out)["read"] == len(shop.user_ids)
