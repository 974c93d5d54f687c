"""Two servers beside each other: nginx, wrk and the CPU each takes."""
import grp
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from programs import CHILD, free_port, until  # noqa: E402

TABLE = "churn"
# Two cores where there are two.
SERVER_CORE, CLIENT_CORE = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))

NGINX = """
user {user} {group};
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{
    worker_connections 8192;
    multi_accept on;
}}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    default_type application/json;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            {location}
        }}
    }}
}}
"""

WRK = """
local batches, n = {}, 0
function init(args)
    local requests, depth = {}, tonumber(args[3])
    math.randomseed(tonumber(args[2]))
    for line in io.lines(args[1]) do
        local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
        local headers = {}
        if body == "" then
            body = nil
        else
            headers["Content-Type"] = body:sub(1, 1) == "{" and "application/json" or "text/csv"
        end
        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
    n = math.floor(#requests / depth)
    for i = 1, n do
        local part = {}
        for k = 1, depth do
            part[k] = requests[math.random(#requests)]
        end
        batches[i] = table.concat(part)
    end
end
function request()
    return batches[math.random(n)]
end
"""


def until_listens(program, name):
    """Wait for a program that has a port and a process."""
    def listens():
        assert program.process.poll() is None, f"{name} did not start"
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", program.port)) == 0
    until(listens, f"{name} listens", 30)


class Nginx:
    """nginx in the foreground, as a child."""

    def __init__(self, folder, modules, location):
        """One worker; location: what it does for any path."""
        self.port = free_port()
        conf = folder / "nginx.conf"
        conf.write_text(modules + NGINX.format(
            folder=folder, port=self.port, location=location,
            user=pwd.getpwuid(os.getuid()).pw_name, group=grp.getgrgid(os.getgid()).gr_name))
        self.process = subprocess.Popen(
            [*CHILD, "nginx", "-p", folder, "-c", conf], stderr=subprocess.DEVNULL)
        until_listens(self, "nginx")

    def worker(self):
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def fetch(port, users, path=f"/v1/{TABLE}/"):
    """Bodies for the users over one pipelined connection."""
    bodies = []
    with socket.create_connection(("127.0.0.1", port)) as s:
        stream = s.makefile("rb")
        for at in range(0, len(users), 100):
            part = users[at:at + 100]
            s.sendall("".join(f"GET {path}{user} HTTP/1.1\r\nHost: a\r\n\r\n"
                              for user in part).encode())
            bodies += [read_body(stream) for _ in part]
    return bodies


def read_body(stream):
    status = stream.readline()
    assert b" 200 " in status, status
    length = 0
    while (line := stream.readline().lower()) != b"\r\n":
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return stream.read(length)


def pin(pid, core):
    subprocess.run(["taskset", "-apc", str(core), str(pid)], check=True,
                   stdout=subprocess.DEVNULL)


def cpu_seconds(pid):
    """User and system time of all threads."""
    return sum(int(task.read_text().split()[0])
               for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


class Wrk:
    """wrk on its core, asking for random ones of the requests."""

    def __init__(self, folder, requests):
        """requests: lines of method, path and body, parted by one blank."""
        self.script, self.requests = folder / "random.lua", folder / "requests.txt"
        self.script.write_text(WRK)
        self.requests.write_text("\n".join(requests) + "\n")

    def ask(self, port, seconds, seed, depth=1, connections=64, refused=0.0):
        """Answers and answers a second.

        refused: the share that is no 200; None: any, and only 200s count, of
        which some may take long.
        """
        said = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{connections}",
             f"-d{seconds}s", "-s", self.script, f"http://127.0.0.1:{port}", "--",
             self.requests, str(seed), str(depth)],
            check=True, capture_output=True, text=True).stdout
        late = "Socket errors: connect 0, read 0, write 0, timeout" in said
        assert "Socket errors" not in said or (late and refused is None), said
        count = int(re.search(r"(\d+) requests in", said)[1])
        others = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        share = int(others[1]) / count if others else 0.0
        rate = float(re.search(r"Requests/sec: *([\d.]+)", said)[1])
        if refused is None:
            return count * (1 - share), rate * (1 - share)
        assert abs(share - refused) <= (0.02 if 0 < refused < 1 else 0), said
        return count, rate


def gets(users, table=TABLE):
    return [f"GET /v1/{table}/{user}" for user in users]
