"""How many users and rows a server was asked for: what its outcomes must add up to."""
import json

# Answers that were looked for: of others it is not said here what they count.
LOOKED_FOR = {"unknown_user", "missing_features", "store_unavailable", "table_unavailable",
              "too_costly", "not_live"}


class Asked:
    """The native requests sent to one server through one door."""

    def __init__(self):
        self.users = 0  # and rows
        self.elsewhere = False  # others may have asked, too, or more than is known here

    def note(self, method, path, body, answer):
        """One request and its answer."""
        words = path.partition("?")[0].split("/")
        if words[:2] != ["", "v1"] or method not in ("GET", "HEAD", "POST"):
            return
        if len(words) == 3 and method != "POST":
            return  # about the table
        if len(words) not in (3, 4) or not was_looked_for(method, answer):
            self.elsewhere = True
        elif len(words) == 4:
            self.users += 1
        elif answer.status == 200:
            self.users += how_many(body)
        else:
            self.elsewhere = True  # refused as a whole, or each of many

    def check(self, metrics):
        """Precomputed, live, default, unknown and error are all that was asked for."""
        counted = metrics.value("lookup_answers_total", dialect="native")
        fine = counted >= self.users if self.elsewhere else counted == self.users
        assert fine, f"{self.users} users and rows were asked for, {counted:.0f} are counted"


def was_looked_for(method, answer):
    if answer.status in (200, 304):
        return True
    return method != "HEAD" and answer.error in LOOKED_FOR


def how_many(body):
    asked = json.loads(body)
    return len(asked.get("users") or asked.get("instances"))
