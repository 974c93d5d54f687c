"""batchgen score: forms of input, users asked for, planted defects."""
import csv
import gzip
import random
import subprocess

import pytest
from batches import Table, published, score
from matrix import Matrix
from programs import BUILD

NOW = ("--as-of", "2026-11-22T02:00:00Z")


@pytest.fixture(scope="module")
def matrix(shop):
    return Matrix(shop)


@pytest.fixture
def table(store, prefix):
    return Table(store, prefix)


def zstd(text):
    return subprocess.run([BUILD / "support" / "pack"], input=text, capture_output=True,
                          check=True).stdout


def test_the_form_of_the_input_does_not_show(batchgen, shop, matrix, table, tmp_path):
    """One generation from each form; all hold the same records."""
    folder = tmp_path / "parts"
    folder.mkdir()
    lines = shop.users.read_text().splitlines(keepends=True)
    for i in range(40):
        (folder / f"part-{i:02}").write_text(lines[0] + "".join(lines[1 + i::40]))

    def file(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    plain = "".join(f"{user},{','.join(row)}\n" for user, row in zip(matrix.ids, matrix.rows))
    forms = [
        (shop.users, ("--threads", 1)),
        (shop.users, ("--threads", 8)),
        (file("plain", plain), ("--id-column", 0)),
        (file("libsvm", matrix.libsvm(ids=True)), ("--content-type", "libsvm")),
        (file("jsonl", matrix.jsonl()), ("--content-type", "jsonl")),
        (file("flat", zstd(matrix.jsonl(nested=False).encode())), ("--content-type", "jsonl")),
        (file("gzip", gzip.compress(shop.users.read_bytes())), ()),
        (file("zstd", zstd(shop.users.read_bytes())), ()),
        (folder, ()),
    ]
    for source, args in forms:
        summary = published(batchgen, shop, *args, *NOW, source=source)
        assert summary["written"] == len(matrix.ids)
        live = table.live
        if live > 1:
            assert table.records(live) == table.records(live - 1), source
    piped = score(batchgen, shop, *NOW, source="-", stdin=shop.users.read_text())
    assert piped.code == 0, piped
    assert table.records(table.live) == table.records(table.live - 1)
    assert table.scores(table.live) == {user: shop.expected[user] for user in matrix.ids}


def test_extra_columns_only_when_said(batchgen, shop, matrix, table, tmp_path):
    source = tmp_path / "extra.csv"
    source.write_text("".join(f"{line},x\n" for line in shop.users.read_text().splitlines()))
    refused = score(batchgen, shop, source=source)
    assert refused.code == 3 and "columns of the header are not features" in refused.err
    published(batchgen, shop, "--ignore-extra", source=source)
    assert table.scores(1) == {user: shop.expected[user] for user in matrix.ids}


def test_only_users_asked_for(batchgen, shop, matrix, table, tmp_path):
    wanted = tmp_path / "wanted"
    wanted.write_text("\n".join(matrix.ids[::3]) + "\nnobody\n")
    summary = published(batchgen, shop, "--users", wanted)
    assert (summary["read"], summary["skipped"]) == (2000, 2000 - len(matrix.ids[::3]))
    assert summary["written"] == len(matrix.ids[::3])
    assert table.scores(1) == {user: shop.expected[user] for user in matrix.ids[::3]}
    (tmp_path / "none").write_text("")
    refused = score(batchgen, shop, "--users", tmp_path / "none")
    assert refused.code == 3 and "no user" in refused.err


def test_what_cannot_be_appended_to(batchgen, shop, table, tmp_path):
    published(batchgen, shop, *NOW)
    refused = score(batchgen, shop, "--append", 1)
    assert refused.code == 3 and "was published" in refused.err
    missing = score(batchgen, shop, "--append", 7)
    assert missing.code == 1 and "7" in missing.err
    published(batchgen, shop, "--no-publish", *NOW)
    refused = score(batchgen, shop, "--append", 2, "--iterations", "0:5")
    assert refused.code == 3 and "iterations" in refused.err
    refused = score(batchgen, shop, "--append", 2, "--with-features")
    assert refused.code == 2
    assert table.live == 1 and table.records(1) == table.records(2)
    again = published(batchgen, shop, "--append", 2, "--no-publish", *NOW)
    assert (again["written"], again["duplicate"]) == (0, 2000)
    assert table.records(1) == table.records(2)
