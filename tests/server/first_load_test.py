"""Signals while the first model is being loaded. It waits for a pipe, which an adapter has in the place of its settings."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

from running_server import HOME_MODEL, Server


class FirstLoad(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "kiosk").mkdir()
        self.pipe = self.folder / "kiosk" / "adapter_config.json"
        os.mkfifo(self.pipe)
        self.configure("chat", f'lora = ["kiosk={self.folder}/kiosk"]')
        self.server = Server("--config", self.folder / "serve.toml")
        self.server.process = self.process = subprocess.Popen(
            self.server.words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(self.server.__exit__)
        listening = self.line()
        self.server.port = int(re.search(r"http://[^:]+:(\d+)", listening).group(1))
        time.sleep(0.3)  # for the loading to reach the pipe

    def configure(self, name, *more):
        lines = ["[serve]", f'models = ["{name}={HOME_MODEL}"]', "ctx-size = 256", "parallel = 2", 'pack-dir = "off"']
        (self.folder / "serve.toml").write_text("\n".join([*lines, *more, ""]))

    def line(self):
        return self.process.stderr.readline().decode()

    def let_it_fail(self):
        self.pipe.write_text("{}")

    def test_a_model_that_is_renamed_meanwhile_does_not_end_the_server(self):
        self.configure("other")
        self.process.send_signal(signal.SIGHUP)
        self.assertIn("read the configuration again", self.line())
        self.let_it_fail()
        self.assertIn("other is ready", self.line())
        self.assertEqual(self.server.post("/v1/completions", {"prompt": "a", "max_tokens": 2})[0], 200)
        self.assertEqual(self.server.stop(), 0)

    def test_its_failure_ends_a_server_that_has_nothing_else(self):
        self.let_it_fail()
        self.assertIn("r is missing", self.process.stderr.read().decode())
        self.assertNotEqual(self.process.wait(30), 0)

    def test_a_second_signal_does_not_wait_for_it(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertIn("stopping", self.line())
        time.sleep(0.3)
        self.assertIsNone(self.process.poll())
        self.assertEqual(self.server.stop(patience=10), 0)


if __name__ == "__main__":
    unittest.main()
