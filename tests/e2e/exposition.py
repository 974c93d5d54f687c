"""Prometheus' text format 0.0.4, read by the letter of its description."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\]|\\[\\n])*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
VALUE = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?|Inf)|NaN")


class Family:
    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.samples = []  # (name, {label: value}, value)

    def add(self, line):
        match = SAMPLE.fullmatch(line)
        assert match, f"no sample: {line}"
        name, labels, value = match.groups()
        suffixes = ("_bucket", "_sum", "_count") if self.kind == "histogram" else ("",)
        assert name in [self.name + s for s in suffixes], f"not of {self.name}: {line}"
        assert VALUE.fullmatch(value), f"no number: {line}"
        pairs = [label.split("=", 1) for label in re.findall(LABEL, labels or "")]
        assert len(dict(pairs)) == len(pairs), f"a label twice: {line}"
        self.samples.append((name, dict(pairs), float(value)))

    def check(self):
        keys = [(name, frozenset(labels.items())) for name, labels, _ in self.samples]
        assert len(set(keys)) == len(keys), f"{self.name}: a sample twice"
        if self.kind == "counter":
            assert self.name.endswith("_total"), self.name
            assert all(v >= 0 and v == int(v) for _, _, v in self.samples), self.name
        elif self.kind == "histogram":
            assert self.name.endswith("_seconds"), self.name
            self._check_histograms()

    def _check_histograms(self):
        series = {}
        for name, labels, value in self.samples:
            le = labels.pop("le", None)
            assert (le is not None) == name.endswith("_bucket"), (name, labels)
            part = series.setdefault(frozenset(labels.items()), {"buckets": []})
            if le is None:
                part[name[len(self.name):]] = value
            else:
                part["buckets"].append((float(le.strip('"').replace("+Inf", "inf")), value))
        for labels, part in series.items():
            bounds, counts = zip(*part["buckets"])
            assert list(bounds) == sorted(set(bounds)), (self.name, labels)
            assert list(counts) == sorted(counts), (self.name, labels)
            assert math.isinf(bounds[-1]) and counts[-1] == part["_count"], (self.name, labels)
            assert part["_sum"] >= 0 and (part["_sum"] > 0) <= (part["_count"] > 0)


def families(text):
    """{name: Family}; an AssertionError says what is wrong."""
    assert text.endswith("\n") and "\r" not in text
    lines = text[:-1].split("\n")
    found = {}
    at = 0
    while at < len(lines):
        about, kind = HELP.fullmatch(lines[at]), TYPE.fullmatch(lines[at + 1])
        assert about and kind and about[1] == kind[1], lines[at:at + 2]
        assert kind[1] not in found, f"twice: {kind[1]}"
        family = found[kind[1]] = Family(kind[1], kind[2])
        at += 2
        while at < len(lines) and not lines[at].startswith("#"):
            family.add(lines[at])
            at += 1
        family.check()
    return found
