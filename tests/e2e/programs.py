"""The programs under test, and the Redis beside them, as Python objects."""
import csv
import http.client
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import numpy
import redis
from asked import Asked

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
SLOWER = 5 if BUILD.name in ("san", "tsan") else 1  # what a sanitizer costs
SANITIZER = re.compile(r"(ERROR|WARNING): \w+Sanitizer|runtime error:")

# A child dies with us, however we die.
CHILD = ("setpriv", "--pdeathsig", "KILL")


def until(condition, what, seconds=10, given_up=lambda: None):
    """Poll condition until it is true and return its value."""
    deadline = time.monotonic() + seconds * SLOWER
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        given_up()
        time.sleep(0.005)
    raise AssertionError(f"{what}: not within {seconds * SLOWER} s")


# None twice: nobody listens yet when the next one is looked for. And below what
# the kernel gives to outgoing connections, one of which might take it away.
ports = itertools.cycle(random.sample(range(10240, 32768), 22528))


def free_port():
    for port in ports:
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def assert_clean(stderr):
    assert not SANITIZER.search(stderr), stderr


class Redis:
    """A private redis-server on a unix socket, keeping nothing on disk."""

    def __init__(self, folder, *options):
        self.socket = folder / "redis.sock"
        self.url = f"unix:{self.socket}"
        self.command = [
            *CHILD, "redis-server", "--port", "0", "--unixsocket", str(self.socket),
            "--save", "", "--appendonly", "no", "--dir", str(folder),
            "--logfile", str(folder / "redis.log"), *options]
        self.client = redis.Redis(unix_socket_path=str(self.socket))
        self.start()

    def start(self):
        self.launch()
        until(self.answers, "redis-server answers")

    def launch(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)

    def answers(self):
        try:
            return self.client.ping()
        except redis.AuthenticationError:
            return True
        except (redis.BusyLoadingError, redis.ConnectionError):
            assert self.process.poll() is None, "redis-server did not start"
            return False

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """At once, as if its machine had gone."""
        self.process.kill()
        self.process.wait()
        self.client.connection_pool.disconnect()


class Result:
    """How a program ended."""

    def __init__(self, run):
        self.code = run.returncode
        self.out = run.stdout
        self.err = run.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def run(program, *args, stdin=None, seconds=60, env=None):
    """Run build/program to its end."""
    done = subprocess.run(
        [*CHILD, BUILD / program, *map(str, args)], input=stdin, capture_output=True,
        text=True, timeout=seconds * SLOWER, check=False, cwd=ROOT,
        env={**os.environ, **(env or {})})
    assert_clean(done.stderr)
    return Result(done)


class Batchgen:
    """batchgen against one Redis and prefix: batchgen("list", "--json")."""

    def __init__(self, store, prefix):
        self.store = ["--redis", store.url, "--prefix", prefix]

    def __call__(self, command, *args, **how):
        return run("batchgen", command, *args, *self.store, **how)

    def done(self, command, *args, **how):
        """The same for what must succeed."""
        result = self(command, *args, **how)
        assert result.code == 0, result
        return result

    def start(self, command, *args, env=None, stdin=False):
        """Leave it running: a Popen with pipes."""
        return subprocess.Popen(
            [*CHILD, BUILD / "batchgen", command, *map(str, args), *self.store],
            stdin=subprocess.PIPE if stdin else None, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, **(env or {})})


class Answer:
    """One HTTP answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json()["error"]["code"]

    @property
    def prediction(self):
        return numpy.float32(self.json()["prediction"])

    def __repr__(self):
        return f"{self.status} {self.body!r}"


class Metrics:
    """One reading of /metrics: {(name, frozenset of labels): value}."""

    SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
    LABEL = re.compile(r'(\w+)="((?:\\.|[^"\\])*)"')

    def __init__(self, text):
        self.text = text
        self.samples = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                name, labels, value = self.SAMPLE.fullmatch(line).groups()
                key = name, frozenset(self.LABEL.findall(labels or ""))
                assert key not in self.samples, f"twice: {line}"
                self.samples[key] = float(value)

    def value(self, name, **labels):
        """Sum over the samples of that name that have these labels."""
        return sum(v for (n, have), v in self.samples.items()
                   if n == name and labels.items() <= set(have))

    def outcomes(self):
        found = {dict(labels)["outcome"]
                 for name, labels in self.samples if name == "lookup_answers_total"}
        return {o: self.value("lookup_answers_total", outcome=o) for o in found}

    def delta(self, before):
        """Answers since `before` by outcome, those that moved."""
        then = before.outcomes()
        moved = {o: int(n - then.get(o, 0)) for o, n in self.outcomes().items()}
        return {o: n for o, n in moved.items() if n}


class Server:
    """A running lookup."""

    def __init__(self, folder, *args, wait="ready", seconds=10, under=(), env=None):
        """under: the words of a program that is to run it."""
        self._port, self.admin_port, self.resp_port = free_port(), free_port(), free_port()
        self.asked = Asked()
        self.errors = folder / f"lookup-{self._port}.log"
        with self.errors.open("w") as log:
            self.process = subprocess.Popen(
                [*CHILD, *under, BUILD / "lookup", "serve", "--listen", f"127.0.0.1:{self._port}",
                 "--admin", f"127.0.0.1:{self.admin_port}",
                 "--resp", f"127.0.0.1:{self.resp_port}", *map(str, args)],
                stderr=log, cwd=ROOT, env={**os.environ, **(env or {})})
        self.wait_for(wait, seconds=seconds)

    @property
    def port(self):
        """For clients of other kinds; what they ask for is not noted."""
        self.asked.elsewhere = True
        return self._port

    def wait_for(self, health, status=200, seconds=10):
        """Until /health/{health} answers status."""
        until(lambda: self._health(health) == status, f"/health/{health} is {status}",
              seconds, self._assert_running)

    def _health(self, health):
        try:
            return self.admin("GET", f"/health/{health}").status
        except OSError:
            return None

    def _assert_running(self):
        code = self.process.poll()
        assert code is None, f"lookup ended with {code}: {self.errors.read_text()}"

    def request(self, method, path, body=None, headers=None, port=None):
        """body: bytes, str or what json makes a body of."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", port or self._port,
                                                timeout=10 * SLOWER)
        try:
            connection.request(method, path, body, headers or {})
            answer = Answer(connection.getresponse())
        except OSError:
            self.asked.elsewhere = True
            raise
        finally:
            connection.close()
        if port in (None, self._port):
            self.asked.note(method, path, body, answer)
        return answer

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body):
        return self.request("POST", path, body, {"Content-Type": "application/json"})

    def admin(self, method, path, body=None):
        return self.request(method, path, body, port=self.admin_port)

    def raw(self, sent, seconds=10, port=None):
        """Bytes in, all bytes out until the server closes."""
        with socket.create_connection(("127.0.0.1", port or self.port)) as s:
            s.settimeout(seconds * SLOWER)
            s.sendall(sent)
            got = bytearray()
            while more := s.recv(65536):
                got += more
            return bytes(got)

    def metrics(self):
        answer = self.admin("GET", "/metrics")
        assert answer.status == 200, answer
        return Metrics(answer.body.decode())

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """All counted; SIGTERM: drained, exit 0, nothing a sanitizer objects to."""
        if self.process.poll() is None:
            self.asked.check(self.metrics())
            self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(10 * SLOWER)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        said = self.errors.read_text()
        assert_clean(said)
        assert code == 0, f"lookup ended with {code}: {said}"


class Shop:
    """What tests/support/shop made, and what libxgboost predicts for it."""

    def __init__(self, folder, *args):
        made = run("support/shop", "--out", folder, *args, seconds=300)
        assert made.code == 0, made
        self.folder = folder
        self.users = folder / "users.csv"
        self.late = folder / "late.csv"
        self.model = folder / "model.json"
        self.expected = read_expected(folder / "expected.csv")
        self.user_ids = ids_of(self.users)
        self.late_ids = ids_of(self.late)


def read_expected(path):
    """id -> float32 of a two-column csv with a header."""
    with path.open(newline="") as f:
        rows = csv.reader(f)
        next(rows)
        return {user: numpy.float32(value) for user, value in rows}


def ids_of(path):
    with path.open(newline="") as f:
        rows = csv.reader(f)
        next(rows)
        return [row[0] for row in rows]
