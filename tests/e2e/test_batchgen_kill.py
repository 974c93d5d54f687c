"""kill -9, at every step and anywhere: live stays, the next run clears up."""
import contextlib
import os
import random
import signal
import subprocess
import time

import pytest
from batches import TABLE, Table, end_lease, published, start_until
from programs import Batchgen, until

STEPS = ("begin", "write", "verify", "ready", "commit")


def killed(run):
    run.kill()
    run.communicate()


def assert_no_stray_key(table):
    """Every key belongs to a ready generation, or to the features of one."""
    kept = {number: table.generation(number) for number in table.generations()}
    schemas = {g["schema_id"] for g in kept.values()}
    for key in table.keys() - {"", ":superseded"}:
        first, *rest = key[1:].split(":")
        if first == "features":
            assert rest[0] in schemas, key
            continue
        generation = kept[int(first)]
        assert generation["state"] == "ready", key
        assert rest in ([], ["model"]) or int(rest[0]) < int(generation["buckets"]), key


def assert_next_run_clears_up(batchgen, shop, table, live):
    """Whatever the killed run left, the next leaves what a clean one would."""
    end_lease(table)
    summary = published(batchgen, shop, "--with-features")
    assert table.scores(summary["generation"]) == {u: shop.expected[u] for u in shop.user_ids}
    batchgen.done("verify", summary["generation"], "--table", TABLE)
    batchgen.done("gc", "--table", TABLE)
    assert {live, summary["generation"]} <= table.generations()
    assert_no_stray_key(table)


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_each_step(batchgen, shop, store, prefix, step):
    table = Table(store, prefix)
    published(batchgen, shop)
    before = table.records(1)
    run = start_until(step, batchgen, shop, "--with-features")
    killed(run)
    live = 2 if step == "commit" else 1
    assert table.live == live
    assert table.records(1) == before
    batchgen.done("verify", live, "--table", TABLE)
    if step != "commit":
        refused = batchgen("score", "--table", TABLE, "--model", shop.model,
                           "--input", shop.users)
        assert refused.code == 1 and f":{run.pid}:" in refused.err
    assert_next_run_clears_up(batchgen, shop, table, live)


def test_killed_at_twenty_random_moments(batchgen, shop, store, prefix):
    """SEED=n in the environment draws the moments of another run again."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("SEED", seed)
    draw = random.Random(seed)
    table = Table(store, prefix)
    began = time.monotonic()
    published(batchgen, shop, "--with-features")
    whole = time.monotonic() - began
    for _ in range(20):
        live = table.live
        run = batchgen.start("score", "--table", TABLE, "--model", shop.model,
                             "--input", shop.users, "--with-features")
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(draw.uniform(0, whole))
        killed(run)
        assert table.live in (live, int(table.manifest()["last"]))
        assert table.scores(table.live) == {u: shop.expected[u] for u in shop.user_ids}
        batchgen.done("verify", table.live, "--table", TABLE)
        end_lease(table)
        batchgen.done("gc", "--table", TABLE)
        assert_no_stray_key(table)
    assert_next_run_clears_up(batchgen, shop, table, table.live)


def test_redis_killed_while_writing(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    published(batchgen, shop)
    run = start_until("write", batchgen, shop, "--retry", "1s")
    own_store.signal(signal.SIGKILL)
    own_store.process.wait()
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 5
    assert "connection" in err and str(own_store.socket) in err


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGCONT])
def test_dropped_under_a_run(batchgen, shop, store, prefix, end):
    """What it wrote behind the drop goes with gc, or by itself."""
    table = Table(store, prefix)
    other = Table(store, prefix, "another")
    published(batchgen, shop, "--table", "another")
    before = other.keys()
    run = start_until("begin", batchgen, shop, "--with-features", "--rate", "4000")
    batchgen.done("drop", "--table", TABLE, "--force")
    run.send_signal(signal.SIGCONT)
    until(lambda: len(table.keys()) > 5, "it writes on")
    if end == signal.SIGKILL:
        killed(run)
    else:
        _, err = run.communicate(timeout=60)
        assert run.returncode == 1 and "lease" in err, err
    end_lease(table)
    batchgen.done("gc", "--table", TABLE)
    assert table.keys() <= {""}, table.keys()
    assert other.keys() == before
    batchgen.done("gc", "--table", "another")
    assert other.keys() == before and len(other.records(1)) == len(shop.user_ids)


def test_strays_of_what_the_manifest_names_are_spared(batchgen, shop, store, prefix):
    table = Table(store, prefix)
    published(batchgen, shop)
    store.client.delete(f"{table.key}:1")
    before = table.keys()
    batchgen.done("gc", "--table", TABLE)
    assert table.keys() == before
