"""The transcripts of lookup/README.md, replayed in their order on one server."""
import re
import subprocess

from programs import ROOT, SLOWER

README = ROOT / "lookup" / "README.md"

# What differs from run to run, and what it is read as.
VARIES = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"^(Date|Age|ETag|Content-Length|x-amzn-RequestId|x-amz-crc32): .*", re.M),
     r"\1: VARIES"),
    (re.compile(r'("CreationDateTime"|"uid"|"created"|"age_seconds"|"us"):[^,}]*'), r"\1:VARIES"),
    (re.compile(r"^ ", re.M), ""),
    (re.compile(r"[\r\n]"), ""),
]


def steps():
    """(command, what it printed) of each `$ ` line in a block."""
    for block in re.findall(r"^```\w*\n(.*?)^```$", README.read_text(), re.M | re.S):
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = step.splitlines(keepends=True)
            n = 1
            while lines[n - 1].endswith("\\\n"):
                n += 1
            yield "".join(lines[:n]), "".join(lines[n:])


def settled(text):
    for pattern, instead in VARIES:
        text = pattern.sub(instead, text)
    return text


def is_as_printed(got, printed):
    """Long lines may be broken before a blank in print, and cut by an ellipsis."""
    pattern = ".*".join(map(re.escape, settled(printed).split("…")))
    return re.fullmatch(pattern, settled(got)) is not None


def replay(server, command):
    for port, ours in ((8080, server.port), (8081, server.admin_port),
                       (6380, server.resp_port)):
        command = re.sub(rf"\b{port}\b", str(ours), command)
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True,
                          timeout=10 * SLOWER, check=False).stdout


def test_transcripts(server):
    replayed = 0
    for command, printed in steps():
        if command.startswith(("curl ", "redis-cli ")):
            got = replay(server, command)
            assert is_as_printed(got, printed), f"{command}\n{got}\nis not\n{printed}"
            replayed += 1
    assert replayed >= 10
