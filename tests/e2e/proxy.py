"""A way to Redis on which replies are cut off, late or in pieces."""
import contextlib
import socket
import threading


class Proxy:
    """Forwards to a unix socket; `harm(reply, send)` deals with each piece of a reply."""

    def __init__(self, path):
        self.path = str(path)
        self.harm = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                redis = socket.socket(socket.AF_UNIX)
                try:
                    redis.connect(self.path)
                except OSError:
                    client.close()
                    continue
                for pair in (client, redis, False), (redis, client, True):
                    threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, source, to, is_reply):
        """Until one end is closed or the harm is an OSError."""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                harm = self.harm
                if is_reply and harm:
                    harm(data, to.sendall)
                else:
                    to.sendall(data)
        for end in source, to:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
