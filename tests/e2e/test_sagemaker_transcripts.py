"""What the real container answered, replayed: same status, media type and numbers."""
import json
import re

import numpy
from sagemaker import CSV, container  # noqa: F401

# Where we answer otherwise on purpose, and why. Nothing else is excused.
DEVIATIONS = {
    ("iris_softprob_booster", "ct json"):
        (200, CSV, "JSON input is accepted here, and refused there"),
}

NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]\d+)?|-?\d+e[+-]\d+")


def read_transcripts(shared_data):
    folder = shared_data / "sagemaker-contract"
    return folder, json.loads((folder / "transcripts.json").read_text())


def ask(server, case):
    return server.request(case.get("method", "POST"), case.get("path", "/invocations"),
                          case.get("body"), case.get("headers"))


def split(text):
    """What is around the numbers, and the numbers as float32."""
    return NUMBER.split(text), [numpy.float32(n) for n in NUMBER.findall(text)]


def is_same(answer, recorded):
    if answer.status != recorded["status"]:
        return False
    if answer.headers["Content-Type"] != recorded["content_type"]:
        return False
    # What an error says is ours: it says more.
    return answer.status >= 300 or split(answer.body.decode()) == split(recorded["body"])


def deviates(answer, expected):
    status, content_type, _ = expected
    return (answer.status, answer.headers["Content-Type"]) == (status, content_type)


def test_transcripts(container, shared_data, capsys):  # noqa: F811
    folder, groups = read_transcripts(shared_data)
    total, same, excused, wrong = 0, 0, [], []
    for name, group in groups.items():
        server = container(folder / "models" / group["model_file"], group["env"])
        before = server.metrics()
        for case in group["cases"]:
            total += 1
            answer = ask(server, case)
            expected = DEVIATIONS.get((name, case["name"]))
            if expected is not None and deviates(answer, expected):
                excused.append(f"{name}, {case['name']}: {expected[2]}")
            elif expected is None and is_same(answer, case["response"]):
                same += 1
            else:
                wrong.append((name, case, answer))
        assert_counted(server, before, group["cases"])
    with capsys.disabled():
        print(f"\n{same} of {total} transcripts are as recorded", *excused, sep="\n  ")
    assert not wrong
    assert same + len(DEVIATIONS) == total >= 60


def assert_counted(server, before, cases):
    """Each request once, under its status."""
    now = server.metrics()
    asked = now.value("lookup_requests_total", dialect="sagemaker") - before.value(
        "lookup_requests_total", dialect="sagemaker")
    assert asked == len(cases)
