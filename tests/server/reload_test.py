"""SIGHUP: what can change while the server runs changes, all at once or not at all."""
import json
import pathlib
import shutil
import signal
import tempfile
import threading
import unittest

from altered_model import altered_model
from running_server import HOME_MODEL, Server

LONG = {"prompt": "a", "max_tokens": 300, "temperature": 3, "stream": True, "regex": "[a-z ]{2000}"}


class Reload(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.model = self.folder / "chat.gguf"
        shutil.copy(HOME_MODEL, self.model)
        self.configure()

    def configure(self, **options):
        options = {"models": [f"chat={self.model}"], "ctx_size": 256, "parallel": 4, "pack_dir": "off", **options}
        lines = [f"{name.replace('_', '-')} = {json.dumps(value)}" for name, value in options.items()]
        (self.folder / "serve.toml").write_text("\n".join(["[serve]", *lines, ""]))

    def start(self):
        server = Server("--config", self.folder / "serve.toml")
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def reload(self, server):
        server.process.send_signal(signal.SIGHUP)
        return server.process.stderr.readline().decode()

    def names(self, server, headers=None):
        return [model["id"] for model in json.loads(server.get("/v1/models", headers)[1])["data"]]

    def test_takes_what_can_change_and_names_what_needs_a_restart(self):
        server = self.start()
        keys = self.folder / "keys"
        keys.write_text("kiosk secret-one\n")
        self.configure(models=[f"chat={self.model}", f"other={HOME_MODEL}"], n_predict=3, max_body=1, no_page=True,
                       api_key_file=str(keys), drain_timeout=5, host="127.0.0.1")
        line = self.reload(server)
        for word in ("keys", "new model 'other'", "limits", "defaults", "the page", "--drain-timeout"):
            self.assertIn(word, line)
        self.assertIn("restart is needed for --host", line)
        self.assertNotIn("model 'chat'", line)
        key = {"Authorization": "Bearer secret-one"}
        self.assertEqual(server.get("/v1/models")[0], 401)
        self.assertEqual(self.names(server, key), ["chat", "other"])
        for model in ("chat", "other"):
            status, reply = server.post("/v1/completions", {"model": model, "prompt": "a", "regex": "[a-z]{50}"}, key)
            self.assertEqual((status, reply["usage"]["completion_tokens"]), (200, 3))
        self.assertEqual(server.request("POST", "/tokenize", b" " * (2 << 20), key)[0], 413)
        self.configure(n_predict=4)
        line = self.reload(server)
        self.assertIn("no model 'other' any more", line)
        self.assertEqual(server.post("/v1/completions", {"model": "other", "prompt": "a"})[0], 404)
        self.assertEqual(server.stop(), 0)

    def test_a_changed_model_is_loaded_anew_when_it_has_answered(self):
        server = self.start()
        lines, begun = [], threading.Event()

        def stream():
            connection = server.connect()
            connection.request("POST", "/v1/completions", json.dumps({**LONG, "max_tokens": 200}))
            reply = connection.getresponse()
            while line := reply.readline():
                lines.append(line)
                begun.set()

        thread = threading.Thread(target=stream)
        thread.start()
        begun.wait(30)
        self.configure(ctx_size=64, parallel=2)
        self.assertIn("model 'chat'", self.reload(server))
        status, reply = server.post("/v1/completions", {"prompt": "a", "max_tokens": 300, "regex": "[a-z]{2000}"})
        self.assertEqual((status, reply["choices"][0]["finish_reason"]), (200, "length"))
        self.assertLess(reply["usage"]["total_tokens"], 70)
        thread.join()
        self.assertEqual(lines[-2], b"data: [DONE]\n")
        self.assertIn(b'"finish_reason":"length"', lines[-4])
        self.assertIn(b"chat is ready: 2 requests at once, 64 tokens each", server.process.stderr.readline())
        shutil.copy(HOME_MODEL, self.folder / "next.gguf")  # an update of the file itself
        (self.folder / "next.gguf").rename(self.model)
        self.assertIn("model 'chat'", self.reload(server))
        self.assertIn(b"chat is ready", server.process.stderr.readline())
        self.assertIn("nothing has changed", self.reload(server))

    def test_what_is_broken_changes_nothing(self):
        server = self.start()
        keys = self.folder / "keys"
        keys.write_text("x\n")
        garbage = self.folder / "garbage.gguf"
        garbage.write_bytes(b"no adapter" * 100)
        broken = self.folder / "broken.gguf"
        broken.write_bytes(HOME_MODEL.read_bytes()[:100_000])
        for options, word in (({"n_predict": "many"}, "n-predict"), ({"nonsense": 1}, "nonsense"),
                              ({"models": [str(self.folder / "none.gguf")]}, "none.gguf"),
                              ({"models": [f"chat={broken}"]}, "broken.gguf"), ({"api_key_file": str(keys)}, "keys"),
                              ({"lora": [f"chat:kiosk={self.folder}/none"]}, "none"),
                              ({"lora": [f"chat:kiosk={garbage}"]}, "garbage.gguf"),
                              ({"ctx_size": 1 << 20, "parallel": 4096}, "sequences fit"),
                              ({"tls_cert": str(keys), "tls_key": str(keys)}, "keys")):
            self.configure(**{"n_predict": 3, "max_body": 1, **options})
            line = self.reload(server)
            self.assertIn("kept the old configuration", line)
            self.assertIn(word, line)
            self.assertEqual(self.names(server), ["chat"])
            reply = server.post("/v1/completions", {"prompt": "a", "max_tokens": 9, "regex": "[a-z]{50}"})[1]
            self.assertEqual(reply["usage"]["completion_tokens"], 9)
        (self.folder / "serve.toml").unlink()
        self.assertIn("kept the old configuration", self.reload(server))
        self.assertEqual(server.get("/ready")[0], 200)

    def test_a_request_that_names_no_model_is_told_which_one_failed(self):
        server = self.start()
        broken = self.folder / "broken.gguf"
        altered_model(HOME_MODEL, broken, {"tokenizer.ggml.model": "nonsense"}, 512)
        self.configure(models=[f"chat={broken}"])
        self.assertIn("model 'chat'", self.reload(server))
        status, reply = server.post("/v1/completions", {"prompt": "a"})
        self.assertEqual(status, 500)
        self.assertIn("model 'chat' can't be loaded", reply["error"]["message"])

    def test_many_reloads_while_clients_ask(self):
        server = self.start()
        wrong, stop = [], threading.Event()

        def client():
            while not stop.is_set():
                status, reply = server.post("/v1/completions", {"prompt": "a", "max_tokens": 5})
                if status != 200:
                    wrong.append(reply)

        threads = [threading.Thread(target=client) for _ in range(6)]
        for thread in threads:
            thread.start()
        for i in range(12):
            self.configure(parallel=1 + i % 3, n_predict=20 + i)
            self.assertIn("model 'chat'", self.reload(server))
            self.assertIn(b"is ready", server.process.stderr.readline())
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
