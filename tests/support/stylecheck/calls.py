"""Calls that are banned, and what to write instead."""
import re

LOCK = "the one lock is in common/base/queue.c"
BANNED = {
    r"(strcpy|strcat|sprintf|vsprintf|gets)": "has no bound; use str, buf or snprintf",
    r"strtok": "keeps state between calls; use str_cut",
    r"(atoi|atol|atoll|atof)": "cannot report an error; use common/base/number.h",
    r"(system|popen)": "starts a shell; use posix_spawn or fork",
    r"alloca": "has no bound; use the heap or an array",
    r"s?rand": "is one state for all; keep a generator of your own",
    r"setlocale": "changes how numbers read everywhere",
    r"(sleep|usleep)": "waits for nothing in particular; wait for the event",
    r"pthread_(mutex|rwlock|spin|cond)_\w+": LOCK,
}

# pattern of BANNED: files in which it is no finding
ALLOWED = {
    r"(sleep|usleep)": r"tests/support/.*",
    r"pthread_(mutex|rwlock|spin|cond)_\w+": r"common/base/queue\.c|tests/.*|bench/.*",
}


def check(tree):
    for pattern, why in BANNED.items():
        call = re.compile(rf"(?<![\w.>])({pattern})\s*\(")
        for f in tree.c.values():
            if re.fullmatch(ALLOWED.get(pattern, "$^"), f.path):
                continue
            for m in call.finditer(f.code):
                yield f.path, f.line_at(m.start()), f"{m[1]}: {why}"
