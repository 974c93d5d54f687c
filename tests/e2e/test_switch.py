"""Publish, publish again and roll back under a steady load."""
import json
import signal
import subprocess

import numpy
import pytest
from programs import BUILD, CHILD, ROOT, SLOWER, Shop, until


@pytest.fixture(scope="session")
def other_model(tmp_path_factory):
    """Another model of the same features, so that answers differ."""
    return Shop(tmp_path_factory.mktemp("other"),
                "--users", 2000, "--late", 1, "--trees", 20, "--seed", 2).model


def write_records(store, prefix, gen, path):
    """A generation's values as they lie in Redis: what it must answer."""
    with path.open("w") as out:
        out.write("user_id,prediction\n")
        for key in store.client.scan_iter(f"{prefix}:churn:{gen}:*"):
            if key.rsplit(b":", 1)[1].isdigit():
                for user, record in store.client.hgetall(key).items():
                    value = numpy.frombuffer(record, "<f4")[0]
                    out.write(f"{user.decode()},{value:.9g}\n")
    return path


def steady(server, shop, expect, seconds, rate=5000):
    args = ["--port", server.port, "--table", "churn", "--users", shop.users,
            "--rate", rate // SLOWER, "--seconds", seconds]
    for gen, path in expect.items():
        args += ["--expect", f"{gen}={path}"]
    return subprocess.Popen([*CHILD, BUILD / "support/steady", *map(str, args)],
                            stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_no_answer_fails_or_mixes_generations(server, batchgen, store, prefix, shop,
                                              other_model, tmp_path):
    score = ("score", "--table", "churn", "--input", shop.users, "--model")
    batchgen.done(*score, other_model, "--no-publish")
    batchgen.done(*score, shop.model, "--no-publish", "--iterations", "0:5")
    expect = {gen: write_records(store, prefix, gen, tmp_path / f"{gen}.csv")
              for gen in (1, 2, 3)}

    def wait_until_live(gen):
        until(lambda: server.get(f"/v1/churn/{shop.user_ids[0]}").json()["generation"] == gen,
              f"generation {gen} is answered")

    load = steady(server, shop, expect, seconds=6)
    before = server.metrics()
    for gen in (2, 3):
        batchgen.done("publish", gen, "--table", "churn", "--force")
        wait_until_live(gen)
    batchgen.done("rollback", "--table", "churn")
    wait_until_live(2)
    out, _ = load.communicate(timeout=60 * SLOWER)
    said = json.loads(out)
    assert load.returncode == 0, said
    assert not any(said["failed"].values()) and said["mismatched"] == 0, said
    assert said["sent"] == said["ok"] > 0, said
    assert set(said["generations"]) == {"1", "2", "3"}, said
    assert set(server.metrics().delta(before)) == {"precomputed"}


def test_a_killed_server_is_not_waited_for_longer_than_asked(lookup, batchgen, shop,
                                                             published):
    server = lookup()
    server.signal(signal.SIGKILL)
    server.process.wait()
    done = batchgen.done("score", "--table", "churn", "--model", shop.model,
                         "--input", shop.users, "--warm-wait", "100ms")
    assert "not loaded" in done.err
    server.process.returncode = 0  # it did not end well, and should not
