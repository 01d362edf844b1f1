#!/usr/bin/env python3
"""How long a program with a model takes to its first token: with a pack, checking all of it, with a pack that must be read
from the disk, and packing in memory.

    benchmarks/start_time.py build/release/bin/minnow model.gguf [ALTERNATIONS]

Prints medians (range). The pack goes into a temporary folder beside the model and is removed at the end.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def start(program, model, *flags):
    """Milliseconds of the whole process, of loading and of the prompt, and the megabytes it held."""
    begin = time.monotonic()
    done = subprocess.run([program, "run", model, "Hello world", "--raw", "-n", "1", "-c", "512", "--temp", "0",
                           "--json", *flags], check=True, capture_output=True)
    whole = (time.monotonic() - begin) * 1000
    answer = json.loads(done.stdout)
    return (whole, answer["timings"]["load_ms"], answer["timings"]["prefill_ms"],
            answer["memory"]["peak_rss_bytes"] / 1e6)


def forget(folder):
    """Drops the pack from the page cache."""
    for path in folder.iterdir():
        file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def main():
    program, model = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    alternations = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(dir=model.parent) as name:
        folder = pathlib.Path(name)
        pack = ("--pack-dir", name)
        print("first start, ms:", round(start(program, model, *pack)[0]))
        runs = {"pack": [], "pack, --verify-pack": [], "pack, from the disk": [], "packed in memory": []}
        for _ in range(alternations):
            runs["pack"].append(start(program, model, *pack))
            runs["pack, --verify-pack"].append(start(program, model, *pack, "--verify-pack"))
            forget(folder)
            runs["pack, from the disk"].append(start(program, model, *pack))
            runs["packed in memory"].append(start(program, model, "--pack-dir", "off"))
    for what, figures in runs.items():
        columns = [f"{statistics.median(column):.0f} ({min(column):.0f}-{max(column):.0f})" for column in zip(*figures)]
        print(f"{what:22} process {columns[0]} ms, loading {columns[1]}, prompt {columns[2]}; {columns[3]} MB")


if __name__ == "__main__":
    main()
