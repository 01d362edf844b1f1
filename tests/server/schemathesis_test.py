"""Schemathesis reads /openapi.json and asks for everything it describes, right and wrong: statuses, types and replies
must be as described, and what the description forbids must be refused.

One of its checks is left out, that what the description allows is answered: a text may be no grammar, a number no
token of this model."""
import pathlib
import subprocess
import sys
import tempfile

import clients
from running_server import Server

EXAMPLES = 15

python = clients.python_with("schemathesis==4.*")
with Server("--queue", 32, "--n-predict", 32) as server, tempfile.TemporaryDirectory() as folder:
    done = subprocess.run(
        [python.with_name("schemathesis"), "--config-file", pathlib.Path(__file__).with_name("schemathesis.toml").resolve(),
         "run", f"http://127.0.0.1:{server.port}/openapi.json", "--checks", "all", "--exclude-checks",
         "positive_data_acceptance", "--max-examples", str(EXAMPLES), "--generation-deterministic", "--continue-on-failure"],
        cwd=folder, check=False, timeout=500)
    if server.process.poll() is not None or server.get("/health")[0] != 200:
        sys.exit("the server did not survive")
sys.exit(done.returncode)
