"""Starts `minnow serve` on a free port and talks to it. MINNOW names the program."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

BINARY = os.environ["MINNOW"]
SOURCE = pathlib.Path(os.environ["MINNOW_SOURCE"])
HOME_MODEL = SOURCE / "models" / "home" / "minnow-home.gguf"


class Server:
    """with Server("--parallel", 2) as server: server.post("/v1/completions", {...})"""

    def __init__(self, *words, port="0", env=None):
        self.words = [BINARY, "serve", *(["--port", port] if port is not None else []), *map(str, words)]
        self.env = {**os.environ, **(env or {})}
        self.port = None

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=self.env)
        self.log = b""
        while b"is ready" not in self.log:
            line = self.process.stderr.readline()
            if not line:
                raise RuntimeError(f"the server ended: {self.log!r}")
            self.log += line
        found = re.search(rb"https?://[^:]+:(\d+)", self.log)
        if not found and b"listening" not in self.log:  # the two lines come in any order
            self.log += self.process.stderr.readline()
            found = re.search(rb"https?://[^:]+:(\d+)", self.log)
        self.port = int(found.group(1)) if found else None
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def stop(self, number=signal.SIGTERM, patience=60):
        """Sends a signal and returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(patience)

    def connect(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self, timeout=60):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def request(self, method, path, body=None, headers=None):
        """(status, headers, bytes)"""
        connection = self.connect()
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        connection.request(method, path, data, headers or {})
        reply = connection.getresponse()
        data = reply.read()
        connection.close()
        return reply.status, reply.headers, data

    def post(self, path, body, headers=None):
        status, _, data = self.request("POST", path, body, headers)
        return status, json.loads(data)

    def get(self, path, headers=None):
        status, _, data = self.request("GET", path, None, headers)
        return status, data

    def metric(self, name):
        _, text = self.get("/metrics")
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text.decode(), re.M).group(1))

    def wait_for(self, name, value, patience=30):
        end = time.monotonic() + patience
        while self.metric(name) != value:
            if time.monotonic() > end:
                raise AssertionError(f"{name} never became {value}")
            time.sleep(0.02)


def read_all(connection):
    data = b""
    try:
        while part := connection.recv(65536):
            data += part
    except (ConnectionResetError, socket.timeout):
        pass
    return data
