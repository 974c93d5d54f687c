"""The same rows in every form batchgen reads."""
import csv
import json


class Matrix:
    """The shop's users in every form: rows of cells as text, '' missing."""

    def __init__(self, shop):
        with shop.users.open(newline="") as f:
            header, *rows = csv.reader(f)
        self.names = header[1:]
        self.ids = [row[0] for row in rows]
        self.rows = [row[1:] for row in rows]

    def csv(self):
        return "".join(",".join(row) + "\n" for row in self.rows)

    def named_csv(self):
        return ",".join(self.names) + "\n" + self.csv()

    def libsvm(self, base=0, ids=False):
        return "".join(
            " ".join([user if ids else "0",
                      *(f"{i + base}:{cell}" for i, cell in enumerate(row) if cell)]) + "\n"
            for user, row in zip(self.ids, self.rows))

    def jsonl(self, nested=True):
        """Written by hand: numbers keep their text."""
        lines = []
        for user, row in zip(self.ids, self.rows):
            members = ",".join(f"{json.dumps(n)}:{cell or 'null'}"
                               for n, cell in zip(self.names, row))
            lines.append(f'{{"user_id":{json.dumps(user)},"features":{{{members}}}}}\n' if nested
                         else f'{{"user_id":{json.dumps(user)},{members}}}\n')
        return "".join(lines)

    def json_lists(self):
        return "".join('{"features":[' + ",".join(cell or "null" for cell in row) + "]}\n"
                       for row in self.rows)
