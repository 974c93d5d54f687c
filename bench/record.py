"""What a benchmark found, as JSON keeps it and as text shows it.

A record is one of two kinds:

    pair    ours beside theirs in rounds; the figure is the median of the ratios
    table   columns and rows of values; its first column names the row
"""
import statistics


def number(x):
    """Three digits, or all of a large one; every text shows a figure so."""
    if x is None:
        return ""
    if isinstance(x, str):
        return x
    if isinstance(x, int):
        return f"{x:,}"
    if x == 0 or abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}" if abs(x) >= 0.1 else f"{x:.2g}"


def spread(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def pair(what, against, unit, ours, theirs, **ratios):
    """ours, theirs: a dict a round, of the same names and values; `rate` is in unit.

    ratios: name -> its ratios, for those that are not ours over theirs.
    """
    names = ours[0].keys() & theirs[0].keys()
    quotients = {n: [a[n] / b[n] for a, b in zip(ours, theirs, strict=True)] for n in names}
    return {"kind": "pair", "what": what, "against": against, "unit": unit, "pairs": len(ours),
            "ours": {n: spread([r[n] for r in ours]) for n in ours[0]},
            "theirs": {n: spread([r[n] for r in theirs]) for n in theirs[0]},
            "ratio": {n: spread(q) for n, q in {**quotients, **ratios}.items()}}


def table(what, columns, rows, **more):
    """more: what plots need besides, not shown in text."""
    return {"kind": "table", "what": what, "columns": columns, "rows": rows, **more}


def times(ratio):
    return f"{number(ratio['median'])} × ({number(ratio['least'])} to {number(ratio['most'])})"


# name of a value in a pair, its heading
VALUES = (("rate", ""), ("cpu_us", "CPU µs of one"), ("peak_mib", "peak MiB"))


def pair_rows(record):
    """Heading, ours, theirs and ratio of each value that the pair has."""
    for name, heading in VALUES:
        if name in record["ours"] and name in record["theirs"]:
            yield (heading or record["unit"], number(record["ours"][name]["median"]),
                   number(record["theirs"][name]["median"]),
                   times(record["ratio"][name]))


def title(record):
    """Of a pair."""
    return f"{record['what']}, beside {record['against']}"


def text(record):
    """For a terminal."""
    if record["kind"] == "pair":
        lines = [f"{title(record)}, {record['pairs']} pairs:"]
        return "\n".join(lines + ["  %-16s %10s %10s  %s" % row for row in pair_rows(record)])
    cells = [record["columns"], *([number(c) for c in row] for row in record["rows"])]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join([f"{record['what']}:"] + [
        "  " + "  ".join(f"{c:{'<' if i == 0 else '>'}{w}}" for i, (c, w) in
                         enumerate(zip(row, widths, strict=True))) for row in cells])


def markdown(records):
    """Tables of one benchmark: its pairs in one, the others one each."""
    pairs = [r for r in records if r["kind"] == "pair"]
    blocks = [pairs_markdown(pairs)] if pairs else []
    return "\n\n".join(blocks + [table_markdown(r) for r in records if r["kind"] == "table"])


def pairs_markdown(pairs):
    lines = ["| | against | | ours | theirs | ratio |", "| --- | --- | --- | --- | --- | --- |"]
    for record in pairs:
        head = record["what"], record["against"]
        for row in pair_rows(record):
            lines.append(f"| {' | '.join((*head, *row))} |")
            head = "", ""
    return "\n".join(lines)


def table_markdown(record):
    rows = [record["columns"], ["---"] * len(record["columns"]), *record["rows"]]
    return "\n".join([f"{record['what']}:", ""] + [
        "| " + " | ".join(number(c) for c in row) + " |" for row in rows])
