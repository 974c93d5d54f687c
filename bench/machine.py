"""What the figures were measured on."""
import os
import platform
import re
import subprocess
from pathlib import Path

PROGRAMS = ("redis-server", "nginx-light", "wrk", "memcached", "libxgboost0", "python3-xgboost",
            "python3-pandas", "python3-redis", "python3-fastapi", "python3-uvicorn", "gcc")


def first(pattern, path):
    found = re.search(pattern, Path(path).read_text(), re.M)
    return found[1].strip() if found else "?"


def versions():
    said = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *PROGRAMS],
        capture_output=True, text=True, check=False).stdout
    return dict(line.split(" ") for line in said.splitlines() if " " in line)


def commit():
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True,
                          text=True, check=False, cwd=Path(__file__).parent)
    return said.stdout.strip() or "?"


def describe():
    memory_kib = int(first(r"^MemTotal: *(\d+)", "/proc/meminfo"))
    return {"processor": first(r"^model name\s*: (.*)", "/proc/cpuinfo"),
            "cores": os.cpu_count(), "memory": f"{memory_kib / 2**20:.0f} GiB",
            "kernel": platform.release(),
            "system": first(r'^PRETTY_NAME="(.*)"', "/etc/os-release"),
            "commit": commit(), "versions": versions()}
