"""tests/support/style finds what it is there to find."""
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLE = ROOT / "tests/support/style"
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
HEADER = SPDX + "#pragma once\n"


def include(name):
    mark = name if name.startswith("<") else f'"{name}"'
    return SPDX + f"#include {mark}\n"


def body(lines):
    return SPDX + "\nvoid\nwork(void)\n{\n" + lines + "}\n"


def nested(levels):
    opening = "".join("    " * n + "if (x) {\n" for n in range(1, levels))
    closing = "".join("    " * n + "}\n" for n in range(levels - 1, 0, -1))
    return body("    int x = 1;\n\n" + opening + closing)


def style(root, files):
    shutil.copy(ROOT / ".clang-format", root)
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    run = subprocess.run([STYLE, root], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


LOWER = {"common/base/str.h": HEADER + "\nint str_len(void);\n"}

PLANTED = [
    ("common/base/a.c", "int a;\n", "1: the first line is not"),
    ("common/base/a.c", SPDX + "// why\n", "2: a // comment"),
    ("common/base/a.c", SPDX + "/* " + "x" * 90 + " */\n", "2: 96 columns"),
    ("common/base/a.c", SPDX + "/*\n" + " * x\n" * 400 + " */\n", "403 lines in a file"),
    ("common/base/a.c", SPDX + "/* TO" "DO: later */\n", "2: work left for later"),
    ("common/base/a.c", SPDX + "int  a;\n", "2: not formatted"),
    ("common/base/a.c", body("    x();\n" * 58), "4: work has 61 lines"),
    ("common/base/a.c", nested(5), "11: more than 4 levels"),
    ("common/base/a.h", SPDX + "\nint a_get(void);\n", "1: a header without #pragma once"),
    ("common/base/a.h", HEADER + '#include "common/base/str.h"\n', "1: an umbrella header"),
    ("common/base/a.c", include("common/base/b.h"), "2: \"common/base/b.h\" is not there"),
    ("common/base/a.c", include("<zlib.h>"), "2: needs libc alone"),
    ("common/base/a.c", include("<openssl/evp.h>"), "2: OpenSSL is named in"),
    ("common/base/a.c", include("<linenoise.h>"), "2: <linenoise.h> is not in the table"),
    ("common/table/record.c", include("<cjson/cJSON.h>"), "2: needs libc alone"),
    ("common/model/scorer.c", include("<xgboost/c_api.h>"), "2: libxgboost is named in"),
    ("common/extra/a.c", SPDX, "common/extra/ is no floor"),
    ("common/base/a.c", body("    strcpy(a, b);\n"), "6: strcpy: has no bound"),
    ("common/base/a.c", body("    usleep(5);\n"), "6: usleep: waits"),
    ("lookup/net/conn.c", body("    pthread_mutex_lock(m);\n"), "6: pthread_mutex_lock: the one"),
    ("lookup/net/conn.c", include("<hiredis/hiredis.h>"), "2: hiredis is named in"),
    ("batchgen/job.c", include("<event2/event.h>"), "2: libevent is named in"),
    ("tests/support/x", "#!/bin/sh\nif\n", "x: line 3: syntax error"),
    ("tests/e2e/x.py", "def f(:\n", "1: does not compile"),
    ("bench/x.py", "a = '" + "x" * 100 + "'\n", "1: 106 columns"),
    ("extra/x.md", "", "extra:1: does not belong"),
]

UPWARD = [
    ("common/base/a.c", "common/table/a.h"),
    ("common/table/a.c", "common/model/a.h"),
    ("common/base/a.c", "lookup/core/a.h"),
    ("common/base/a.c", "batchgen/a.h"),
    ("batchgen/b.c", "lookup/core/a.h"),
    ("lookup/b.c", "batchgen/a.h"),
    ("lookup/store/b.c", "lookup/core/a.h"),
    ("lookup/core/b.c", "lookup/api/a.h"),
    ("lookup/api/b.c", "lookup/net/a.h"),
    ("lookup/net/b.c", "lookup/a.h"),
    ("lookup/net/b.c", "tests/support/a.h"),
]


@pytest.mark.parametrize("path,text,finding", PLANTED)
def test_planted_defect_is_found(tmp_path, path, text, finding):
    code, said = style(tmp_path, {**LOWER, path: text})
    assert code == 1
    assert finding in said


@pytest.mark.parametrize("path,upper", UPWARD)
def test_include_of_a_higher_floor_is_found(tmp_path, path, upper):
    code, said = style(tmp_path, {
        path: include(upper), upper: HEADER + "\nint a_get(void);\n"})
    assert code == 1
    assert f"{path}:2: {Path(path).parent}/ may not include" in said


def test_circle_is_found_once(tmp_path):
    names = ["common/base/a.h", "common/base/b.h", "common/base/c.h"]
    code, said = style(tmp_path, {
        name: HEADER + f'#include "{names[(i + 1) % 3]}"\n\nint f{i}(void);\n'
        for i, name in enumerate(names)})
    assert code == 1
    assert said.splitlines() == [
        "common/base/a.h:1: includes in a circle: "
        "common/base/a.h -> common/base/b.h -> common/base/c.h -> common/base/a.h"]


def test_foreign_header_behind_the_ladder_is_found(tmp_path):
    code, said = style(tmp_path, {
        "lookup/core/lookup.c": include("lookup/store/watch.h"),
        "lookup/store/watch.h":
            HEADER + "#include <event2/event.h>\n\nint watch_begin(void);\n"})
    assert code == 1
    assert "lookup/core/lookup.c:1: needs libc alone, but has <event2/event.h>" in said


def test_what_may_be_is_passed(tmp_path):
    code, said = style(tmp_path, {
        **LOWER,
        "common/base/a.c": include("common/base/str.h") + "#include <stdlib.h>\n",
        "common/base/hash.c": include("<openssl/evp.h>"),
        "common/model/model_load.c": include("<xgboost/c_api.h>"),
        "lookup/store/store_redis.c": include("<hiredis/async.h>"),
        "lookup/net/conn.c": nested(4),
        "batchgen/redis_wire.c": include("<hiredis/hiredis.h>"),
        "tests/lookup/test_conn.c": include("<cmocka.h>"),
        "common/base/text.c":
            SPDX + 'const char *says = "// strcpy(a, b)"; /* gets(x) */\n',
    })
    assert (code, said) == (0, "style: 9 C files and 0 scripts are fine\n")
