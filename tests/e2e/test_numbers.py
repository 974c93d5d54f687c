"""Numbers as the C library reads them."""
from programs import run


def test_a_million_texts_read_as_strtof_reads_them():
    checked = run("support/number_check", 1_000_000)
    assert checked.code == 0, checked
    assert checked.out.endswith("1000000 texts, 0 differ\n")
