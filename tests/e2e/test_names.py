"""Redis by its name, and a name server that does not answer."""
import pytest
from programs import BUILD, Batchgen, Redis, free_port, until


@pytest.fixture
def silence(tmp_path):
    """The file: while it is there no name has an address."""
    return tmp_path / "no-names"


@pytest.fixture
def named(tmp_path, prefix, shop):
    """A Redis known by name, with table churn."""
    port = free_port()
    store = Redis(tmp_path, "--port", str(port))
    store.url = f"redis://localhost:{port}"
    batchgen = Batchgen(store, prefix)
    batchgen.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    batchgen.done("features", "--table", "churn", "--input", shop.late)
    yield store
    store.stop()


@pytest.fixture
def serve(lookup, named, silence, shelf):
    def start():
        return lookup("--snapshot-dir", shelf, redis=named, under=(
            "env", f"LD_PRELOAD={BUILD}/support/names.so", f"NO_NAMES={silence}",
            "ASAN_OPTIONS=verify_asan_link_order=0"))
    return start


def is_up(server):
    return server.metrics().value("lookup_store_up") == 1


def assert_hits(server, shop):
    """Over new connections, so that both workers are asked."""
    before = server.metrics()
    for user in shop.user_ids[:50]:
        assert server.get(f"/v1/churn/{user}").prediction == shop.expected[user]
    assert server.metrics().delta(before) == {"precomputed": 50}


def assert_live(server, shop):
    """What needs Redis: a row of features. A worker may still be connecting."""
    user = shop.late_ids[0]

    def scored():
        answer = server.get(f"/v1/churn/{user}")
        return answer.status == 200 and answer.prediction == shop.expected[user]

    until(scored, "Redis is asked")


def test_lost_while_redis_is_away(serve, named, silence, shop):
    server = serve()
    assert_live(server, shop)
    silence.touch()
    named.stop()
    until(lambda: server.get(f"/v1/churn/{shop.late_ids[0]}").status == 503, "Redis is missed")
    assert_hits(server, shop)
    named.start()
    silence.unlink()
    until(lambda: is_up(server), "Redis is found again")
    assert_hits(server, shop)


def test_lost_at_the_start(serve, silence, shop, shelf):
    serve().stop()
    assert any(shelf.iterdir())
    silence.touch()
    server = serve()
    assert_hits(server, shop)
    assert not is_up(server)
    silence.unlink()
    until(lambda: is_up(server), "Redis is found")
    assert_live(server, shop)
