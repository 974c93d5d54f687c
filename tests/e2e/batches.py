"""Small batches made for a test, and what lies in Redis of a table."""
import json
import os

import numpy
from programs import Shop

TABLE = "churn"


def score(batchgen, shop, *args, source=None, **how):
    """batchgen score of the shop, or of another input."""
    return batchgen("score", "--table", TABLE, "--model", shop.model,
                    "--input", source or shop.users, *args, **how)


def published(batchgen, shop, *args, source=None):
    """The same for what must succeed: its summary."""
    result = score(batchgen, shop, "--json", *args, source=source)
    assert result.code == 0, result
    return result.json()


def start_until(step, batchgen, shop, *args):
    """A run that has stopped itself behind a step, for SIGCONT or SIGKILL."""
    run = batchgen.start("score", "--table", TABLE, "--model", shop.model,
                         "--input", shop.users, *args, env={"LOOKUP_TEST_STOP_AT": step})
    assert run.stderr.readline() == f"stopped at {step}\n"
    os.waitid(os.P_PID, run.pid, os.WSTOPPED)
    return run


def edited(folder, shop, edit, name="edited.csv"):
    """A copy of the shop's users whose lines (header first) went through edit."""
    path = folder / name
    lines = shop.users.read_text().splitlines()
    path.write_text("\n".join(edit(lines)) + "\n")
    return path


def other_shop(folder, *args):
    return Shop(folder, "--users", 2000, "--late", 10, "--trees", 20, *args)


class Table:
    """What Redis holds of a table."""

    def __init__(self, store, prefix, name=TABLE):
        self.client = store.client
        self.key = f"{prefix}:{name}"

    def manifest(self):
        return {k.decode(): v.decode() for k, v in self.client.hgetall(self.key).items()}

    @property
    def live(self):
        return int(self.manifest().get("live", 0))

    def generation(self, number):
        fields = self.client.hgetall(f"{self.key}:{number}")
        return {k.decode(): v.decode() for k, v in fields.items()}

    def records(self, number):
        """user -> bytes of every bucket, which must all exist."""
        found = {}
        for b in range(int(self.generation(number)["buckets"])):
            bucket = self.client.hgetall(f"{self.key}:{number}:{b}")
            assert bucket, f"bucket {b} is not there"
            if b"" in bucket:
                assert bucket == {b"": b""}
                continue
            found.update({user.decode(): record for user, record in bucket.items()})
        return found

    def scores(self, number):
        """user -> float32."""
        return {user: numpy.frombuffer(record, "<f4")[0]
                for user, record in self.records(number).items()}

    def keys(self):
        return {k.decode().removeprefix(self.key) for k in
                self.client.scan_iter(f"{self.key}*", count=10000)}

    def generations(self):
        """Numbers under which anything lies."""
        return {int(k.split(":")[1]) for k in self.keys()
                if k and k.split(":")[1].isdigit()}


def end_lease(table):
    """As if its 30 seconds had passed."""
    if "writer" in table.manifest():
        table.client.hset(table.key, "writer_until_ms", 1)


def listed(batchgen):
    """generation -> its line in batchgen list --json."""
    lines = json.loads(batchgen.done("list", "--table", TABLE, "--json").out)
    return {line["generation"]: line for line in lines}
