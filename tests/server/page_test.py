"""The page in headless Chromium. Skipped where there is no Chromium, no node, or no npm registry."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

import clients
from running_server import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(unittest.TestCase):
    def test_chats_and_shows_how_the_server_does(self):
        pictures = sys.argv[1:] if len(sys.argv) > 1 else []
        with Server() as server:
            done = subprocess.run(["node", pathlib.Path(__file__).with_name("page.mjs"), clients.node_modules_with("puppeteer-core@24"), CHROMIUM,
                                   str(server.port), *pictures], capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        seen = json.loads(done.stdout)
        self.assertEqual(json.loads(seen["first"]["text"])["intent"], "HassTurnOff")
        self.assertEqual(seen["second"]["kind"], "assistant")
        self.assertIn("memory", seen["board"])
        self.assertNotIn("…", seen["answer"])
        self.assertEqual((seen["left"], seen["errors"], seen["elsewhere"]), (0, [], []))


if __name__ == "__main__":
    if not CHROMIUM:
        clients.skip("no chromium")
    clients.node_modules_with("puppeteer-core@24")
    unittest.main(argv=sys.argv[:1])
