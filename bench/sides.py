"""Rounds of ours and theirs: rate and CPU of each, and the pair they make."""
import record
from beside import cpu_seconds


class Side:
    """One of the two.

    pids: whose CPU is counted; ask(seed) loads it: answers, answers a second.
    """

    def __init__(self, pids, ask):
        self.pids, self.ask = pids, ask

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in self.pids)

    def round(self, seed):
        before = self.cpu()
        count, rate = self.ask(seed)
        return {"rate": rate, "cpu_us": (self.cpu() - before) / count * 1e6}


def compare(what, against, sides, rounds, unit="requests/s"):
    """The pair's record: both sides in every round, ours first."""
    ours, theirs = [], []
    for seed in range(1, rounds + 1):
        for side, found in zip(sides, (ours, theirs), strict=True):
            found.append(side.round(seed))
    return record.pair(what, against, unit, ours, theirs)
