"""What disks, people and other programs do to --snapshot-dir: never a wrong answer."""
import os
import random
import shutil

import pytest
from programs import until

NO_SPACE = 64 << 10  # bytes a file may have: less than a generation's
ROUNDS = 10


def kept(shelf, n=1):
    """Wait until n generations are on the shelf."""
    return until(lambda: len(found := sorted(shelf.glob("*.snapshot"))) == n and found,
                 f"{n} generations are kept")


@pytest.fixture
def filled(start, own_table, shelf):
    """A shelf with generation 1, and no server."""
    server = start()
    path = kept(shelf)[0]
    until(lambda: list(shelf.glob("*.manifest")), "and its manifest")
    server.stop()
    return path


def said(server):
    return server.errors.read_text()


def assert_right(server, shop, users):
    before = server.metrics()
    for user in users:
        answer = server.get(f"/v1/churn/{user}?timeout_ms=5000")
        assert answer.prediction == shop.expected[user], answer
    assert server.metrics().delta(before) == {"precomputed": len(users)}


def spoil(data, dice):
    """The bytes with one bit turned, or cut off somewhere."""
    at = dice.randrange(len(data))
    if dice.random() < 0.3:
        return data[:at]
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1:]


def test_spoiled_anywhere_it_is_no_answer(filled, start, shop, own_store):
    own_store.stop()
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice, good = random.Random(seed), filled.read_bytes()
    for _ in range(ROUNDS):
        filled.write_bytes(spoil(good, dice))
        server = start(wait="live")
        until(lambda: b"not in --snapshot-dir" in server.admin("GET", "/health/ready").body,
              "the reason is given")
        assert f"{filled}: " in said(server) and not filled.exists()
        assert server.get(f"/v1/churn/{shop.user_ids[0]}").status == 503
        server.stop()


def test_spoiled_anywhere_it_is_read_from_redis(filled, start, shop):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice, good = random.Random(seed), filled.read_bytes()
    for _ in range(ROUNDS):
        filled.write_bytes(spoil(good, dice))
        server = start()
        assert f"{filled}: " in said(server)
        assert_right(server, shop, shop.user_ids[:5])
        until(lambda: filled.exists() and filled.read_bytes() == good, "kept anew")
        server.stop()


@pytest.mark.parametrize("of", ["table", "generation"])
def test_the_file_of_another_is_refused(filled, start, own_table, shelf, shop, of):
    """Whole and right, but of other records than its name says."""
    how = ("--table", "other") if of == "table" else ("--table", "churn", "--no-publish")
    own_table.done("score", *how, "--model", shop.model, "--input", shop.users,
                   "--iterations", "0:5", "--force")
    server = start()
    other, = set(kept(shelf, 2)) - {filled}
    server.stop()
    shutil.copy(other, filled)
    server = start()
    assert f"{filled}: it is of another generation" in said(server)
    assert_right(server, shop, shop.user_ids[:20])


def test_a_file_that_may_not_be_read(filled, start, shop):
    under = ()
    filled.chmod(0)
    if os.geteuid() == 0:  # who may read anything, unless told otherwise
        os.chown(filled, 65534, 65534)
        under = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    server = start(under=under)
    assert f"{filled}: Permission denied" in said(server)
    assert_right(server, shop, shop.user_ids[:20])
    until(lambda: filled.exists() and filled.stat().st_uid == os.geteuid(), "kept anew")


def test_the_directory_vanishes(filled, start, own_table, shelf, shop):
    server = start()
    kept(shelf)
    shelf.rename(shelf.with_name("elsewhere"))
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    until(lambda: server.get("/v1/churn").json()["generation"] == 2, "2 is live")
    until(lambda: "not kept in --snapshot-dir" in said(server), "the loss is told")
    assert_right(server, shop, shop.user_ids[:20])
    shelf.mkdir()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    kept(shelf, 2)


def test_a_disk_that_is_full(own_table, start, shelf, shop):
    server = start(under=("prlimit", f"--fsize={NO_SPACE}"))
    until(lambda: "not kept in --snapshot-dir" in said(server), "that it is not kept is told")
    assert_right(server, shop, shop.user_ids[:20])
    assert not list(shelf.glob("*.snapshot*")), "nothing half written is left"


def test_a_disk_without_room_for_the_log(own_table, start, shop):
    server = start(under=("prlimit", "--fsize=200"))
    assert_right(server, shop, shop.user_ids[:20])


def test_two_servers_share_a_directory(own_table, start, shelf, shop, own_store):
    servers = start(), start()
    for gen in (2, 3, 4):
        own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
        for server in servers:
            until(lambda: server.get("/v1/churn").json()["generation"] == gen, f"{gen} is live")
    kept(shelf, 2)
    for server in servers:
        assert_right(server, shop, shop.user_ids[:20])
        server.stop()
    own_store.stop()
    assert_right(start(), shop, shop.user_ids)
    assert not list(shelf.glob("*.tmp"))
