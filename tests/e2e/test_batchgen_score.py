"""batchgen score on good and bad input: what is stored, and what is said."""
import csv
import gzip
import json
import os
import random
import struct
import subprocess

import numpy
import pytest
from batches import TABLE, Table, edited, published, score
from programs import BUILD, ROOT, Batchgen, Redis, run


def replaced(line, column, text):
    cells = line.split(",")
    cells[column] = text
    return ",".join(cells)


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


def test_every_user_gets_what_libxgboost_predicts(batchgen, shop, table):
    summary = published(batchgen, shop)
    assert summary["read"] == summary["written"] == len(shop.user_ids)
    assert summary["rejected"] == summary["duplicate"] == summary["skipped"] == 0
    scores = table.scores(summary["generation"])
    assert scores == {user: shop.expected[user] for user in shop.user_ids}


def test_generation_says_what_it_is(batchgen, shop, table):
    published(batchgen, shop, "--as-of", "2026-11-22T02:00:00Z")
    g = table.generation(1)
    assert (g["format"], g["state"], g["kind"], g["encoding"]) == ("1", "ready", "score", "f32")
    assert g["rows"] == str(len(shop.user_ids))
    assert g["buckets"] == "64"  # 2,000 / 48 = 41.7
    assert g["as_of_us"] == "1795312800000000"
    assert json.loads(g["schema"]) == shop.users.read_text().splitlines()[0].split(",")[1:]
    assert json.loads(g["score_stats"])["count"] == len(shop.user_ids)
    manifest = table.manifest()
    assert (manifest["live"], manifest["seq"], manifest["last"]) == ("1", "1", "1")
    assert manifest["live_uid"] == g["uid"]
    assert "writer" not in manifest


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_do_not_show_in_the_result(batchgen, shop, table, tmp_path, threads):
    shuffled = edited(tmp_path, shop, lambda lines: lines + lines[1:500])
    summary = published(batchgen, shop, "--threads", threads, source=shuffled)
    assert summary["duplicate"] == 499
    assert table.scores(1) == {user: shop.expected[user] for user in shop.user_ids}


def test_columns_are_matched_by_name(batchgen, shop, table, tmp_path):
    def turned(lines):
        return [",".join(reversed(line.split(","))) for line in lines]

    published(batchgen, shop, source=edited(tmp_path, shop, turned))
    assert table.scores(1) == {user: shop.expected[user] for user in shop.user_ids}


def test_quotes_crlf_and_no_last_line_end(batchgen, shop, table, tmp_path):
    def quoted(line):
        return ",".join(f'"{cell}"' for cell in line.split(","))

    lines = shop.users.read_text().splitlines()
    path = tmp_path / "quoted.csv"
    path.write_bytes("\r\n".join(["\ufeff" + lines[0], *map(quoted, lines[1:])]).encode())
    published(batchgen, shop, source=path)
    assert table.scores(1) == {user: shop.expected[user] for user in shop.user_ids}


def test_directory_and_standard_input(batchgen, shop, table, tmp_path):
    lines = shop.users.read_text().splitlines()
    for i in range(4):
        part = tmp_path / "in" / f"part-{i}.csv"
        part.parent.mkdir(exist_ok=True)
        part.write_text("\n".join([lines[0], *lines[1 + i::4]]) + "\n")
    published(batchgen, shop, source=tmp_path / "in")
    piped = score(batchgen, shop, source="-", stdin=shop.users.read_text())
    assert piped.code == 0, piped
    assert table.records(1) == table.records(2)


def test_last_of_duplicates_wins_by_path_then_position(batchgen, shop, table, tmp_path):
    lines = shop.users.read_text().splitlines()
    user = shop.user_ids[0]
    as_user = [replaced(line, 0, user) for line in lines[1:4]]
    (tmp_path / "b.csv").write_text("\n".join([lines[0], as_user[0], as_user[1]]) + "\n")
    (tmp_path / "a.csv").write_text("\n".join([*lines, as_user[2]]) + "\n")
    result = batchgen.done("score", "--table", TABLE, "--model", shop.model, "--json",
                           "--input", tmp_path / "b.csv", tmp_path / "a.csv").json()
    assert result["duplicate"] == 3
    assert table.scores(1)[user] == shop.expected[shop.user_ids[1]]


def test_rejected_rows_are_named_and_kept(batchgen, shop, table, tmp_path):
    bad = {5: ("ragged", lambda line: line + ",1"),
           9: ("text", lambda line: replaced(line, 1, "old")),
           12: ("no id", lambda line: replaced(line, 0, "")),
           13: ("inf", lambda line: replaced(line, 2, "inf"))}
    source = edited(tmp_path, shop, lambda lines: [
        bad[i][1](line) if i in bad else line for i, line in enumerate(lines)])
    rejected = tmp_path / "rejected.csv"
    summary = published(batchgen, shop, "--rejected", rejected, source=source)
    assert summary["rejected"] == 4
    assert summary["written"] == len(shop.user_ids) - 4
    assert summary["rejected_file"] == str(rejected)
    with rejected.open(newline="") as f:
        rows = list(csv.DictReader(f))
    assert rows[0]["reason"] == "header"
    text = source.read_bytes()
    for row, number in zip(rows[1:], sorted(bad), strict=True):
        assert row["line"] == str(number + 1)
        assert row["file"] == str(source)
        assert text[int(row["offset"]):].decode().split("\n")[0] == row["row"]
    assert "old" in rows[2]["reason"]
    gone = {shop.user_ids[i - 1] for i in bad}
    assert table.scores(1).keys() == set(shop.user_ids) - gone


def test_too_many_rejected_rows_publish_nothing(batchgen, shop, table, tmp_path):
    published(batchgen, shop)
    source = edited(tmp_path, shop, lambda lines: [
        line if i % 50 else line + ",x" for i, line in enumerate(lines, 1)])
    args = ("--rejected", tmp_path / "r.csv")
    refused = score(batchgen, shop, *args, source=source)
    assert refused.code == 3
    assert "40 of 2000 rows" in refused.err and str(tmp_path / "r.csv") in refused.err
    assert table.live == 1 and table.generations() == {1}
    assert score(batchgen, shop, *args, "--max-rejected", "40", source=source).code == 0
    assert score(batchgen, shop, *args, "--max-rejected", "3%", source=source).code == 0
    assert table.live == 4  # 2 was refused


def test_bad_headers_name_the_column(batchgen, shop, table, tmp_path):
    def renamed(lines):
        return [lines[0].replace("age", "years"), *lines[1:]]

    refused = score(batchgen, shop, source=edited(tmp_path, shop, renamed))
    assert refused.code == 3
    assert "age" in refused.err and "years" in refused.err
    refused = score(batchgen, shop, "--id-column", "nobody")
    assert refused.code in (2, 3)
    assert "nobody" in refused.err
    assert not table.keys()


def test_files_that_cannot_be_read(batchgen, shop, table, tmp_path):
    missing = score(batchgen, shop, source=tmp_path / "none.csv")
    assert missing.code == 1 and "none.csv" in missing.err
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    refused = score(batchgen, shop, source=empty)
    assert refused.code == 3 and "empty" in refused.err
    wide = tmp_path / "wide.csv"
    wide.write_text(shop.users.read_text(), encoding="utf-16")
    refused = score(batchgen, shop, source=wide)
    assert refused.code == 3 and "UTF-16" in refused.err and "iconv" in refused.err
    no_model = batchgen("score", "--table", TABLE, "--model", tmp_path / "no.json",
                        "--input", shop.users)
    assert no_model.code == 1 and "no.json" in no_model.err
    not_model = batchgen("score", "--table", TABLE, "--model", shop.users,
                         "--input", shop.users)
    assert not_model.code == 3
    assert not table.keys()


def test_compressed_input(batchgen, shop, table, tmp_path):
    packed = tmp_path / "users.csv"
    packed.write_bytes(gzip.compress(shop.users.read_bytes()))
    published(batchgen, shop, source=packed)
    assert table.scores(1) == {user: shop.expected[user] for user in shop.user_ids}
    packed.write_bytes(packed.read_bytes()[:-20])
    refused = score(batchgen, shop, source=packed)
    assert refused.code == 3 and "cut short" in refused.err
    assert table.live == 1 and table.generations() == {1}


@pytest.mark.parametrize(("args", "said"), [
    (("score",), "--table"),
    (("score", "--table", "a:b", "--model", "m", "--input", "i"), "a:b"),
    (("score", "--tabel", "t"), "--table"),
    (("score", "--table", "t", "--model", "m", "--input", "i", "--tops", "3"), "--tops"),
    (("publish", "--table", "t"), "number"),
    (("gc", "--table", "t", "--force"), "--force"),
    (("rollback", "--table", "t", "extra"), "extra"),
    (("sing",), "sing"),
])
def test_usage_errors(batchgen, args, said):
    refused = batchgen(*args)
    assert refused.code == 2
    assert said in refused.err


def test_rejected_rows_never_go_over_an_input(batchgen, shop, table, tmp_path):
    source = edited(tmp_path, shop, lambda lines: [*lines, "x"])
    link = tmp_path / "link.csv"
    link.symlink_to(source)
    refused = score(batchgen, shop, "--rejected", link, source=source)
    assert refused.code == 2 and "link.csv" in refused.err
    assert not table.keys()


def test_a_result_that_cannot_be_written_is_said(store, shop, table, prefix):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [BUILD / "batchgen", "score", "--table", TABLE, "--model", shop.model, "--input",
             shop.users, "--redis", store.url, "--prefix", prefix],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1 and "standard output: No space left" in done.stderr
    assert table.live == 1


def test_usage_error_before_anything_is_begun(batchgen, shop, table):
    for bad in (("--max-rejected", "lots"), ("--as-of", "noon"), ("--iterations", "9:1")):
        assert score(batchgen, shop, *bad).code == 2
    assert not table.keys()


def run_at(shop, url):
    return run("batchgen", "score", "--table", TABLE, "--model", shop.model,
               "--input", shop.users, "--redis", url)


def test_redis_that_is_not_there(shop, tmp_path):
    absent = run_at(shop, f"unix:{tmp_path}/no.sock")
    assert absent.code == 5 and "no.sock" in absent.err


def test_wrong_password(shop, tmp_path):
    redis = Redis(tmp_path, "--requirepass", "secret")
    try:
        refused = run_at(shop, redis.url)
        assert refused.code == 5
        assert "password" in refused.err
        word = tmp_path / "password"
        word.write_text("secret\n")
        done = run("batchgen", "list", "--redis", redis.url, "--redis-password-file", word)
        assert done.code == 0, done
    finally:
        redis.stop()


def test_evicting_policy_needs_force(own_store, prefix, shop):
    batchgen = Batchgen(own_store, prefix)
    own_store.client.config_set("maxmemory-policy", "allkeys-lru")
    refused = score(batchgen, shop)
    assert refused.code == 5 and "noeviction" in refused.err
    assert not own_store.client.keys()
    assert score(batchgen, shop, "--force").code == 0


def test_out_of_memory_half_way(own_store, prefix, shop, tmp_path):
    batchgen = Batchgen(own_store, prefix)
    table = Table(own_store, prefix)
    published(batchgen, shop)
    header, *rows = shop.users.read_text().splitlines()
    many = tmp_path / "many.csv"
    many.write_text("\n".join([header, *(
        replaced(row, 0, f"{i}-{row.split(',')[0]}") for i in range(40) for row in rows)]))
    used = own_store.client.info("memory")["used_memory"]
    own_store.client.config_set("maxmemory", used + (1 << 20))
    before = table.keys()
    refused = score(batchgen, shop, source=many)
    assert refused.code == 5
    assert "maxmemory" in refused.err
    assert table.live == 1 and table.keys() == before
    own_store.client.config_set("maxmemory", 0)
    assert published(batchgen, shop, source=many)["written"] == 80000


def test_replica_is_named(own_store, prefix, shop):
    own_store.client.execute_command("REPLICAOF", "127.0.0.1", "1")
    refused = score(Batchgen(own_store, prefix), shop)
    assert refused.code == 5 and "replica" in refused.err


def test_long_ids_are_warned_of(batchgen, shop, table, tmp_path):
    def longer(lines):
        return [lines[0], *(f"{line.split(',')[0]:_<80},{line.split(',', 1)[1]}"
                            for line in lines[1:])]

    result = score(batchgen, shop, source=edited(tmp_path, shop, longer))
    assert result.code == 0
    assert "hash-max-listpack-value" in result.err
    assert len(table.records(1)) == len(shop.user_ids)


def test_ids_of_any_byte(batchgen, shop, table, tmp_path):
    lines = shop.users.read_bytes().splitlines()
    cells = lines[1].split(b",", 1)[1]
    ids = [bytes([b]) for b in range(1, 256) if b not in b'\n\r,"'] + [b"x" * 512]
    path = tmp_path / "bytes.csv"
    path.write_bytes(lines[0] + b"\n" + b"".join(i + b"," + cells + b"\n" for i in ids) +
                     b"x" * 513 + b"," + cells + b"\n")
    summary = published(batchgen, shop, "--rejected", tmp_path / "r.csv", source=path)
    assert summary["rejected"] == 1
    found = {}
    for b in range(int(table.generation(1)["buckets"])):
        found.update(table.client.hgetall(f"{table.key}:1:{b}"))
    assert found.keys() - {b""} == set(ids)


def test_features_overlay_never_goes_back(batchgen, shop, table):
    published(batchgen, shop, "--with-features", "--as-of", "2026-11-20T00:00:00Z")
    schema = table.generation(1)["schema_id"]

    def rows():
        found = {}
        for b in range(65536):
            found.update(table.client.hgetall(f"{table.key}:features:{schema}:{b}"))
        return {user.decode(): row for user, row in found.items()}

    stored = rows()
    assert stored.keys() == set(shop.user_ids)
    width = len(json.loads(table.generation(1)["schema"]))
    for row in stored.values():
        stamp = struct.unpack_from("<Q", row)[0]
        assert stamp == 1795132800000000 and len(row) == 8 + 4 * width
    missing = numpy.frombuffer(b"".join(row[8:] for row in stored.values()), "<u4")
    nans = missing[numpy.isnan(missing.view("<f4"))]
    assert nans.size and set(nans) == {0x7fc00000}
    older = batchgen.done("features", "--table", TABLE, "--input", shop.users, "--json",
                          "--as-of", "2026-11-19T00:00:00Z").json()
    assert (older["written"], older["features"]) == (2000, 0)
    assert rows() == stored
    batchgen.done("features", "--table", TABLE, "--input", shop.late, "--supersede")
    superseded = {u.decode() for u in table.client.zrange(f"{table.key}:superseded", 0, -1)}
    assert superseded == set(shop.late_ids)


def test_features_need_a_live_generation(batchgen, shop):
    refused = batchgen("features", "--table", TABLE, "--input", shop.users)
    assert refused.code == 1 and "publish" in refused.err


def test_shared_sessions_score_as_expected(batchgen, shared_data, store, prefix):
    intent = shared_data / "shop" / "intent"
    result = batchgen.done("score", "--table", "intent", "--model", intent / "model.json",
                           "--input", intent / "sessions.csv", "--id-column", "session_id",
                           "--json").json()
    assert result["written"] == 12330
    with (intent / "expected.csv").open(newline="") as f:
        expected = {row["session_id"]: numpy.float32(row["prediction"])
                    for row in csv.DictReader(f)}
    assert Table(store, prefix, "intent").scores(1) == expected


def test_memory_of_a_quarter_million(own_store, prefix, shop, tmp_path):
    """As dense as a million: 30.5 users a bucket."""
    header, *rows = shop.users.read_text().splitlines()
    rows = [row.split(",", 1)[1] for row in rows]
    path = tmp_path / "many.csv"
    with path.open("w") as f:
        print(header, file=f)
        f.writelines(f"u{i:07d},{rows[i % len(rows)]}\n" for i in range(250_000))
    before = own_store.client.info("memory")["used_memory"]
    published(Batchgen(own_store, prefix), shop, source=path)
    table = Table(own_store, prefix)
    model = table.client.strlen(f"{table.key}:1:model")
    used = own_store.client.info("memory")["used_memory"] - before - model
    assert used / 250_000 <= 25
    assert table.generation(1)["buckets"] == "8192"
    for b in random.Random(7).sample(range(8192), 1000):
        assert table.client.object("encoding", f"{table.key}:1:{b}") == b"listpack"


def test_help_and_version():
    for args in (["--help"], ["--version"], ["score", "--help"], ["drop", "--help"]):
        done = subprocess.run([BUILD / "batchgen", *args], capture_output=True, text=True,
                              check=True, env={**os.environ, "COLUMNS": "80"})
        assert "batchgen" in done.stdout
        assert all(len(line) <= 80 for line in done.stdout.splitlines())
