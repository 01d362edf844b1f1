"""TLS, with certificates made by the openssl program."""
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import unittest
import warnings

import clients
from running_server import Server, read_all

LONG = {"prompt": "a", "n": 16, "max_tokens": 400, "temperature": 3, "regex": "[a-z ]{2000}"}
RUNNING = 'minnow_requests_running{gen_ai_request_model="minnow-home"}'


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"], check=True, capture_output=True)


class SecureServer(Server):
    """A Server whose clients speak TLS and trust one certificate."""

    def __init__(self, folder, *words):
        super().__init__("--tls-cert", f"{folder}/used.pem", "--tls-key", f"{folder}/used.key", *words)
        self.trusted = f"{folder}/first.pem"

    def context(self):
        return ssl.create_default_context(cafile=self.trusted)

    def connect(self, timeout=60):
        return http.client.HTTPSConnection("localhost", self.port, timeout=timeout, context=self.context())


class Tls(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.use("first")
        self.server = SecureServer(self.folder.name, "--request-timeout", 1)
        self.server.__enter__()

    def tearDown(self):
        self.server.__exit__()
        self.folder.cleanup()

    def use(self, name):
        make_certificate(self.folder.name, name)
        for kind in ("pem", "key"):
            shutil.copy(f"{self.folder.name}/{name}.{kind}", f"{self.folder.name}/used.{kind}")

    def reload(self):
        self.server.process.send_signal(signal.SIGHUP)
        return self.server.process.stderr.readline()

    def test_answers_and_streams_on_one_connection(self):
        self.assertIn(b"https://", self.server.log)
        connection = self.server.connect()
        for _ in range(3):
            connection.request("POST", "/v1/completions", json.dumps({"prompt": "a", "max_tokens": 5, "stream": True}))
            self.assertTrue(connection.getresponse().read().endswith(b"data: [DONE]\n\n"))

    def test_old_protocols_plain_talk_and_silence_are_turned_away(self):
        old = self.server.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.server.raw() as plain, self.assertRaises(ssl.SSLError):
            old.wrap_socket(plain, server_hostname="localhost")
        with self.server.raw() as plain:
            plain.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertNotIn(b"HTTP", read_all(plain))
        with self.server.raw(timeout=10) as silent:
            self.assertEqual(silent.recv(1), b"")

    def test_a_client_that_leaves_frees_its_place(self):
        for stream in (False, True):
            with self.server.context().wrap_socket(self.server.raw(), server_hostname="localhost") as client:
                data = json.dumps({**LONG, "stream": stream}).encode()
                client.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                               % (len(data), data))
                self.server.wait_for(RUNNING, 16)
            self.server.wait_for(RUNNING, 0)
        self.assertGreater(self.server.metric('minnow_answers_total{reason="cancelled"}'), 0)

    def test_broken_files_change_nothing_and_good_ones_are_used(self):
        for kind in ("pem", "key"):
            with open(f"{self.folder.name}/used.{kind}", "w", encoding="ascii") as file:
                file.write("nonsense")
            self.assertIn(b"kept the old configuration: can't use the TLS", self.reload())
            self.assertEqual(self.server.get("/health")[0], 200)
            shutil.copy(f"{self.folder.name}/first.{kind}", f"{self.folder.name}/used.{kind}")
        self.use("second")
        self.assertIn(b"read the configuration again: certificates", self.reload())
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.server.get("/health")
        self.server.trusted = f"{self.folder.name}/second.pem"
        self.assertEqual(self.server.get("/health")[0], 200)

    def test_keys_and_certificates_are_taken_together_or_not_at_all(self):
        keys = f"{self.folder.name}/keys"
        with open(keys, "w", encoding="ascii") as file:
            file.write("kiosk secret-one\n")
        with SecureServer(self.folder.name, "--api-key-file", keys) as server:
            with open(keys, "w", encoding="ascii") as file:
                file.write("kiosk secret-two\n")
            os.rename(f"{self.folder.name}/used.pem", f"{self.folder.name}/away.pem")
            server.process.send_signal(signal.SIGHUP)
            self.assertIn(b"kept the old configuration", server.process.stderr.readline())
            self.assertEqual(server.get("/v1/models", {"Authorization": "Bearer secret-one"})[0], 200)
            os.rename(f"{self.folder.name}/away.pem", f"{self.folder.name}/used.pem")
            server.process.send_signal(signal.SIGHUP)
            self.assertIn(b"read the configuration again: keys, certificates", server.process.stderr.readline())
            self.assertEqual(server.get("/v1/models", {"Authorization": "Bearer secret-two"})[0], 200)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        clients.skip("there is no openssl")
    unittest.main()
