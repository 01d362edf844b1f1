"""Writes whole chats with the model, parted by lines of =====: what it reads and says, for eval divergence, eval importance and --fit.

    python chats.py --binary minnow --model minnow-home.gguf --out chats.txt [--first 1] [--last 400]
"""

import argparse
import json
import subprocess
from pathlib import Path

TESTS = Path(__file__).with_name("test_commands.jsonl")


def chat(binary: str, model: str, command: str) -> str:
    done = subprocess.run([binary, "run", model, command, "--temp", "0", "--json"], capture_output=True, text=True, check=True)
    return f"<|im_start|>user\n{command}<|im_end|>\n<|im_start|>assistant\n{json.loads(done.stdout)['text']}<|im_end|>\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--binary", "--model", "--out"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--first", type=int, default=1)
    arguments.add_argument("--last", type=int, default=400)
    options = arguments.parse_args()
    commands = [json.loads(line)["text"] for line in TESTS.read_text(encoding="utf-8").splitlines()][options.first - 1 : options.last]
    chats = [chat(options.binary, options.model, command) for command in commands]
    Path(options.out).write_text("=====\n".join(chats), encoding="utf-8")


if __name__ == "__main__":
    main()
