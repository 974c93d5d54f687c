"""make demo: it works, and the README shows what it prints."""
import os
import re
import subprocess

from programs import BUILD, ROOT, SLOWER

# What differs from run to run, and what it is read as.
VARIES = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"^(  memory|  time|  busy|  writing was estimated) .*", re.M), r"\1"),
]


def settled(text):
    for pattern, instead in VARIES:
        text = pattern.sub(instead, text)
    return text.strip()


def test_readme_shows_the_demo():
    build = os.path.relpath(BUILD, ROOT)
    ran = subprocess.run([ROOT / "tests/support/demo", build, "check"], capture_output=True,
                         text=True, timeout=60 * SLOWER, check=False)
    assert ran.returncode == 0, ran.stderr
    printed = ran.stdout.replace(str(ROOT), "$PWD").replace(f"{build}/", "build/")
    readme = (ROOT / "README.md").read_text()
    shown = re.search(r"^## What the demo shows\n+```\n(.*?)^```$", readme, re.M | re.S)
    assert settled(printed) == settled(shown[1])
