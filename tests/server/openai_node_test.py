"""The official openai package for JavaScript, unchanged, against the real server."""
import pathlib
import subprocess
import sys

import clients
from running_server import Server

modules = clients.node_modules_with("openai@6")
with Server() as server:
    done = subprocess.run(["node", pathlib.Path(__file__).with_name("openai_node.mjs"), modules, str(server.port)], timeout=240,
                          check=False)
sys.exit(done.returncode)
