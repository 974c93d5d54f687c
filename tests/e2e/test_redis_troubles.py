"""Redis that is late, full, loading, another's, or behind a bad line: no wrong answer."""
import contextlib
import itertools
import random
import socket
import threading

import pytest
from programs import Redis, until
from proxy import Proxy

LATE_S = 0.08  # more than a deadline
PER_ROUND = 60


@pytest.fixture
def own_store(tmp_path):
    server = Redis(tmp_path, "--enable-debug-command", "yes")
    yield server
    server.stop()


@pytest.fixture
def proxy(own_store):
    proxy = Proxy(own_store.socket)
    yield proxy
    proxy.close()


@pytest.fixture(params=["auto", "off"])
def snapshot(request):
    return "--snapshot", request.param


def asked(shop):
    """Stored users, those with a row only, and nobody, in turn, for ever."""
    yield from itertools.cycle(itertools.chain.from_iterable(
        (user, shop.late_ids[i % len(shop.late_ids)], f"nobody{i}")
        for i, user in enumerate(shop.user_ids)))


def ask(server, shop, users, n=PER_ROUND):
    """Right, or silence; how many were answered."""
    answered = 0
    for user in itertools.islice(users, n):
        answer = server.get(f"/v1/churn/{user}")
        if answer.status == 503:
            continue
        answered += 1
        if user in shop.expected:
            assert answer.status == 200 and answer.prediction == shop.expected[user], (
                user, answer)
        else:
            assert answer.error == "unknown_user", (user, answer)
    return answered


def ask_until_all_answer(server, shop, users):
    until(lambda: ask(server, shop, users) == PER_ROUND, "all are answered")


def in_pieces(reply, send):
    for i in range(0, len(reply), 3):
        send(reply[i:i + 3])


def cut(reply, send):
    if random.random() < 0.2:
        send(reply[:random.randrange(len(reply))])
        raise ConnectionError("cut off")
    send(reply)


def late(reply, send):
    if random.random() < 0.2:
        threading.Event().wait(LATE_S)
    send(reply)


@pytest.mark.parametrize("harm", [in_pieces, cut, late])
def test_a_bad_line(own_table, lookup, proxy, shop, snapshot, harm):
    server = lookup(*snapshot, redis=proxy)
    users = asked(shop)
    ask_until_all_answer(server, shop, users)
    proxy.harm = harm
    for _ in range(5):
        ask(server, shop, users)
    proxy.harm = None
    ask_until_all_answer(server, shop, users)


@contextlib.contextmanager
def paused(store):
    store.client.execute_command("CLIENT", "PAUSE", 300, "ALL")
    yield


@contextlib.contextmanager
def asleep(store):
    sleeper = threading.Thread(target=store.client.execute_command, args=("DEBUG", "SLEEP", 0.3))
    sleeper.start()
    yield
    sleeper.join()


@contextlib.contextmanager
def full(store):
    """All connections are taken by others, and ours are cut."""
    store.client.config_set("maxclients", 5)
    others = []
    until(lambda: others.append(store_connection(store)) or refused(others[-1]), "it is full")
    store.client.client_kill_filter(_type="normal", skipme=True)
    others += [store_connection(store) for _ in range(10)]
    yield
    for other in others:
        other.close()
    store.client.config_set("maxclients", 1000)


def store_connection(store):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(store.socket))
    return connection


def refused(connection):
    connection.settimeout(0.05)
    with contextlib.suppress(TimeoutError):
        return b"max number" in connection.recv(100)
    return False


@contextlib.contextmanager
def locked(store):
    """Another password than the server's."""
    store.client.config_set("requirepass", "new")
    kill_others(store)
    yield
    store.client.config_set("requirepass", "")


def kill_others(store):
    store.client.client_kill_filter(_type="normal", skipme=True)


@contextlib.contextmanager
def replica(store):
    """Of nobody who is there: it answers from what it has."""
    store.client.execute_command("REPLICAOF", "127.0.0.1", "1")
    kill_others(store)
    yield
    store.client.execute_command("REPLICAOF", "NO", "ONE")


@contextlib.contextmanager
def loading(store):
    """Restarted, and long in reading what it had; answers that it is loading."""
    store.client.save()
    store.stop()
    store.command += ["--key-load-delay", "10000",
                      "--loading-process-events-interval-bytes", "1024"]
    store.launch()
    yield
    until(store.answers, "all is read")


@pytest.mark.parametrize("trouble", [paused, asleep, full, locked, replica, loading])
def test_trouble(own_table, lookup, own_store, shop, snapshot, trouble):
    server = lookup(*snapshot, redis=own_store)
    users = asked(shop)
    ask_until_all_answer(server, shop, users)
    before = server.metrics()
    with trouble(own_store):
        for _ in range(3):
            ask(server, shop, users)
    ask_until_all_answer(server, shop, users)
    server.wait_for("ready")
    assert {"precomputed", "error"} <= set(server.metrics().delta(before)) <= {
        "precomputed", "live", "unknown", "error"}


def test_an_older_dump_is_restored(own_table, lookup, own_store, shop, snapshot):
    """Generation 2 was published after it: what it said is not said any more."""
    server = lookup(*snapshot, redis=own_store)
    own_store.client.save()
    own_table.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                   "--iterations", "0:5", "--force")
    user = shop.user_ids[0]

    def generation():
        return server.get(f"/v1/churn/{user}").json().get("generation")

    until(lambda: {generation() for _ in range(10)} == {2}, "2 is answered")
    assert server.get(f"/v1/churn/{user}").prediction != shop.expected[user]
    own_store.stop()
    own_store.start()
    until(lambda: {generation() for _ in range(10)} == {1}, "1 is answered")
    ask_until_all_answer(server, shop, asked(shop))


@pytest.mark.parametrize("setting", [("maxmemory", "1"), ("min-replicas-to-write", "1")])
def test_a_put_that_is_not_taken_is_not_confirmed(own_table, lookup, own_store, shop, setting):
    server = lookup(redis=own_store)
    user, path = shop.late_ids[0], f"/v1/churn/{shop.late_ids[0]}/features"
    until(lambda: server.admin("PUT", path, {"features": {}}).status == 204, "204")
    own_store.client.config_set(*setting)
    answer = server.admin("PUT", path, {"features": {"age": 99}})
    assert (answer.status, answer.error) == (503, "store_unavailable"), answer
    assert ask(server, shop, iter([user])) == 1, "as before"
    own_store.client.config_set(setting[0], "0")
    assert server.admin("PUT", path, {"features": {"age": 99}}).status == 204
