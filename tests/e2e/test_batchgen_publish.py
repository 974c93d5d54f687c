"""Which generation is live: publish, guards, rollback, gc, drop, two runs."""
import os
import re
import signal

import pytest
from batches import (TABLE, Table, edited, listed, other_shop, published, score,
                     start_until)
from programs import until

MINUTE_MS = 60_000


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


def age_what_left(table):
    """As if a minute had gone by since generations left the manifest."""
    left = table.manifest()["left"].split(",")
    table.client.hset(table.key, "left", ",".join(
        "{}@{}".format(gen, int(ms) - MINUTE_MS) for gen, ms in (x.split("@") for x in left)))


def test_three_publishes_keep_two(batchgen, shop, table):
    for _ in range(3):
        published(batchgen, shop)
    manifest = table.manifest()
    assert (manifest["live"], manifest["previous"], manifest["seq"]) == ("3", "2", "3")
    assert manifest["left"].startswith("1@")
    batchgen.done("gc", "--table", TABLE)
    assert table.generations() == {1, 2, 3}  # 1 left a moment ago
    age_what_left(table)
    assert batchgen.done("gc", "--table", TABLE, "--json").json()["removed"] == 1
    assert table.generations() == {2, 3}
    assert "left" not in table.manifest()


def test_gc_goes_on_where_a_killed_one_stopped(batchgen, shop, table):
    for _ in range(3):
        published(batchgen, shop)
    age_what_left(table)
    table.client.hdel(f"{table.key}:1", "state")
    table.client.delete(*(f"{table.key}:1:{b}" for b in range(30)), f"{table.key}:1:model")
    batchgen.done("gc", "--table", TABLE)
    assert table.generations() == {2, 3}
    batchgen.done("verify", 3, "--table", TABLE)


def test_rollback_once(batchgen, shop, table):
    published(batchgen, shop)
    refused = batchgen("rollback", "--table", TABLE)
    assert refused.code == 2 and "previous" in refused.err
    published(batchgen, shop)
    uid = table.generation(1)["uid"]
    batchgen.done("rollback", "--table", TABLE)
    manifest = table.manifest()
    assert (manifest["live"], manifest["live_uid"], manifest["bad"]) == ("1", uid, "2")
    assert "previous" not in manifest and manifest["seq"] == "3"
    assert batchgen("rollback", "--table", TABLE).code == 2
    assert listed(batchgen)[2]["state"] == "bad"


def test_publish_and_rollback_say_what_an_operator_wants(batchgen, shop, table):
    published(batchgen, shop, "--no-publish", "--as-of", "2026-01-02T03:04:05Z")
    rows = table.generation(1)["rows"]
    first = batchgen.done("publish", 1, "--table", TABLE).out.splitlines()
    assert first[0] == f"generation 1 of '{TABLE}' is live"
    assert re.fullmatch(rf"  rows    {rows}, as of 2026-01-02T03:04:05Z \([1-9]\d*\.\d h ago\)",
                        first[1])
    assert first[2:] == ["  before  nothing was live"]
    published(batchgen, shop, "--no-publish")
    second = batchgen.done("publish", 2, "--table", TABLE).out
    assert "before  generation 1," in second
    undo = f"batchgen rollback --table {TABLE}"
    assert second.endswith(f"undo    {undo}\n")
    back = batchgen.done(*undo.split()[1:]).out
    assert back.startswith(f"generation 1 of '{TABLE}' is live again\n")
    assert "2026-01-02T03:04:05Z" in back and "before  generation 2, now bad" in back
    undo = f"batchgen publish 2 --table {TABLE} --force"
    assert back.endswith(f"undo    {undo}\n")
    assert batchgen.done(*undo.split()[1:], "--json").json() == {"table": TABLE, "live": 2}
    assert batchgen.done("rollback", "--table", TABLE, "--json").json() == {
        "table": TABLE, "live": 1}


def test_publishing_what_is_live_moves_nothing(batchgen, shop, table):
    published(batchgen, shop)
    published(batchgen, shop)
    before = table.manifest()
    said = batchgen.done("publish", 2, "--table", TABLE).out
    assert table.manifest() == before  # 1 is still there to go back to
    assert said.startswith(f"generation 2 of '{TABLE}' is live, as it was before\n")
    assert "undo" not in said
    batchgen.done("rollback", "--table", TABLE)
    assert table.live == 1


def test_publish_of_a_bad_one_needs_force(batchgen, shop, table):
    published(batchgen, shop)
    published(batchgen, shop)
    batchgen.done("rollback", "--table", TABLE)
    refused = batchgen("publish", 2, "--table", TABLE)
    assert refused.code == 4 and "bad" in refused.err and "--force" in refused.err
    batchgen.done("publish", 2, "--table", TABLE, "--force")
    manifest = table.manifest()
    assert (manifest["live"], manifest["previous"]) == ("2", "1")
    assert "bad" not in manifest and "left" not in manifest


def test_bad_generation_goes_after_a_minute(batchgen, shop, table):
    published(batchgen, shop)
    published(batchgen, shop)
    batchgen.done("rollback", "--table", TABLE)
    age_what_left(table)
    batchgen.done("gc", "--table", TABLE)
    assert table.generations() == {1}
    assert "bad" not in table.manifest()
    assert published(batchgen, shop)["generation"] == 3


def test_no_publish_then_publish(batchgen, shop, table):
    summary = published(batchgen, shop, "--no-publish")
    assert summary["live"] is False
    assert table.live == 0 and listed(batchgen)[1]["state"] == "ready"
    said = score(batchgen, shop, "--no-publish").out
    assert f"batchgen publish 2 --table {TABLE}" in said
    batchgen.done("gc", "--table", TABLE)
    batchgen.done("publish", 2, "--table", TABLE)
    assert table.live == 2
    missing = batchgen("publish", 9, "--table", TABLE)
    assert missing.code == 1 and "9" in missing.err


@pytest.mark.parametrize("number", ["1", "2"])
def test_number_comes_back_after_a_restore(batchgen, shop, table, number):
    """A manifest restored from before: what lies under its next number goes."""
    published(batchgen, shop)
    published(batchgen, shop)
    table.client.hset(table.key, "last", int(number) - 1)
    table.client.hset(f"{table.key}:{number}", "buckets", 128)
    table.client.hset(f"{table.key}:{number}:127", "stray", "1")
    table.client.hdel(table.key, "live", "live_uid", "previous", "previous_uid")
    assert str(published(batchgen, shop)["generation"]) == number
    assert f":{number}:127" not in table.keys()


def test_coverage_guard(batchgen, shop, table, tmp_path):
    published(batchgen, shop)
    fewer = edited(tmp_path, shop, lambda lines: lines[:1701])
    refused = score(batchgen, shop, source=fewer)
    assert refused.code == 4
    assert "1700" in refused.err and "85.0 %" in refused.err
    assert "batchgen publish 2" in refused.err
    assert table.live == 1 and listed(batchgen)[2]["state"] == "ready"
    assert batchgen("publish", 2, "--table", TABLE).code == 4
    batchgen.done("publish", 2, "--table", TABLE, "--force")
    assert table.live == 2


def test_no_rows_guard(batchgen, shop, table, tmp_path):
    refused = score(batchgen, shop, source=edited(tmp_path, shop, lambda lines: lines[:1]))
    assert refused.code == 4 and "rows" in refused.err
    assert table.records(1) == {}
    batchgen.done("verify", 1, "--table", TABLE)


def test_age_guard(batchgen, shop, table):
    published(batchgen, shop, "--as-of", "2026-11-22T00:00:00Z")
    refused = score(batchgen, shop, "--as-of", "2026-11-21T00:00:00Z")
    assert refused.code == 4 and "2026-11-21T00:00:00Z" in refused.err
    assert score(batchgen, shop, "--as-of", "2026-11-21T00:00:00Z", "--force").code == 0


def swapped(lines):
    """What is in two columns changes places, their names stay."""
    names = lines[0].split(",")
    i, j = names.index("purchases_90d"), names.index("days_since_visit")
    rows = [line.split(",") for line in lines[1:]]
    for row in rows:
        row[i], row[j] = row[j], row[i]
    return [lines[0], *(",".join(row) for row in rows)]


def test_shift_guard_force_and_rollback(batchgen, shop, table, tmp_path, lookup):
    published(batchgen, other_shop(tmp_path / "same", "--seed", 2),  # others, alike
              "--as-of", "2026-11-21T00:00:00Z")
    published(batchgen, shop)
    good = table.records(2)
    server = lookup()
    user = shop.user_ids[5]

    def serves(number):
        answer = until(lambda: (got := server.get(f"/v1/{TABLE}/{user}")).status == 200
                       and got.json()["generation"] == number and got, f"{number} is served")
        assert answer.prediction == table.scores(number)[user]

    serves(2)
    bad = edited(tmp_path, shop, swapped)
    refused = score(batchgen, shop, source=bad)
    assert refused.code == 4 and "batchgen publish 3" in refused.err
    assert float(re.search(r"PSI ([\d.]+), at most 0.2", refused.err)[1]) > 0.2
    assert (table.live, table.records(2)) == (2, good)
    assert batchgen("publish", 3, "--table", TABLE).code == 4
    serves(2)
    batchgen.done("publish", 3, "--table", TABLE, "--force")
    serves(3)
    assert table.records(3) != good
    batchgen.done("rollback", "--table", TABLE)
    serves(2)
    assert (table.live, table.records(2), table.manifest()["bad"]) == (2, good, "3")
    refused = batchgen("publish", 3, "--table", TABLE)
    assert refused.code == 4 and "--force" in refused.err and table.live == 2
    batchgen.done("publish", 3, "--table", TABLE, "--force")
    serves(3)
    forced = score(batchgen, shop, "--force", source=bad)  # the same bits as live
    assert forced.code == 0 and table.live == 4
    before = server.metrics()
    serves(4)
    assert server.metrics().delta(before).keys() == {"precomputed"}


def test_second_run_names_the_holder(batchgen, shop, table):
    first = start_until("begin", batchgen, shop)
    refused = score(batchgen, shop)
    assert refused.code == 1
    assert f":{first.pid}:" in refused.err and "--wait" in refused.err
    assert batchgen("drop", "--table", TABLE).code == 1
    waiting = batchgen.start("score", "--table", TABLE, "--model", shop.model,
                             "--input", shop.users, "--wait")
    os.kill(first.pid, signal.SIGCONT)
    assert first.wait(30) == 0, first.stderr.read()
    assert waiting.wait(30) == 0, waiting.stderr.read()
    assert table.live == 2
    first.communicate()
    waiting.communicate()


def test_live_moved_while_a_run_was_ready(batchgen, shop, table):
    published(batchgen, shop)
    published(batchgen, shop)
    run = start_until("ready", batchgen, shop)
    batchgen.done("rollback", "--table", TABLE)
    os.kill(run.pid, signal.SIGCONT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 0, err  # the guards looked after the move
    assert table.live == 3 and "live" in out


def test_lost_lease_is_noticed(batchgen, shop, table):
    published(batchgen, shop)
    run = start_until("ready", batchgen, shop)
    table.client.hset(table.key, "writer", "elsewhere:1:0123456789abcdef")
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=30)
    assert run.returncode == 1
    assert "lease" in err and "batchgen publish 2" in err
    assert table.live == 1
    assert table.manifest()["writer"].startswith("elsewhere")


def test_signal_while_writing(batchgen, shop, table):
    """It may be heard before the generation is whole, before commit, or after."""
    published(batchgen, shop)
    before = table.keys()
    run = start_until("write", batchgen, shop)
    os.kill(run.pid, signal.SIGINT)
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=30)
    assert (run.returncode, table.live) in ((130, 1), (0, 2)), err
    assert "writer" not in table.manifest()
    if table.keys() != before:
        assert listed(batchgen)[2]["state"] in ("ready", "live")
        batchgen.done("verify", 2, "--table", TABLE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_while_reading_a_pipe(batchgen, shop, table, number, code):
    run = batchgen.start("score", "--table", TABLE, "--model", shop.model, "--input", "-",
                         stdin=True)
    run.stdin.write(shop.users.read_text())
    run.stdin.flush()
    until(lambda: "writer" in table.manifest(), "the run has begun")
    run.send_signal(number)
    _, err = run.communicate(timeout=30)
    assert run.returncode == code, err
    assert table.generations() == set()


def test_lease_taken_away_ends_the_run(batchgen, shop, table):
    """The keeper looks every 10 s."""
    run = batchgen.start("score", "--table", TABLE, "--model", shop.model, "--input", "-",
                         stdin=True)
    run.stdin.write(shop.users.read_text())
    run.stdin.flush()
    until(lambda: "writer" in table.manifest(), "the run has begun")
    table.client.hset(table.key, "writer", "elsewhere:1:0123456789abcdef")
    assert run.wait(30) == 1
    assert "lease" in run.stderr.read()
    run.communicate()
    assert table.generations() == set()


def test_run_that_slept_through_its_lease_leaves_nothing(batchgen, shop, table):
    """Another run's gc removed what it wrote; it writes on, and then sees."""
    published(batchgen, shop)
    before = table.keys()
    run = start_until("write", batchgen, shop)
    table.client.hset(table.key, "writer_until_ms", 1)
    batchgen.done("gc", "--table", TABLE)
    assert table.keys() == before
    table.client.hset(f"{table.key}:2:7", "written", "late")
    os.kill(run.pid, signal.SIGCONT)
    _, err = run.communicate(timeout=30)
    assert run.returncode == 1, err
    assert table.keys() == before


def test_publish_looks_at_what_is_there(batchgen, shop, table):
    published(batchgen, shop, "--no-publish")
    table.client.delete(f"{table.key}:1:3")
    broken = batchgen("publish", 1, "--table", TABLE, "--force")
    assert broken.code == 1 and "buckets are gone" in broken.err
    assert table.live == 0


def test_verify_and_show(batchgen, shop, table):
    published(batchgen, shop)
    batchgen.done("verify", 1, "--table", TABLE)
    shown = batchgen.done("show", 1, "--table", TABLE, "--json").json()
    assert shown["rows"] == "2000" and shown["state"] == "live"
    assert "binary:logistic" in batchgen.done("show", 1, "--table", TABLE).out
    user = next(iter(table.client.hkeys(f"{table.key}:1:5")))
    table.client.hdel(f"{table.key}:1:5", user)
    broken = batchgen("verify", 1, "--table", TABLE)
    assert broken.code == 1 and "1999" in broken.err
    table.client.delete(f"{table.key}:1:6")
    assert "buckets are gone" in batchgen("verify", 1, "--table", TABLE).err
    assert batchgen("show", 7, "--table", TABLE).code == 1


def test_drop_leaves_nothing(batchgen, shop, table, prefix):
    published(batchgen, shop, "--with-features")
    published(batchgen, shop, "--no-publish")
    batchgen.done("features", "--table", TABLE, "--input", shop.late, "--supersede")
    batchgen.done("drop", "--table", TABLE)
    assert not table.keys()
    assert not table.client.exists(prefix)
    assert batchgen("drop", "--table", TABLE).code == 1


def test_features_go_with_the_last_of_their_schema(batchgen, shop, table, tmp_path):
    published(batchgen, shop, "--with-features")
    schema = table.generation(1)["schema_id"]
    other = other_shop(tmp_path / "other", "--features", 9)
    for _ in range(2):
        published(batchgen, other, "--force")
    assert f":features:{schema}" in table.keys()
    age_what_left(table)
    batchgen.done("gc", "--table", TABLE)
    assert not {k for k in table.keys() if schema in k}


def test_commit_trims_superseded(batchgen, shop, table):
    published(batchgen, shop, "--as-of", "2026-11-20T00:00:00Z")
    key = f"{table.key}:superseded"
    day = 86_400_000_000
    first = 1795132800000000
    table.client.zadd(key, {"old": first - 1, "first": first, "later": first + day})
    published(batchgen, shop, "--as-of", "2026-11-21T00:00:00Z")
    assert set(table.client.zrange(key, 0, -1)) == {b"first", b"later"}
    published(batchgen, shop, "--as-of", "2026-11-22T00:00:00Z")
    assert set(table.client.zrange(key, 0, -1)) == {b"later"}


def test_list_of_all_tables(batchgen, shop):
    published(batchgen, shop)
    batchgen.done("score", "--table", "another", "--model", shop.model, "--input", shop.users)
    lines = batchgen.done("list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["table", "another", TABLE]
    assert [line["table"] for line in batchgen.done("list", "--json").json()] == ["another", TABLE]


def test_a_table_that_is_not_there_is_no_empty_list(batchgen):
    result = batchgen("list", "--table", "nothing")
    assert (result.code, result.out) == (1, "") and "no table 'nothing'" in result.err, result
    assert batchgen.done("list", "--json").json() == []
