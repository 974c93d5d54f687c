"""Snapshots kept on disk: a start reads them, with Redis and without."""
import csv
import os
import signal
import stat

import pytest
from programs import Batchgen, run, until

COMMANDS = "lookup_store_commands_total"


def snapshots(shelf):
    return sorted(shelf.glob("*.snapshot"))


def manifests(shelf):
    return sorted(shelf.glob("*.manifest"))


def kept(shelf, n=1):
    """Wait until n generations and a manifest are on the shelf."""
    until(lambda: len(snapshots(shelf)) == n and len(manifests(shelf)) == 1,
          f"{n} generations are kept")
    return snapshots(shelf)


@pytest.fixture
def filled(start, own_table, shelf):
    """A shelf with generation 1, and no server."""
    server = start()
    path = kept(shelf)[0]
    server.stop()
    return path


def said(server):
    return server.errors.read_text()


def generation(server):
    return server.get("/v1/churn").json()["generation"]


def test_owned_and_named_after_its_generation(filled, shelf, own_store, prefix):
    uid = own_store.client.hget(f"{prefix}:churn", "live_uid").decode()
    assert filled.name.startswith(f"{prefix}:churn:{uid}.")
    for path in shelf.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(shelf.stat().st_mode) == 0o700
    assert len(list(shelf.iterdir())) == 2, "nothing half written is left"


def test_served_without_redis(filled, start, own_store, shop):
    own_store.stop()
    server = start()
    ready = server.admin("GET", "/health/ready")
    assert ready.status == 200
    assert ready.body.startswith(b"degraded\n")
    assert b"generation 1 as of" in ready.body and b"--snapshot-dir" in ready.body
    before = server.metrics()
    for user in shop.user_ids[:100]:
        answer = server.get(f"/v1/churn/{user}")
        assert answer.prediction == shop.expected[user]
        assert answer.json()["source"] == "precomputed"
        assert answer.json()["degraded"] == "store", "who is superseded is not known"
    row = dict.fromkeys(server.get("/v1/churn").json()["features"], 1.5)
    assert server.post("/v1/churn/x", {"features": row}).json()["source"] == "live"
    assert server.get("/v1/churn/nobody").error == "store_unavailable"
    assert server.get(f"/v1/churn/{shop.late_ids[0]}").status == 503
    assert server.metrics().delta(before) == {"precomputed": 100, "live": 1, "error": 2}


def test_redis_comes_back(filled, start, own_store, shop, own_table):
    own_store.stop()
    server = start()
    own_store.start()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                   "--iterations", "0:5", "--force")
    user = shop.user_ids[0]
    until(lambda: server.get(f"/v1/churn/{user}").prediction != shop.expected[user],
          "the manifest as read rules")
    answer = server.get(f"/v1/churn/{user}").json()
    assert answer["generation"] == 1 and "degraded" not in answer


def test_the_same_redis_comes_back(own_store, tmp_path, start, own_table, shop, shelf):
    """Redis was only out of reach: nothing is read again."""
    kept_by = start()
    kept(shelf)
    kept_by.stop()
    own_store.signal(signal.SIGSTOP)
    try:
        server = start()
        user = shop.user_ids[0]
        marked = server.get(f"/v1/churn/{user}")
        assert marked.json()["degraded"] == "store"
    finally:
        own_store.signal(signal.SIGCONT)
    until(lambda: server.admin("GET", "/health/ready").body == b"ready\n", "reached")
    again = server.get(f"/v1/churn/{user}", **{"If-None-Match": marked.headers["ETag"]})
    assert again.status == 200 and "degraded" not in again.json(), "a cache is told"
    assert "snapshot of generation 1 read in" not in said(server)
    late = shop.late_ids[0]
    assert server.get(f"/v1/churn/{late}").prediction == shop.expected[late]


def test_a_start_with_redis_reads_no_records(filled, start, own_store, shop):
    own_store.client.config_resetstat()
    server = start()
    calls = own_store.client.info("commandstats")["cmdstat_hgetall"]["calls"]
    assert "snapshot of generation 1 read in" not in said(server)
    assert calls < 100, "manifests only"
    for user in shop.user_ids[:50]:
        answer = server.get(f"/v1/churn/{user}")
        assert answer.prediction == shop.expected[user]
        assert "degraded" not in answer.json()
    assert server.metrics().value("lookup_snapshot_users", table="churn") == len(
        shop.user_ids)


def test_superseded_users_are_known_once_redis_is_read(filled, start, own_table, shop, own_store,
                                                       prefix):
    user = shop.user_ids[0]
    own_store.client.zadd(f"{prefix}:churn:superseded", {user: 2 ** 51})
    server = start()
    until(lambda: server.get(f"/v1/churn/{user}").json().get("stale"), "the change is seen")


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "foreign", "older"])
def test_a_damaged_file_is_made_anew(filled, start, shelf, shop, harm):
    data = bytearray(filled.read_bytes())
    if harm == "cut":
        del data[len(data) // 2:]
    elif harm == "flip":
        data[-100] ^= 1
    elif harm == "empty":
        del data[:]
    elif harm == "foreign":
        data[:] = b"not ours\n" * 100
    else:
        data[8] ^= 1
    filled.write_bytes(data)
    server = start()
    warning = next(line for line in said(server).splitlines() if str(filled) in line)
    assert " warn " in warning and "read from Redis" in warning
    for user in shop.user_ids[:20]:
        assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    until(lambda: filled.exists() and filled.stat().st_size > 10000, "kept anew")


@pytest.mark.parametrize("harm", ["cut", "overwrite"])
def test_a_file_that_is_written_to_while_served(filled, start, shop, harm):
    """Nobody may, but what was checked is what is answered from."""
    server = start()
    data = filled.read_bytes()
    if harm == "cut":
        os.truncate(filled, 0)
    else:
        with filled.open("r+b") as f:
            f.write(bytes(b ^ 255 for b in data))
    before = server.metrics()
    for user in shop.user_ids:
        assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.metrics().delta(before) == {"precomputed": len(shop.user_ids)}


def test_a_damaged_file_without_redis_is_no_answer(filled, start, own_store, shop):
    data = bytearray(filled.read_bytes())
    data[-100] ^= 1
    filled.write_bytes(data)
    own_store.stop()
    server = start(wait="live")
    until(lambda: b"not in --snapshot-dir" in server.admin("GET", "/health/ready").body,
          "the reason is given")
    server.wait_for("ready", 503)
    assert server.get(f"/v1/churn/{shop.user_ids[0]}").status == 503


def test_a_damaged_manifest_is_no_answer(filled, start, own_store, shelf, shop):
    manifests(shelf)[0].write_bytes(b"x" * 100)
    own_store.stop()
    server = start(wait="live")
    until(lambda: str(shelf) in said(server), "the file is named")
    server.wait_for("ready", 503)
    assert server.get(f"/v1/churn/{shop.user_ids[0]}").status == 503


def test_a_file_under_another_name_is_refused(filled, start, own_store, shop, prefix):
    uid = own_store.client.hget(f"{prefix}:churn", "live_uid").decode()
    other = filled.with_name(filled.name.replace(uid, "0123456789abcdef"))
    filled.rename(other)
    own_store.client.hset(f"{prefix}:churn", mapping={
        "live_uid": "0123456789abcdef", "seq": 99})
    own_store.client.hset(f"{prefix}:churn:1", "uid", "0123456789abcdef")
    server = start()
    assert "of another generation" in said(server)
    assert server.get(f"/v1/churn/{shop.user_ids[0]}").status == 200


def test_generations_go_with_the_manifest(start, own_table, shelf, shop):
    server = start()
    kept(shelf)
    for gen in (2, 3):
        own_table.done("score", "--table", "churn", "--model", shop.model,
                       "--input", shop.users)
        until(lambda: generation(server) == gen, f"{gen} is live")
    until(lambda: "is not needed any more" in said(server) and
          len(snapshots(shelf)) == 2, "live and previous are kept")


def test_killed_while_writing(own_table, start, shelf, own_store, shop):
    """What was not complete is not there, and is cleared away."""
    server = start(wait="live")
    server.process.kill()
    server.process.wait()
    server.stop = lambda: None
    left = shelf / f"{os.getpid()}.tmp"
    shelf.mkdir(mode=0o700, exist_ok=True)
    again = start()
    path = kept(shelf)[0]
    again.stop()
    half = path.with_name(path.name + ".abcdef01.tmp")
    half.write_bytes(path.read_bytes()[:1000])
    left.write_bytes(b"somebody else's")
    start()
    assert not half.exists() and left.exists()


def test_a_dropped_table_is_not_remembered(filled, start, own_table, shelf, shop, own_store):
    own_table.done("score", "--table", "other", "--model", shop.model, "--input", shop.users)
    own_table.done("drop", "--table", "churn", "--force")
    start()
    until(lambda: not list(shelf.glob("*:churn*")), "nothing of it is left")


def test_an_emptied_redis_unloads_nothing(filled, start, own_store, shop):
    own_store.client.flushall()
    server = start(wait="live")
    user = shop.user_ids[0]
    answer = until(lambda: (a := server.get(f"/v1/churn/{user}")).status == 200 and a, "kept")
    assert answer.prediction == shop.expected[user]
    server.wait_for("ready", 503)
    assert b"manifest is gone" in server.admin("GET", "/health/ready").body


def test_another_redis_is_another_place(filled, lookup, shelf, store, own_store):
    """The files of one Redis are not served for another that is away."""
    own_store.stop()
    server = lookup("--snapshot-dir", shelf, "--redis", "redis://127.0.0.1:1",
                    redis=own_store, wait="live")
    assert server.admin("GET", "/health/ready").status == 503
    assert filled.exists()


def test_what_does_not_fit_is_not_held(filled, start, shop):
    server = start("--snapshot-memory", "8KiB")
    assert server.get("/v1/churn").json()["snapshot"] is None
    user = shop.user_ids[0]
    assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]


def test_a_ranking_and_its_catalogue(shared_data, lookup, own_store, prefix, shelf):
    recs = shared_data / "shop" / "recs"
    Batchgen(own_store, prefix).done(
        "score", "--table", "recs", "--model", recs / "model.json", "--input",
        recs / "users.csv", "--items", recs / "items.csv", "--top", 10)
    server = lookup("--snapshot-dir", shelf, redis=own_store)
    kept(shelf)
    with (recs / "users.csv").open(newline="") as f:
        users = [row[0] for row in csv.reader(f)][1:100]
    want = [server.get(f"/v1/recs/{user}").json()["items"] for user in users]
    row = dict.fromkeys(server.get("/v1/recs").json()["features"], 1.5)
    live = server.post("/v1/recs/x?timeout_ms=1000", {"features": row}).json()["items"]
    server.stop()
    own_store.stop()
    again = lookup("--snapshot-dir", shelf, redis=own_store)
    before = again.metrics()
    assert [again.get(f"/v1/recs/{user}").json()["items"] for user in users] == want
    assert again.post("/v1/recs/x?timeout_ms=1000",
                      {"features": row}).json()["items"] == live
    assert again.metrics().delta(before) == {"precomputed": len(users), "live": 1}


def test_killed_at_any_time(own_table, start, shelf, own_store, shop, prefix):
    """kill -9 while generations come and go: what is there is whole."""
    for gen in range(2, 6):
        server = start()
        own_table.done("score", "--table", "churn", "--model", shop.model,
                       "--input", shop.users)
        until(lambda: generation(server) == gen, f"{gen} is live")
        server.process.kill()
        server.process.wait()
        server.stop = lambda: None
        own_store.client.delete(f"{prefix}::servers")  # nobody waits for the dead
    own_store.stop()
    server = start(wait="live")
    until(lambda: server.get("/v1").status == 200, "the shelf was read")
    user = shop.user_ids[0]
    answer = server.get(f"/v1/churn/{user}")
    assert answer.status == 503 or answer.prediction == shop.expected[user]
    assert "damaged" not in said(server) and "cut off" not in said(server)


def test_refused(tmp_path):
    result = run("lookup", "--snapshot-dir", tmp_path / "a" / "b")
    assert result.code == 1 and str(tmp_path / "a" / "b") in result.err
    for args in (("--snapshot", "off"), ("--model", "m")):
        result = run("lookup", "--snapshot-dir", tmp_path, *args)
        assert result.code == 2, result
