"""Which file may include which: the floors, and where libraries are named."""
import re
from pathlib import PurePosixPath as Path

# A file includes its own floor or lower ones. Tests and bench include all.
DOWN = ("lookup/net", "lookup/api", "lookup/core", "lookup/store",
        "common/model", "common/table", "common/base")
COMMON = DOWN[4:]
FLOORS = {floor: DOWN[i:] for i, floor in enumerate(DOWN)}
FLOORS["lookup"] = ("lookup", *DOWN)
FLOORS["batchgen"] = ("batchgen", *COMMON)

# library: (how its headers begin, the files that may name them). A module
# name stands for itself and what is split from it: publish, publish_gc.
HIREDIS = ("topology", "store_redis", "watch", "batchgen/redis")
LIBEVENT = ("conn", "listener", "mailbox", "rig", "worker", "admin", "store_redis",
            "watch", "server")
LIBRARIES = {
    "hiredis": (("hiredis/",), HIREDIS),
    "libevent": (("event2/",), LIBEVENT),
    "libxgboost": (("xgboost/",), ("common/model/model", "common/model/scorer_xgb")),
    "OpenSSL": (("openssl/",), ("common/base/hash",)),
    "xxHash": (("xxhash.h",), ("common/base/hash",)),
    "cJSON": (("cjson/",), None),
    "zlib": (("zlib.h",), None),
    "libzstd": (("zstd.h",), None),
    "http_parser": (("http_parser.h",), ()),
    "cmocka": (("cmocka.h",), ()),
}

# These, and all that they include, need libc alone. hash.c is the exception
# that the table above names.
LIBC_ONLY = (
    r"common/base/(?!hash\.c$).*",
    r"common/table/(record|keyspace|snapshot)(_\w+)?\.[ch]",
    r"common/model/row(_\w+)?\.[ch]",
    r"lookup/net/(http|resp)(_\w+)?\.[ch]",
    r"batchgen/(chunk|rows)(_\w+)?\.[ch]",
    r"lookup/core/lookup\.[ch]",
)

LIBC = re.compile(
    r"(sys|netinet|arpa|linux|net)/\w+\.h|"
    r"(assert|complex|cpuid|ctype|dirent|dlfcn|errno|fcntl|fenv|fnmatch|float|ftw|getopt|glob|"
    r"\wmmintrin|inttypes|limits|locale|math|netdb|poll|pthread|sched|semaphore|setjmp|"
    r"signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|"
    r"string|strings|termios|time|unistd|x86intrin)\.h")


def check(tree):
    findings = []
    for f in tree.c.values():
        findings += own_includes(tree, f)
        findings += libraries(f)
        findings += libc_only(tree, f)
    return findings + cycles(tree)


def free(path):
    return path.startswith(("tests/", "bench/"))


def ours(f):
    return [(line, name) for line, kind, name in f.includes if kind == '"']


def foreign(f):
    return [(line, name) for line, kind, name in f.includes if kind == "<"]


def own_includes(tree, f):
    here = Path(f.path).parent.as_posix()
    floors = FLOORS.get(here)
    if floors is None and not free(f.path):
        yield f.path, 1, f"{here}/ is no floor of the house"
        return
    for line, name in ours(f):
        there = Path(name).parent.as_posix()
        if name not in tree.c:
            yield f.path, line, f'"{name}" is not there, seen from the root'
        elif not free(f.path) and there not in floors:
            yield f.path, line, f"{here}/ may not include {there}/"


def library_of(name):
    for library, (begins, _) in LIBRARIES.items():
        if name.startswith(begins):
            return library
    return None


def is_module(path, module):
    """module as `name` or `folder/name`; name_more belongs to it."""
    stem = Path(path).with_suffix("").as_posix()
    return re.search(rf"(^|/){re.escape(module)}(_\w+)?$", stem) is not None


def libraries(f):
    for line, name in foreign(f):
        library = library_of(name)
        if library is None:
            if not LIBC.fullmatch(name):
                yield f.path, line, f"<{name}> is not in the table of headers"
            continue
        allowed = LIBRARIES[library][1]
        if allowed is None or free(f.path):
            continue
        if not any(is_module(f.path, m) for m in allowed):
            where = ", ".join(allowed) or "tests"
            yield f.path, line, f"{library} is named in {where} only"


def closure(tree, path):
    """All files of ours that path includes, itself first."""
    seen = [path]
    for at in seen:
        for _, name in ours(tree.c[at]):
            if name in tree.c and name not in seen:
                seen.append(name)
    return seen


def libc_only(tree, f):
    if not any(re.fullmatch(p, f.path) for p in LIBC_ONLY):
        return
    for path in closure(tree, f.path):
        for line, name in foreign(tree.c[path]):
            if library_of(name) is not None:
                at = line if path == f.path else 1
                yield f.path, at, f"needs libc alone, but has <{name}> from {path}"


def cycles(tree):
    """Each circle of includes once, named at its first file."""
    found = set()
    for path in tree.c:
        for circle in circles_from(tree, path):
            found.add(circle)
    return [(c[0], 1, "includes in a circle: " + " -> ".join(c + c[:1])) for c in found]


def circles_from(tree, start):
    stack = [(start,)]
    seen = set()
    while stack:
        way = stack.pop()
        for _, name in ours(tree.c[way[-1]]):
            if name == start:
                first = way.index(min(way))
                yield way[first:] + way[:first]
            elif name in tree.c and name not in seen:
                seen.add(name)
                stack.append(way + (name,))
