"""The pictures of a run, by gnuplot."""
import subprocess

import results

SETUP = """
set terminal svg size 860,540 font "sans,14" background "white"
set output "{path}"
set title "{title}"
set xlabel "{x}"
set ylabel "{y}"
set grid lw 0.5 lc rgb "#cccccc"
set key outside bottom center horizontal height 1
set style data linespoints
set linetype 1 lc rgb "#0b6e4f" lw 2.5 pt 7 ps 0.6
set linetype 2 lc rgb "#5fb49c" lw 2.5 pt 5 ps 0.6
set linetype 3 lc rgb "#c1440e" lw 2 pt 9 ps 0.7
set linetype 4 lc rgb "#e09f3e" lw 2 pt 11 ps 0.7
set linetype 5 lc rgb "#3d5a98" lw 2 pt 13 ps 0.7
"""

MICROSECONDS = """
set logscale y
set ytics ("10 µs" 10, "30 µs" 30, "100 µs" 100, "300 µs" 300, "1 ms" 1000, "3 ms" 3000, \
"10 ms" 1e4, "30 ms" 3e4, "100 ms" 1e5, "300 ms" 3e5, "1 s" 1e6)
"""

SHARES = """
set logscale x
set xrange [1:*]
set xtics ("0 %%" 1, "50 %%" 2, "90 %%" 10, "99 %%" 100, "99.9 %%" 1e3, "99.99 %%" 1e4)
"""

THOUSANDS = 'set format {0} "%.0s%c"\n'


def picture(path, title, x, y, more, series):
    """series: name -> points (x, y)."""
    script = SETUP.format(path=path, title=title, x=x, y=y) + more
    for i, points in enumerate(series.values()):
        script += f"$s{i} << EOD\n" + "\n".join(f"{a} {b}" for a, b in points) + "\nEOD\n"
    script += "plot " + ", ".join(
        f'$s{i} using 1:2 title "{name}" lt {i + 1}' for i, name in enumerate(series)) + "\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def columns(found):
    """name of a column -> points against the first one."""
    return {name: [(row[0], row[at]) for row in found["rows"]]
            for at, name in enumerate(found["columns"]) if at > 0}


def distribution(path, found, load="50%"):
    def points(said):
        return [(1 / above, us) for above, us in said["curve"] if said["sent"] * above >= 10]
    picture(path, f"Latency at {load.replace('%', ' %')} of each server's capacity, open loop",
            "share of the answers that take at most that", "latency", MICROSECONDS + SHARES,
            {name: points(said[load]) for name, said in found["curves"].items()})


def against_load(path, found, quantile="p99"):
    at, series = found["columns"].index(quantile), {}
    for row in found["rows"]:
        if row[at] is not None:
            series.setdefault(row[0], []).append((row[2], row[at]))
    picture(path, "99 % of the answers take at most this, open loop", "requests/s asked for",
            "latency", MICROSECONDS + "set logscale x\n" + THOUSANDS.format("x"), series)


def connections(path, found):
    picture(path, "One server core, closed loop", "connections", "requests/s",
            "set logscale xy\nset xrange [0.8:1300]\n" + THOUSANDS.format("y"),
            columns(found))


def scaling(path, found):
    picture(path, "batchgen score, 12 features, 100 trees of depth 6, into Redis", "rows",
            "rows/s", "set logscale x\nset yrange [0:*]\n" + THOUSANDS.format("x") +
            THOUSANDS.format("y"), columns(found))


# file, benchmark, table, how it is drawn, what a reader hears who does not see it
PICTURES = (
    ("latency.svg", "latency", "µs at", distribution, "latency of the answers, by share"),
    ("load.svg", "latency", "µs at", against_load, "99 % of latencies against requests/s"),
    ("connections.svg", "connections", "requests/s", connections,
     "requests/s against connections"),
    ("scale.svg", "scale", "rows/s", scaling, "rows/s of batchgen against rows"),
)


def pictures(run):
    """File, table, drawing and words of those that the run has tables for."""
    for name, benchmark, what, drawn, words in PICTURES:
        found = results.table(run, benchmark, what)
        if found:
            yield name, found, drawn, words


def draw(run, folder):
    folder.mkdir(exist_ok=True)
    for name, found, drawn, _ in pictures(run):
        drawn(folder / name, found)
