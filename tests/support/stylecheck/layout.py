"""Format, sizes, comments: what one C file looks like."""
import re
import subprocess

FILE_LINES = 400
FUNCTION_LINES = 60
INDENT_LEVELS = 4
COLUMNS = 80
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */"

# Spelled so that these lines are not findings themselves.
LATER = re.compile(r"\b(T[O]DO(?!\(#\d+\))|F[I]XME|X[X]X)\b")


def check(tree):
    findings = []
    for f in tree.c.values():
        findings += one_file(f)
    return findings + list(formatted(tree)) + list(functions(tree))


def one_file(f):
    yield from sizes(f)
    yield from headers(f)
    yield from indents(f)
    if f.lines[0] != SPDX:
        yield f.path, 1, f"the first line is not {SPDX}"
    for line in f.line_comments:
        yield f.path, line, "a // comment; write /* */"
    for n, text in enumerate(f.lines, 1):
        if LATER.search(text):
            yield f.path, n, "work left for later needs its issue: TO" "DO(#N)"


def sizes(f):
    count = len(f.lines) - 1
    if count > FILE_LINES:
        yield f.path, count, f"{count} lines in a file, at most {FILE_LINES}"
    for n, text in enumerate(f.lines, 1):
        if len(text) > COLUMNS:
            yield f.path, n, f"{len(text)} columns, at most {COLUMNS}"


def headers(f):
    if not f.is_header:
        return
    if "\n#pragma once\n" not in f.text:
        yield f.path, 1, "a header without #pragma once"
    rest = re.sub(r"^[ \t]*#[ \t]*(include|pragma)\b.*$", "", f.code, flags=re.M)
    if f.includes and not rest.strip():
        yield f.path, 1, "an umbrella header: it declares nothing of its own"


def opens_block(before, after):
    """Whether a { begins a block of statements rather than values."""
    before = before.rstrip()
    if before.endswith(")"):  # a compound literal goes on in its line
        return after.split("\n", 1)[0].strip() in ("", "\\")
    return re.search(r"(\b(else|do)|[;{}:])$", before) is not None


def indents(f):
    """Blocks within blocks; braces are always written, so they tell."""
    code = f.code
    stack = []
    for m in re.finditer(r"[{}]", code):
        at = m.start()
        if m[0] == "}":
            if stack:
                stack.pop()
            continue
        before = code[max(0, at - 80):at]
        stack.append(opens_block(before, code[at + 1:at + 161]))
        if stack[-1] and sum(stack) == INDENT_LEVELS + 1:
            yield f.path, f.line_at(at), f"more than {INDENT_LEVELS} levels of indent"


def formatted(tree):
    if not tree.c:
        return
    run = subprocess.run(
        ["clang-format-14", "--dry-run", *tree.c], cwd=tree.root,
        capture_output=True, text=True, check=False)
    for m in re.finditer(r"^([^:\n]+):(\d+):\d+: warning:", run.stderr, re.M):
        yield m[1], int(m[2]), f"not formatted; run clang-format-14 -i {m[1]}"
    if run.returncode != 0:
        yield "tests/support/style", 1, "clang-format-14: " + run.stderr.strip()


def functions(tree):
    if not tree.c:
        return
    run = subprocess.run(
        ["ctags", "-x", "--languages=C", "--langmap=C:.c.h", "--c-kinds=f", "--fields=+ne",
         "--_xformat=%{input}\t%{name}\t%{line}\t%{end}", *tree.c],
        cwd=tree.root, capture_output=True, text=True, check=True)
    for row in run.stdout.splitlines():
        path, name, line, end = row.split("\t")
        count = int(end) - int(line) + 1 if end else 0
        if count > FUNCTION_LINES:
            yield path, int(line), f"{name} has {count} lines, at most {FUNCTION_LINES}"
