"""batchgen plan: the README's example, its hand calculation, and what is refused."""
import json
import math

import pytest
from programs import ROOT, run


def readme_example():
    """The command's words and what it printed."""
    text = (ROOT / "batchgen/README.md").read_text()
    block = text.split("```\n$ batchgen plan ", 1)[1].split("```", 1)[0]
    command, _, shown = block.partition("\n")
    return command.split(), shown


def test_the_readme_shows_what_is_printed():
    words, shown = readme_example()
    planned = run("batchgen", "plan", *words)
    assert planned.code == 0 and planned.out == shown, planned


def test_the_hand_calculation():
    words, _ = readme_example()
    plan = run("batchgen", "plan", *words, "--json").json()
    nobody, tenth, everybody, even = plan["days"]
    lookups, harmonic = 86.4e6, lambda n: math.log(n) + 0.57722
    hits = harmonic(1e5) / harmonic(1e6)
    assert nobody["cost"] == pytest.approx(lookups * 40e-6 / 86400)
    assert tenth["serve_core_s"] == pytest.approx(
        lookups * (hits * 8.5 + (1 - hits) * 40) * 1e-6, rel=1e-4)
    assert tenth["memory_cost"] == pytest.approx(1e5 * 36.2 / 2**30 * 4 / 30, rel=1e-4)
    assert everybody["core_cost"] == pytest.approx((lookups * 8.5e-6 + 2) / 86400, rel=1e-4)
    pays = (36.2 / 2**30 * 4 / 30 + 2e-6 / 86400) / (31.5e-6 / 86400)
    assert plan["break_even"]["lookups_a_day"] == pytest.approx(pays, rel=1e-4)
    assert even["users"] == plan["break_even"]["users"] == pytest.approx(
        lookups / harmonic(1e6) / pays, rel=1e-4)
    assert even["cost"] <= min(day["cost"] for day in plan["days"])


@pytest.mark.parametrize("words", [
    ("--hottest", "0"), ("--hottest", "100"), ("--hottest", "many"), ("--users", "0"),
    ("--skew", "-1"), ("--rate", "fast"), ("5",)])
def test_what_is_no_plan(words):
    refused = run("batchgen", "plan", *words)
    assert refused.code == 2 and not refused.out and refused.err.startswith("batchgen: ")
