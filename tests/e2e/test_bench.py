"""What bench/run writes: the README's figures are those of RESULTS.md."""
import re
import sys

import pytest
from programs import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import readme  # noqa: E402
import record  # noqa: E402
import results  # noqa: E402

FIGURE = re.compile(r"\| ([\d.,]+) [^|]*\|$", re.M)


def rounds(*rates):
    return [{"rate": rate, "cpu_us": 1e6 / rate} for rate in rates]


@pytest.fixture
def run():
    """A run in which one benchmark was skipped and one failed."""
    def found(name, *records, skipped=None):
        return {"doc": f"{name} - what it is.\n\nHow.\n", "skipped": skipped, "seconds": 1.5,
                "records": list(records)}

    return {
        "date": "2026-11-22 19:00 UTC", "quick": False, "costs": {"hit_us": 8.25, "live_us": None},
        "machine": {"processor": "x", "cores": 2, "memory": "1 GiB", "system": "s",
                    "kernel": "k", "commit": "c", "versions": {"gcc": "12"}},
        "benchmarks": {
            "hit": found("hit", record.pair(
                "one at a time", "nginx, a constant", "requests/s",
                rounds(120000, 130000, 90000), rounds(100000, 100000, 100000))),
            "memory": found("memory", record.table("in Redis", ["layout", "bytes a user"], [
                ["score, batchgen", 21.52]])),
            "recs": found("recs", skipped="no data"),
            "batch": None}}


def figures(text):
    return FIGURE.findall(text[text.index(readme.BEGIN):text.index(readme.END)])


def test_figures_of_the_readme_are_those_of_the_results():
    found = figures((ROOT / "README.md").read_text())
    kept = (ROOT / "bench/RESULTS.md").read_text()
    assert len(found) > 5
    assert [f for f in found
            if not re.search(rf"(?<![\d.,]){re.escape(f)}(?!\d|[.,]\d)", kept)] == []


def test_a_figure_is_the_median_of_the_ratios_of_pairs(run):
    assert "| 1.20 × (0.90 to 1.30) |" in results.page(run)
    assert "| 1.20 × the requests/s |" in readme.block(run)


def test_what_was_not_measured_is_said_and_has_no_figure(run):
    page, block = results.page(run), readme.block(run)
    assert "Skipped: no data." in page
    assert "`bench/batch` failed in this run." in page
    assert "`batch`" not in block and "`recs`" not in block
    assert "batchgen plan --hit-us 8.25\n" in page


def test_only_what_is_between_the_marks_is_rewritten(run, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{readme.BEGIN}old\n{readme.END}after\n")
    readme.rewrite(path, run)
    text = path.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert figures(text) == ["1.20", "0.83", "21.5"]
