"""Python and shell files, and the top level of the house."""
import subprocess

from stylecheck.layout import FILE_LINES, LATER

COLUMNS = 100
TOP = {"Makefile", "README.md", "CONTRIBUTING.md", "lookup", "batchgen", "common",
       "tests", "bench"}


def check(tree):
    findings = list(top_level(tree))
    for s in tree.scripts:
        findings += lines(s)
        findings += python(s) if s.language == "python" else shell(tree, s)
    return findings


def top_level(tree):
    for entry in tree.root.iterdir():
        name = entry.name
        if name not in TOP and not name.startswith((".", "build")):
            yield name, 1, "does not belong at the top level"


def lines(s):
    count = len(s.lines) - 1
    if count > FILE_LINES:
        yield s.path, count, f"{count} lines in a file, at most {FILE_LINES}"
    for n, text in enumerate(s.lines, 1):
        if len(text) > COLUMNS:
            yield s.path, n, f"{len(text)} columns, at most {COLUMNS}"
        if LATER.search(text):
            yield s.path, n, "work left for later needs its issue: TO" "DO(#N)"
        if text != text.rstrip():
            yield s.path, n, "blanks at the end of the line"


def python(s):
    try:
        compile(s.text, s.path, "exec")
    except SyntaxError as e:
        yield s.path, e.lineno or 1, f"does not compile: {e.msg}"


def shell(tree, s):
    run = subprocess.run(["bash", "-n", s.path], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        yield s.path, 1, run.stderr.strip().replace("\n", "; ")
