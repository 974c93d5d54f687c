"""RESULTS.md of one run, and where in it a figure is."""
import record

HEAD = """# Results

Written by `{command}`, {date}, at {commit}.
Absolute numbers move with the machine and its neighbours; a figure is the
median of the ratios of alternating pairs, ours over theirs (least to largest).

| | |
| --- | --- |
{machine}
"""


def records(run, name, kind):
    found = run["benchmarks"].get(name) or {"records": []}
    return [r for r in found["records"] if r["kind"] == kind]


def pair(run, name, title):
    """The first pair of that benchmark whose title begins so, or None."""
    return next((r for r in records(run, name, "pair")
                 if record.title(r).startswith(title)), None)


def table(run, name, what):
    """The table of that benchmark whose `what` begins so, or None."""
    return next((r for r in records(run, name, "table") if r["what"].startswith(what)), None)


def cell(run, name, what, row, column):
    """A value of a table by the beginnings of its row's and column's names, or None."""
    found = table(run, name, what)
    if found is None:
        return None
    at = next((i for i, c in enumerate(found["columns"]) if c.startswith(column)), 0)
    return next((r[at] for r in found["rows"] if str(r[0]).startswith(row)), None)


def ours(run, name, what, value):
    found = pair(run, name, what)
    return found and found["ours"][value]["median"]


def costs(run):
    """What things cost here, by the options of batchgen plan."""
    record_bytes, both = (cell(run, "memory", "in Redis", row, "bytes")
                          for row in ("score, batchgen", "score and"))
    return {
        "record_bytes": record_bytes,
        "snapshot_bytes": cell(run, "hit", "warming up", "", "bytes"),
        "feature_bytes": both and both - record_bytes,
        "hit_us": ours(run, "hit", "one at a time", "cpu_us"),
        "live_us": ours(run, "fastapi", "scored now", "cpu_us"),
        "score_us": ours(run, "batch", "", "cpu_us")}


def costs_section(run):
    known = {name: cost for name, cost in run["costs"].items() if cost is not None}
    options = " ".join(f"--{name.replace('_', '-')} {record.number(cost)}"
                       for name, cost in known.items())
    return ("## plan\n\nWhat things cost here, as `batchgen plan` is told: bytes a user, and "
            f"µs of CPU.\n\n    batchgen plan {options}")


def machine_rows(machine):
    for name in "processor", "cores", "memory", "system", "kernel":
        yield f"| {name} | {machine[name]} |"
    yield "| packages | " + ", ".join(f"{n} {v}" for n, v in machine["versions"].items()) + " |"


def section(name, found, quick):
    command = f"`bench/{name}{' --quick' if quick else ''}`"
    if found is None:
        return f"## {name}\n\n{command} failed in this run."
    title, _, story = found["doc"].partition("\n\n")
    title = title.partition(" - ")[2].strip()
    lines = [f"## {name}", "", title[:1].upper() + title[1:], "", story.strip(), "",
             f"{command}, {found['seconds']} s."]
    if found["skipped"]:
        lines += ["", f"Skipped: {found['skipped']}."]
    return "\n".join(lines + ["", record.markdown(found["records"])]).rstrip()


def page(run):
    quick = " ARGS=--quick" if run["quick"] else ""
    head = HEAD.format(command=f"make bench{quick}", date=run["date"],
                       commit=run["machine"]["commit"],
                       machine="\n".join(machine_rows(run["machine"])))
    sections = [section(name, found, run["quick"])
                for name, found in run["benchmarks"].items()]
    return "\n\n".join([head.rstrip(), *sections, costs_section(run)]) + "\n"
