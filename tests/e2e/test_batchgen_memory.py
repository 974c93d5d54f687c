"""--memory: rows past it wait in a file, and the result is the same."""
from batches import Table, published, score


def test_same_records_with_and_without_the_file(batchgen, shop, store, prefix):
    table = Table(store, prefix)
    published(batchgen, shop, "--with-features")
    published(batchgen, shop, "--with-features", "--memory", "1KiB")
    assert table.records(1) == table.records(2)


def test_no_place_for_the_file(batchgen, shop, store, prefix):
    failed = score(batchgen, shop, "--memory", "1KiB", env={"TMPDIR": "/nowhere"})
    assert failed.code == 1 and "TMPDIR" in failed.err, failed
    assert Table(store, prefix).generations() == set()
