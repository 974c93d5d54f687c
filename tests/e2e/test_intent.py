"""Real sessions of a real shop, scored by a model that others made."""
import csv

from programs import ids_of, read_expected


def test_all_sessions_from_the_store_and_live(shared_data, batchgen, lookup, tmp_path):
    intent = shared_data / "shop" / "intent"
    expected = read_expected(intent / "expected.csv")
    sessions = intent / "sessions.csv"
    how = ("--table", "intent", "--id-column", "session_id")

    done = batchgen.done("score", *how, "--model", intent / "model.json", "--input", sessions,
                         "--json").json()
    assert done["read"] == done["written"] == 12330
    server = lookup()
    before = server.metrics()
    for session in ids_of(sessions):
        assert server.get(f"/v1/intent/{session}").prediction == expected[session], session
    assert server.metrics().delta(before) == {"precomputed": 12330}

    half, rest = split(sessions, tmp_path)
    batchgen.done("score", *how, "--model", intent / "model.ubj", "--input", half, "--force")
    batchgen.done("features", *how, "--input", rest)
    before = server.metrics()
    for session in ids_of(rest):
        answer = server.get(f"/v1/intent/{session}")
        assert answer.json()["source"] == "live" and answer.prediction == expected[session]
    assert server.metrics().delta(before) == {"live": 6165}


def split(path, folder):
    """The rows at even and at odd places, each as a file of its own."""
    with path.open(newline="") as f:
        header, *rows = csv.reader(f)
    parts = folder / "half.csv", folder / "rest.csv"
    for part, some in zip(parts, (rows[0::2], rows[1::2])):
        with part.open("w", newline="") as f:
            csv.writer(f).writerows([header, *some])
    return parts
