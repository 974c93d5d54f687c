"""kill -9, at every step and anywhere: live stays, the next run clears up."""
import contextlib
import os
import random
import signal
import subprocess
import time

import pytest
from batches import TABLE, Table, end_lease, published, start_until
from programs import Batchgen

STEPS = ("begin", "write", "verify", "ready", "commit")


def killed(run):
    run.kill()
    run.communicate()


def assert_next_run_clears_up(batchgen, shop, table, live):
    """Whatever the killed run left, the next leaves what a clean one would."""
    end_lease(table)
    summary = published(batchgen, shop, "--with-features")
    assert table.scores(summary["generation"]) == {u: shop.expected[u] for u in shop.user_ids}
    batchgen.done("verify", summary["generation"], "--table", TABLE)
    batchgen.done("gc", "--table", TABLE)
    kept = {live, summary["generation"]}
    ready = {g for g in table.generations() if table.generation(g).get("state") == "ready"}
    assert table.generations() == kept | ready
    hashes = {int(k[1:]) for k in table.keys() if k[1:].isdigit()}
    assert hashes == table.generations()  # no bucket without its hash


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


def test_killed_at_ten_random_moments(batchgen, shop, store, prefix):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    table = Table(store, prefix)
    published(batchgen, shop)
    began = time.monotonic()
    published(batchgen, shop, "--with-features")
    whole = time.monotonic() - began
    for _ in range(10):
        live = table.live
        run = batchgen.start("score", "--table", TABLE, "--model", shop.model,
                             "--input", shop.users, "--with-features")
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(dice.uniform(0, whole))
        killed(run)
        assert table.live in (live, int(table.manifest()["last"]))
        batchgen.done("verify", table.live, "--table", TABLE)
        end_lease(table)
        batchgen.done("gc", "--table", TABLE)
        for number in table.generations():
            assert table.generation(number).get("state") == "ready"
    assert_next_run_clears_up(batchgen, shop, table, table.live)


def test_redis_killed_while_writing(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    published(batchgen, shop)
    run = start_until("write", batchgen, shop)
    own_store.signal(signal.SIGKILL)
    own_store.process.wait()
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 5
    assert "connection" in err and str(own_store.socket) in err
