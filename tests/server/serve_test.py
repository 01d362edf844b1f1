"""The server's life: many clients at once, the same answers alone and in company, and a calm end."""
import concurrent.futures
import json
import os
import pathlib
import signal
import tempfile
import threading
import time
import unittest

from altered_model import altered_model
from running_server import HOME_MODEL, Server, read_all

QUESTIONS = ["switch off the light over the sofa", "set the bedroom to 21 degrees", "what time is it",
             "open the garage door", "add milk to the shopping list", "dim the kitchen lights"]

CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
          "{% endfor %}{{ '<|im_start|>assistant\n' }}")


def ask(server, question, **more):
    status, reply = server.post("/v1/chat/completions",
                                {"messages": [{"role": "user", "content": question}], "temperature": 0, **more})
    assert status == 200, reply
    return reply["choices"][0]["message"]["content"]


class Serving(unittest.TestCase):
    def test_answers_do_not_depend_on_company(self):
        with Server(HOME_MODEL, "--parallel", 8, "--temp", 0) as server:
            alone = [ask(server, question) for question in QUESTIONS]
            with concurrent.futures.ThreadPoolExecutor(32) as pool:
                together = list(pool.map(lambda i: ask(server, QUESTIONS[i % len(QUESTIONS)]), range(60)))
        self.assertEqual(together, [alone[i % len(QUESTIONS)] for i in range(60)])

    def test_a_repeated_prompt_is_found_in_the_cache(self):
        with Server() as server:
            body = {"messages": [{"role": "user", "content": QUESTIONS[0]}]}
            first = server.post("/v1/chat/completions", body)[1]
            second = server.post("/v1/chat/completions", body)[1]
        self.assertEqual(first["choices"], second["choices"])
        self.assertGreater(second["usage"]["prompt_tokens_details"]["cached_tokens"], 10)

    def test_a_pinned_prompt_is_in_the_cache_before_anyone_asks(self):
        system = "You control a home with lamps, blinds and a garage door. Answer with an intent."
        with tempfile.TemporaryDirectory() as folder:
            pinned, model = pathlib.Path(folder) / "prompt.txt", pathlib.Path(folder) / "chatml.gguf"
            pinned.write_text(system)
            # The embedded model's own template leaves system messages out.
            altered_model(HOME_MODEL, model, {"tokenizer.chat_template": CHATML}, 512)
            with Server("--pin", pinned, model) as server:  # the model isn't another pinned file
                status, reply = server.post("/v1/chat/completions", {"max_tokens": 1, "messages": [
                    {"role": "system", "content": system}, {"role": "user", "content": QUESTIONS[0]}]})
        self.assertEqual(status, 200, reply)
        self.assertGreater(reply["usage"]["prompt_tokens_details"]["cached_tokens"], 15)

    def test_says_when_a_pin_does_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            pinned = pathlib.Path(folder) / "prompt.txt"
            pinned.write_text("You control a home.")
            with Server("--pin", pinned) as server:  # the embedded model, which was trained without system messages
                server.stop()
                self.assertIn(b"--pin does nothing for minnow-home", server.log + server.process.stderr.read())

    def test_a_call_that_must_be_made_is_never_text_however_short_the_answer(self):
        tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
        with Server() as server:
            for most in (1, 2, 3):
                status, reply = server.post("/v1/chat/completions", {
                    "messages": [{"role": "user", "content": "a"}], "max_tokens": most, "tools": [tool],
                    "tool_choice": "required"})
                self.assertEqual(status, 200, reply)
                self.assertFalse(reply["choices"][0]["message"]["content"])

    def test_a_terminated_server_answers_what_it_has_begun(self):
        with Server() as server:
            lines, begun = [], threading.Event()

            def stream():
                connection = server.connect()
                connection.request("POST", "/v1/completions", json.dumps(
                    {"prompt": "a", "max_tokens": 200, "stream": True, "regex": "[a-z]{400}"}))
                reply = connection.getresponse()
                while line := reply.readline():
                    lines.append(line)
                    begun.set()

            thread = threading.Thread(target=stream)
            thread.start()
            begun.wait(30)
            self.assertEqual(server.stop(), 0)
            thread.join()
        self.assertEqual(lines[-2], b"data: [DONE]\n")

    def test_what_was_asked_before_the_signal_is_answered_and_the_door_then_closed(self):
        with Server("--drain-timeout", 600) as server:
            busy = server.connect()
            busy.request("POST", "/v1/completions", json.dumps({"prompt": "a", "stream": True, "n": 8, "regex": "[a-z]{4000}"}))
            busy.getresponse().readline()
            waiting = [server.raw(timeout=30) for _ in range(10)]
            server.get("/health")  # they have been accepted
            server.process.send_signal(signal.SIGSTOP)
            waiting += [server.raw(timeout=30) for _ in range(10)]
            for connection in waiting:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            server.process.send_signal(signal.SIGTERM)
            server.process.send_signal(signal.SIGCONT)
            for connection in waiting:
                self.assertIn(b"200 OK", read_all(connection))  # and then it is closed
                connection.close()
            with self.assertRaises(ConnectionRefusedError):
                server.raw()
            busy.close()

    def test_a_second_signal_does_not_wait(self):
        with Server("--drain-timeout", 600) as server:
            connection = server.connect()
            connection.request("POST", "/v1/completions", json.dumps(
                {"prompt": "a", "stream": True, "n": 16, "regex": "[a-z]{4000}"}))
            connection.getresponse().readline()
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
            begun = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begun, 30)

    def test_a_restart_begins_warm(self):
        with tempfile.TemporaryDirectory() as folder:
            counts = []
            for _ in range(2):
                with Server("--cache-dir", folder) as server:
                    body = {"messages": [{"role": "user", "content": QUESTIONS[0]}]}
                    reply = server.post("/v1/chat/completions", body)[1]
                    counts.append(reply["usage"]["prompt_tokens_details"]["cached_tokens"])
                    self.assertEqual(server.stop(), 0)
            self.assertEqual(counts[0], 0)
            self.assertGreater(counts[1], 10)

    def test_killed_at_any_moment_it_starts_again(self):
        with tempfile.TemporaryDirectory() as folder:
            answers = []
            for delay_ms in (0, 1, 2, 4, 8, 16, 32):
                with Server("--cache-dir", folder) as server:
                    answers.append([ask(server, question) for question in QUESTIONS])
                    server.process.send_signal(signal.SIGTERM)  # and the cache is saved
                    time.sleep(delay_ms / 1000)
                    server.stop(signal.SIGKILL)
                self.assertIn(os.listdir(folder), ([], ["minnow-home.kv"]))
            with open(folder + "/minnow-home.kv", "wb") as file:
                file.write(b"minnowKV" + bytes(1000))
            with Server("--cache-dir", folder) as server:
                answers.append([ask(server, question) for question in QUESTIONS])
        self.assertEqual(answers, answers[:1] * len(answers))

    def test_several_models_have_names(self):
        with Server(HOME_MODEL, f"other={HOME_MODEL}", "--models-max", 1) as server:
            names = [model["id"] for model in json.loads(server.get("/v1/models")[1])["data"]]
            self.assertEqual(names, ["minnow-home", "other"])
            for name in (*names, *names):
                self.assertEqual(server.post("/v1/completions", {"model": name, "prompt": "a", "max_tokens": 1})[0], 200)


if __name__ == "__main__":
    unittest.main()
