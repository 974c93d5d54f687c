"""tests/support/steady notices what it is there to notice."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from programs import run

USERS = ["u1", "u 2", "u3"]
VALUE = {"u1": 0.25, "u 2": 0.1, "u3": 1e-05}


def right(user):
    return 200, {"user": user, "source": "precomputed", "generation": 1,
                 "prediction": VALUE[user]}


@pytest.fixture
def answering():
    """answering(f): a server whose f(user) gives status and body; its port."""
    servers = []

    def start(give):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self):
                status, body = give(self.path.split("/")[3].replace("%20", " "))
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                self.wfile.flush()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def steady(tmp_path):
    rows = [f"{user},{VALUE[user]}" for user in USERS]
    (tmp_path / "said.csv").write_text("\n".join(["user_id,prediction", *rows]) + "\n")

    def ask(port, generation=1):
        result = run("support/steady", "--port", port, "--table", "t", "--rate", 100,
                     "--seconds", 1, "--connections", 4, "--timeout", "1s",
                     "--users", tmp_path / "said.csv",
                     "--expect", f"{generation}={tmp_path / 'said.csv'}")
        return result.code, json.loads(result.out or "{}"), result
    return ask


def test_right_answers_pass(answering, steady):
    code, said, result = steady(answering(right))
    assert code == 0, result
    assert (said["sent"], said["ok"], said["mismatched"]) == (100, 100, 0)
    assert said["sources"] == {"precomputed": 100, "live": 0, "other": 0}
    assert said["generations"]["1"]["answers"] == 100
    assert 0 < said["latency_us"]["p50"] <= said["latency_us"]["p99"]


@pytest.mark.parametrize("wrong", [
    {"user": "u9"}, {"prediction": 0.2500001}, {"generation": 2}, {"prediction": None}])
def test_wrong_answers_are_mismatched(answering, steady, wrong):
    def give(user):
        status, body = right(user)
        return status, {**body, **wrong} if user == "u1" else body
    code, said, result = steady(answering(give))
    assert code == 1, result
    assert said["mismatched"] > 0
    assert said["mismatched"] + said["ok"] == said["sent"] == 100


def test_user_lost_is_missing(answering, steady):
    code, said, _ = steady(answering(
        lambda user: (404, {}) if user == "u3" else right(user)))
    assert code == 1
    assert said["missing"] + said["ok"] == 100 > said["ok"]


def test_errors_are_failed(answering, steady):
    code, said, _ = steady(answering(lambda user: (503, {})))
    assert code == 1
    assert said["failed"]["status"] == 100


def test_silence_is_failed(answering, steady):
    release = threading.Event()

    def give(user):
        release.wait()
        return right(user)
    code, said, _ = steady(answering(give))
    release.set()
    assert code == 1
    assert said["failed"]["timeout"] == said["sent"]
    assert said["failed"]["unsent"] == 100 - said["sent"]


def test_nobody_there(steady):
    code, _, result = steady(1)
    assert code == 1
    assert "cannot connect to port 1" in result.err
