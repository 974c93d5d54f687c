"""What a user would take instead: nginx, nginx + lua, FastAPI, memcached."""
import csv
import os
import pwd
import socket
import subprocess
import sys

from beside import TABLE, Nginx, fetch, until_listens
from programs import CHILD, ROOT, free_port

LUA_MODULES = """
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
"""

LUA = """
content_by_lua_block {
    local store = require("nginx.redis"):new()
    local ok, err = store:connect("%s")
    if not ok then
        ngx.log(ngx.ERR, err)
        return ngx.exit(503)
    end
    local answer = store:get("json:" .. string.sub(ngx.var.uri, %d))
    if type(answer) ~= "string" then
        return ngx.exit(404)
    end
    store:set_keepalive(60000, 128)
    ngx.header.content_length = #answer
    ngx.print(answer)
}
"""


def answer_bytes(port, user):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"GET /v1/{TABLE}/{user} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        return len(s.recv(65536))


def nginx_constant(folder, server, user):
    """nginx with our answer for the user, its head padded to our length."""
    body = fetch(server.port, [user])[0].decode().rstrip("\n")
    pad, want = 1, answer_bytes(server.port, user)
    while True:
        nginx = Nginx(folder, "", "add_header X-Pad %s; return 200 '%s\\n';" % ("x" * pad, body))
        have = answer_bytes(nginx.port, user)
        if have == want:
            return nginx
        nginx.stop()
        pad += want - have


def nginx_lua(folder, store):
    """nginx that answers with the string json:USER of the store."""
    return Nginx(folder, LUA_MODULES, LUA % (f"unix:{store.socket}", len(f"/v1/{TABLE}/") + 1))


def store_bodies(store, server, users):
    """Our bodies as strings json:USER, for those who answer from them."""
    bodies = fetch(server.port, users)
    with store.client.pipeline(transaction=False) as pipe:
        for user, body in zip(users, bodies, strict=True):
            assert b'"source":"precomputed"' in body, body
            pipe.set(f"json:{user}", body)
        pipe.execute()


def store_rows(store, path):
    """The rows of a csv as hashes row:USER, cells that are empty left out."""
    with path.open(newline="") as f, store.client.pipeline(transaction=False) as pipe:
        names, *rows = csv.reader(f)
        for user, *cells in rows:
            pipe.hset(f"row:{user}", mapping={
                n: c for n, c in zip(names[1:], cells, strict=True) if c})
        pipe.execute()


class FastApi:
    """peers/fastapi_app.py under one process of uvicorn."""

    def __init__(self, model, store, **more):
        """more: further variables of its environment."""
        self.port = free_port()
        self.process = subprocess.Popen(
            [*CHILD, sys.executable, "-m", "uvicorn", "--app-dir", ROOT / "bench/peers",
             "--port", str(self.port), "--no-access-log", "--log-level", "warning",
             "fastapi_app:app"],
            env={**os.environ, "MODEL": str(model), "REDIS_SOCKET": str(store.socket),
                 "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", **more})
        until_listens(self, "uvicorn")

    def worker(self):
        return self.process.pid

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Memcached:
    """memcached with one thread, filled with bodies by key."""

    def __init__(self, bodies):
        self.port = free_port()
        self.process = subprocess.Popen(
            [*CHILD, "memcached", "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", "-t", "1",
             "-m", "2048", "-u", pwd.getpwuid(os.getuid()).pw_name])
        until_listens(self, "memcached")
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            for key, body in bodies.items():
                s.sendall(b"set %s 0 0 %d noreply\r\n%s\r\n" % (key.encode(), len(body), body))
            s.sendall(b"stats\r\n")
            held = s.makefile("rb")
            count = next(line for line in held if line.startswith(b"STAT curr_items "))
            assert int(count.split()[2]) == len(bodies), count

    def stop(self):
        self.process.terminate()
        self.process.wait()
