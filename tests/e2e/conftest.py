"""Fixtures: a Redis for the session, a prefix, batchgen and servers a test."""
import csv
import itertools

import pytest
from programs import ROOT, Batchgen, Redis, Server, Shop

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The session's redis-server; what tests store differs by prefix."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def own_store(tmp_path):
    """A redis-server for one test, which may stop, kill or fill it."""
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def prefix():
    return f"test{next(numbers)}"


@pytest.fixture
def batchgen(store, prefix):
    return Batchgen(store, prefix)


@pytest.fixture
def lookup(store, prefix, tmp_path):
    """lookup("--flag", ...) starts a server; all are stopped and must end well."""
    servers = []

    def start(*args, wait="ready", redis=store, under=()):
        servers.append(Server(
            tmp_path, "--redis", redis.url, "--prefix", prefix, "--threads", 2, *args,
            wait=wait, under=under))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """2,000 users with records to be and 100 late ones."""
    return Shop(tmp_path_factory.mktemp("shop"),
                "--users", 2000, "--late", 100, "--trees", 20)


@pytest.fixture
def rows(shop):
    """{user: {feature: number or None}} of the late ones."""
    with shop.late.open(newline="") as f:
        return {row.pop("user_id"): {n: float(v) if v else None for n, v in row.items()}
                for row in csv.DictReader(f)}


@pytest.fixture
def own_table(own_store, prefix, shop):
    """The same table as `published` in the test's own store: its Batchgen."""
    batchgen = Batchgen(own_store, prefix)
    batchgen.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    batchgen.done("features", "--table", "churn", "--input", shop.late)
    return batchgen


@pytest.fixture
def published(batchgen, shop):
    """Table `churn`: the shop's users, and feature rows of the late ones."""
    batchgen.done("score", "--table", "churn", "--model", shop.model, "--input", shop.users,
                  "--id-column", "user_id")
    batchgen.done("features", "--table", "churn", "--input", shop.late,
                  "--id-column", "user_id")
    return "churn"


@pytest.fixture
def server(lookup, published):
    """A lookup that serves the published table."""
    return lookup()


@pytest.fixture(scope="session")
def shared_data():
    """The data beside the repository, of which nothing is committed."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which is not there")
    return folder


@pytest.fixture
def shelf(tmp_path):
    """A folder for --snapshot-dir."""
    return tmp_path / "shelf"


@pytest.fixture
def start(lookup, own_store, shelf):
    """start(*args): lookup that keeps its snapshots on the shelf."""
    def with_shelf(*args, **how):
        return lookup("--snapshot-dir", shelf, *args, redis=own_store, **how)
    return with_shelf
