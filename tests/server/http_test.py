"""HTTP as clients, slow ones, broken ones and hostile ones speak it."""
import json
import select
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from running_server import BINARY, Server, read_all

RUNNING = 'minnow_requests_running{gen_ai_request_model="minnow-home"}'
LONG = {"prompt": "switch on", "max_tokens": 400, "temperature": 3, "top_k": 0, "top_p": 1, "min_p": 0, "stream": True,
        "regex": "[a-z ]{2000}"}


def completion(body, version="1.1"):
    data = json.dumps(body).encode()
    return b"POST /v1/completions HTTP/%s\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (
        version.encode(), len(data), data)


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--request-timeout", 1, "--max-body", 1, "--max-connections", 300, "--parallel", 4)
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def exchange(self, data, wait=0):
        with self.server.raw() as connection:
            connection.sendall(data)
            time.sleep(wait)
            return read_all(connection)

    def test_keeps_connections_and_takes_requests_that_come_together(self):
        one = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        reply = self.exchange(one + one + one.replace(b"Host", b"Connection: close\r\nHost"))
        self.assertEqual(reply.count(b"HTTP/1.1 200 OK"), 3)

    def test_http_1_0_gets_an_answer_without_chunks(self):
        body = json.dumps({"prompt": "a", "max_tokens": 3, "stream": True}).encode()
        reply = self.exchange(b"POST /v1/completions HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        self.assertIn(b" 200 ", reply.split(b"\r\n")[0])
        self.assertNotIn(b"chunked", reply)
        self.assertTrue(reply.endswith(b"data: [DONE]\n\n"))

    def test_takes_a_body_in_chunks_and_invites_one_that_waits(self):
        head = b"POST /tokenize HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        reply = self.exchange(head + b"\r\n5\r\n{\"con\r\n10\r\ntent\": \"abc de\"}\r\n0\r\n\r\n")
        self.assertIn(b"200 OK", reply)
        reply = self.exchange(head + b"Expect: 100-continue\r\n\r\n10\r\n{\"content\": \"ab\"\r\n1\r\n}\r\n0\r\n\r\n")
        self.assertTrue(reply.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))

    def test_head_has_no_body(self):
        status, headers, data = self.server.request("HEAD", "/health")
        self.assertEqual((status, data), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 0)

    def test_refuses_what_is_not_http_or_too_large(self):
        self.assertIn(b" 400 ", self.exchange(b"nonsense\r\n\r\n"))
        self.assertIn(b" 400 ", self.exchange(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"))
        self.assertIn(b" 431 ", self.exchange(b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 40_000 + b"\r\n\r\n"))
        self.assertIn(b" 413 ", self.exchange(
            b"POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{"))
        self.assertIn(b" 400 ", self.exchange(
            b"POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{"))

    def test_a_slow_request_is_told_so(self):
        for start in (b"GET /hea", b"POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{"):
            self.assertIn(b" 408 ", self.exchange(start))

    def test_many_slow_clients_do_not_keep_others_waiting(self):
        slow = [self.server.raw() for _ in range(200)]
        try:
            for connection in slow:
                connection.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nX: ")
            self.assertEqual(self.server.get("/health")[0], 200)
        finally:
            for connection in slow:
                connection.close()

    def test_too_many_connections_are_closed_and_leave_room_again(self):
        many = []
        for _ in range(400):
            many.append(self.server.raw())
        time.sleep(0.3)
        closed = 0
        for connection in many:
            connection.setblocking(False)
            try:
                closed += connection.recv(1) == b""
            except (BlockingIOError, ConnectionResetError):
                pass
            connection.close()
        self.assertGreaterEqual(closed, 90)
        time.sleep(0.2)
        self.assertEqual(self.server.get("/health")[0], 200)

    def test_idle_connections_keep_nobody_out(self):
        idle = [self.server.raw() for _ in range(400)]
        try:
            self.assertEqual(self.server.get("/health")[0], 200)
        finally:
            for connection in idle:
                connection.close()

    def test_a_client_that_leaves_frees_its_place(self):
        with self.server.raw() as connection:
            connection.sendall(completion(LONG))
            self.assertIn(b"200 OK", connection.recv(4096))
            self.server.wait_for(RUNNING, 1)
        self.server.wait_for(RUNNING, 0)

    def test_a_client_that_leaves_before_its_answer_begins_frees_its_place(self):
        with self.server.raw() as connection:
            connection.sendall(completion({**LONG, "stream": False, "n": 16}))
            self.server.wait_for(RUNNING, 4)
        self.server.wait_for(RUNNING, 0)
        self.assertGreater(self.server.metric('minnow_answers_total{reason="cancelled"}'), 0)

    def test_a_client_that_only_stops_sending_gets_its_answer(self):
        for version in ("1.1", "1.0"):
            for stream in (False, True):
                with self.server.raw() as connection:
                    connection.sendall(completion({**LONG, "stream": stream, "max_tokens": 100}, version))
                    connection.shutdown(socket.SHUT_WR)
                    reply = read_all(connection)
                self.assertIn(b"200 OK", reply)
                self.assertIn(b'"finish_reason":"length"', reply)

    def test_other_web_sites_are_refused(self):
        self.assertEqual(self.server.get("/v1/models", {"Origin": "https://evil.example"})[0], 403)
        self.assertEqual(self.server.get("/v1/models", {"Host": "evil.example"})[0], 403)


class LargeBodies(unittest.TestCase):
    def test_are_bounded_in_all_and_keep_out_no_small_ones(self):
        head = b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (8 << 20)
        small = {"prompt": "a", "max_tokens": 1}
        large = {**small, "comment": "x" * 1_000_000}
        with Server() as server:
            unfinished = [server.raw() for _ in range(9)]
            for connection in unfinished:
                connection.sendall(head + b" " * ((8 << 20) - 1))
            told = select.select(unfinished, [], [], 30)[0]
            self.assertTrue(told)
            reply = told[0].recv(4096)
            self.assertIn(b" 503 ", reply)
            self.assertIn(b"Retry-After: 1", reply)
            self.assertEqual(server.post("/v1/completions", small)[0], 200)
            for connection in unfinished:
                connection.close()
            status, end = 503, time.monotonic() + 20
            while status == 503 and time.monotonic() < end:  # until the server has seen that they are gone
                status = server.request("POST", "/v1/completions", large)[0]
            self.assertEqual(status, 200)

    def test_a_text_that_can_not_fit_is_refused_before_it_is_tokenized(self):
        text = "a b " * (1 << 19)
        with Server() as server:
            for path, body in (("completions", {"prompt": text}), ("completions", {"prompt": ["a", text]}),
                               ("embeddings", {"input": text}), ("responses", {"input": text}),
                               ("chat/completions", {"messages": [{"role": "user", "content": text}]})):
                status, reply = server.post("/v1/" + path, body)
                self.assertEqual((status, reply["error"]["code"]), (400, "context_length_exceeded"))
                self.assertIn("bytes", reply["error"]["message"])
            status, reply = server.post("/tokenize", {"content": text})
            self.assertEqual(status, 413)
            self.assertIn("/tokenize takes", reply["error"]["message"])


class Sockets(unittest.TestCase):
    def test_a_unix_socket_alone_opens_no_port_and_is_taken_over_from_the_dead(self):
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/minnow.sock"
            for _ in range(2):  # the second finds the file that the first one, killed, has left
                with Server("--socket", path, port=None) as server:
                    self.assertIsNone(server.port)
                    with socket.socket(socket.AF_UNIX) as connection:
                        connection.connect(path)
                        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        self.assertIn(b"200 OK", read_all(connection))
                    server.stop(signal.SIGKILL)

    def test_refuses_a_taken_port_and_an_open_door(self):
        with Server() as server:
            done = subprocess.run([BINARY, "serve", "--port", str(server.port)], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"can't listen on 127.0.0.1", done.stderr)
        done = subprocess.run([BINARY, "serve", "--host", "0.0.0.0", "--port", "0"], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"needs --api-key-file", done.stderr)

    def test_keys_are_asked_for_and_read_again(self):
        with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
            keys.write("kiosk secret-one\n")
            keys.flush()
            with Server("--host", "0.0.0.0", "--api-key-file", keys.name) as server:
                self.assertEqual(server.get("/health")[0], 200)
                self.assertEqual(server.get("/v1/models")[0], 401)
                self.assertEqual(server.get("/v1/models", {"Authorization": "Bearer secret-one"})[0], 200)
                keys.seek(0)
                keys.truncate()
                keys.write("kiosk secret-two\n")
                keys.flush()
                server.process.send_signal(signal.SIGHUP)
                server.process.stderr.readline()
                self.assertEqual(server.get("/v1/models", {"Authorization": "Bearer secret-one"})[0], 401)
                self.assertEqual(server.get("/v1/models", {"Authorization": "Bearer secret-two"})[0], 200)


if __name__ == "__main__":
    unittest.main()
