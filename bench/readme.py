"""The numbers of the README, from the run that RESULTS.md tells of."""
import re

import plots
import record
import results

BEGIN, END = "<!-- bench/run writes this -->\n", "<!-- until here -->\n"
BLOCK = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.S)

# benchmark, beginning of the pair's title, value, what the README calls it, times what
PAIRS = (
    ("batch", "", "rate", "a million users × 30 features into Redis", "the rows/s"),
    ("recs", "", "rate", "3,974 users × 3,613 items ranked into Redis", "the users/s"),
    ("recs_live", "", "rate", "one of those rankings, made now", "the requests/s"),
    ("fastapi", "scored now", "rate", "one user scored now, features in Redis",
     "the requests/s"),
    ("fastapi", "scored now, features in Redis, records in memory", "rate",
     "the same, records in memory", "the requests/s"),
    ("fastapi", "stored, through Redis", "rate", "a stored answer through Redis",
     "the requests/s"),
    ("fastapi", "mix", "rate", "95 % stored, 4 % scored now, 1 % unknown", "the requests/s"),
    ("fastapi", "a csv row", "rate", "a csv row to `/invocations`", "the requests/s"),
    ("nginx_lua", "Redis on the server's", "rate", "a stored answer through Redis",
     "the requests/s"),
    ("nginx_lua", "Redis on the client's", "rate", "the same, Redis on the client's core",
     "the requests/s"),
    ("hit", "one at a time", "rate", "a stored answer from memory", "the requests/s"),
    ("hit", "one at a time", "cpu_us", "the same", "the CPU"),
    ("hit", "16 pipelined", "rate", "16 pipelined", "the requests/s"),
    ("stores", "16 pipelined, beside Redis", "rate", "the same by the Redis protocol",
     "the requests/s"),
    ("stores", "16 pipelined, beside memcached", "rate", "the same by the Redis protocol",
     "the requests/s"),
)

# benchmark, table, row, column, what the README calls it, unit, against
CELLS = (
    ("score", "µs a row", "100 trees, depth 6, 30 features: one row", "times",
     "one row, 100 trees of depth 6", "× faster", "libxgboost"),
    ("score", "µs a row", "100 trees, depth 6, 30 features: bulk, avx512", "times",
     "rows in bulk, AVX-512", "× faster", "libxgboost"),
    ("memory", "in Redis", "score, batchgen", "bytes", "one score in Redis",
     "bytes a user", ""),
    ("memory", "in Redis", "score as JSON", "bytes", "the same as JSON in a string",
     "bytes a user", ""),
    ("memory", "in Redis", "top 5", "bytes", "the top 5 of 5,000 items in Redis",
     "bytes a user", ""),
)

def rows(run):
    for name, what, value, title, unit in PAIRS:
        found = results.pair(run, name, what)
        if found:
            yield name, title, found["against"], \
                f"{record.number(found['ratio'][value]['median'])} × {unit}"
    for name, what, row, column, title, unit, against in CELLS:
        found = results.cell(run, name, what, row, column)
        if found is not None:
            yield name, title, against, f"{record.number(found)} {unit}"


def block(run):
    lines = ["| | against | |", "| --- | --- | --- |"]
    lines += [f"| `{name}`: {title} | {against} | {figure} |"
              for name, title, against, figure in rows(run)]
    pictures = [f"![{words}](bench/plots/{name})" for name, *_, words in plots.pictures(run)]
    return BEGIN + "\n".join([*lines, "", *pictures]).rstrip() + "\n" + END


def rewrite(path, run):
    text, count = BLOCK.subn(lambda _: block(run), path.read_text())
    assert count == 1, f"{path}: one block between the marks, not {count}"
    path.write_text(text)
