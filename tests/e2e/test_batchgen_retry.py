"""Redis goes away in the middle of a batch: it ends right, or changes nothing."""
import json
import os
import signal

import pytest
from batches import TABLE, Table, end_lease, published, start_until
from programs import Batchgen, Redis

STEPS = ("connect", "begin", "score", "write", "verify", "ready")


@pytest.fixture
def disk_store(tmp_path):
    """A redis-server that finds its data again."""
    server = Redis(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    yield server
    server.stop()


def ended(run):
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=60)
    return run.returncode, err


def went_away(run):
    """Let the run go on until it says that it is trying again."""
    os.kill(run.pid, signal.SIGCONT)
    for line in run.stderr:
        if "trying again" in line:
            return
    raise AssertionError(f"not tried again: exit {run.wait()}")


@pytest.mark.parametrize("step", STEPS)
def test_back_with_its_data(disk_store, prefix, shop, step):
    batchgen = Batchgen(disk_store, prefix)
    table = Table(disk_store, prefix)
    published(batchgen, shop)
    run = start_until(step, batchgen, shop, "--with-features")
    disk_store.stop()
    went_away(run)
    disk_store.start()
    code, err = ended(run)
    assert code == 0, err
    assert table.live == 2
    assert table.scores(2) == {user: shop.expected[user] for user in shop.user_ids}
    assert "writer" not in table.manifest()
    batchgen.done("verify", 2, "--table", TABLE)


@pytest.mark.parametrize("step", STEPS)
def test_back_without_its_data(own_store, prefix, shop, step):
    batchgen = Batchgen(own_store, prefix)
    published(batchgen, shop)
    run = start_until(step, batchgen, shop)
    own_store.stop()
    went_away(run)
    own_store.start()
    code, err = ended(run)
    if step == "connect":  # it had nothing there to lose
        assert code == 0 and Table(own_store, prefix).live == 1, err
        return
    assert code == 1 and "lost its data" in err, err
    assert own_store.client.keys(f"{prefix}:{TABLE}:[0-9]*") == []


def test_connection_cut_and_nothing_else(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    run = start_until("score", batchgen, shop)
    own_store.client.client_kill_filter(_type="normal", skipme=True)
    code, err = ended(run)
    assert code == 0 and "trying again" in err, err
    assert len(table.scores(1)) == len(shop.user_ids)


def test_gone_for_good(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    run = start_until("score", batchgen, shop, "--retry", "300ms")
    own_store.stop()
    code, err = ended(run)
    assert code == 5 and str(own_store.socket) in err, err


def test_password_changed(disk_store, prefix, shop):
    batchgen = Batchgen(disk_store, prefix)
    table = Table(disk_store, prefix)
    published(batchgen, shop)
    before = table.records(1)
    run = start_until("score", batchgen, shop, "--retry", "1h")
    disk_store.client.config_set("requirepass", "new")
    disk_store.client.client_kill_filter(_type="normal", skipme=True)
    code, err = ended(run)
    assert code == 5 and "password" in err, err
    disk_store.client.connection_pool.connection_kwargs["password"] = "new"
    assert table.live == 1 and table.records(1) == before


def start_stopped(step, batchgen, command, *args):
    run = batchgen.start(command, "--table", TABLE, *args, env={"LOOKUP_TEST_STOP_AT": step})
    assert run.stderr.readline() == f"stopped at {step}\n"
    os.waitid(os.P_PID, run.pid, os.WSTOPPED)
    return run


def test_feature_rows_wait_too(disk_store, prefix, shop):
    batchgen = Batchgen(disk_store, prefix)
    published(batchgen, shop)
    run = start_stopped("score", batchgen, "features", "--input", shop.users, "--json")
    disk_store.stop()
    went_away(run)
    disk_store.start()
    os.kill(run.pid, signal.SIGCONT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert json.loads(out)["features"] == len(shop.user_ids)
    buckets = disk_store.client.scan_iter(f"{prefix}:{TABLE}:features:*:*", count=10000)
    assert sum(disk_store.client.hlen(key) for key in buckets) == len(shop.user_ids)


def test_publish_waits_too(disk_store, prefix, shop):
    batchgen = Batchgen(disk_store, prefix)
    published(batchgen, shop, "--no-publish")
    run = start_stopped("begin", batchgen, "publish", 1)
    disk_store.stop()
    went_away(run)
    disk_store.start()
    code, err = ended(run)
    table = Table(disk_store, prefix)
    assert code == 0 and table.live == 1, err
    assert "writer" not in table.manifest()


@pytest.mark.parametrize("setting", [("maxmemory", "1"), ("min-replicas-to-write", "1")])
def test_takes_no_writes(own_store, prefix, shop, setting):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    published(batchgen, shop)
    before = table.records(1)
    run = start_until("score", batchgen, shop)
    own_store.client.config_set(*setting)
    code, err = ended(run)
    assert code in (1, 5) and str(own_store.socket) in err, err
    own_store.client.config_set(setting[0], "0")
    assert table.live == 1 and table.records(1) == before
    end_lease(table)
    batchgen.done("gc", "--table", TABLE)
    assert table.generations() == {1}


def test_became_a_replica(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    published(batchgen, shop)
    run = start_until("score", batchgen, shop)
    own_store.client.execute_command("REPLICAOF", "127.0.0.1", "1")
    code, err = ended(run)
    assert code == 5 and "replica" in err, err
    assert table.live == 1
