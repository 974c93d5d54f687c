"""What every benchmark does around its measuring: options, set-up, the end."""
import argparse
import inspect
import json
import resource
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from programs import Batchgen, Redis, Server, Shop  # noqa: E402

import record  # noqa: E402

PREFIX = "bench"
FILES = 8192  # open at once: a thousand connections, on both sides of a proxy


class Skip(Exception):
    """There is nothing to measure with; says what is missing."""


def recs_folder():
    """A shop's items to rank, from the data beside the repository."""
    folder = ROOT.parent / "shared/data/shop/recs"
    if not folder.is_dir():
        raise Skip("../shared/data/shop/recs is not there: nothing to rank")
    return folder


class Stage:
    """A folder of its own, and what runs, which ends in reverse order."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.running = []

    def start(self, program):
        """Keep what has a stop(); returns it."""
        self.running.append(program)
        return program

    def end(self, program):
        """Before the others."""
        self.running.remove(program)
        program.stop()

    def place(self, name):
        (self.folder / name).mkdir(exist_ok=True)
        return self.folder / name

    def store(self, name="store", *options):
        return self.start(Redis(self.place(name), *options))

    def shop(self, users, *options, late=0):
        return Shop(self.place("shop"), "--users", users, "--late", late, *options)

    def score(self, store, shop, table, *options):
        """A generation of the shop's users; what batchgen said."""
        return Batchgen(store, PREFIX).done(
            "score", "--table", table, "--model", shop.model, "--input", shop.users,
            "--json", *options, seconds=1200).json()

    def server(self, store, *options):
        """lookup with one worker, as patient as the others: a busy machine is no error."""
        return self.start(Server(self.folder, "--redis", store.url, "--prefix", PREFIX,
                                 "--threads", 1, "--timeout-ms", 2000, *options))

    def close(self):
        for program in reversed(self.running):
            program.stop()
        shutil.rmtree(self.folder)


def arguments(doc, choices):
    """choices: option -> its default, or one for a full run and one for --quick."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small and short: a rough idea")
    parser.add_argument("--json", type=Path, metavar="FILE", help="leave the records there")
    for name, default in choices.items():
        full, quick = default if isinstance(default, tuple) else (default, default)
        how = {"action": "store_true"} if full is False else {
            "type": type(full), "help": f"{full}; --quick: {quick}"}
        parser.add_argument(f"--{name.replace('_', '-')}", **how)
    options = parser.parse_args()
    for name, default in choices.items():
        if getattr(options, name) is None:
            pick = default if isinstance(default, tuple) else (default, default)
            setattr(options, name, pick[options.quick])
    return options


def play(measure, **choices):
    """Run measure(stage, options), which yields records; print and keep them."""
    doc = inspect.getmodule(measure).__doc__
    options = arguments(doc, choices)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
    stage, records, skipped = Stage(), [], None
    try:
        for found in measure(stage, options):
            print(record.text(found), flush=True)
            records.append(found)
    except Skip as why:
        skipped = str(why)
        print(f"skipped: {skipped}")
    finally:
        stage.close()
    if options.json:
        options.json.write_text(json.dumps(
            {"doc": doc, "skipped": skipped, "records": records}))
