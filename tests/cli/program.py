"""Runs the program the way a person or a script would. MINNOW names the binary."""
import json
import os
import pathlib
import subprocess

BINARY = os.environ["MINNOW"]
SOURCE = pathlib.Path(os.environ["MINNOW_SOURCE"])
HOME_MODEL = SOURCE / "models" / "home" / "minnow-home.gguf"
SHARED = os.environ.get("MINNOW_TEST_DATA")


def minnow(*words, stdin=b"", env=None, **options):
    """The finished process; stdout and stderr are bytes."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([BINARY, *map(str, words)], input=stdin, stderr=subprocess.PIPE, timeout=300,
                          env={**os.environ, **(env or {})}, check=False, **options)


def answer(*words, **options):
    """`minnow run --json …` as an object."""
    done = minnow("run", "--json", *words, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kernel_tables():
    """The instruction sets this machine can be forced to."""
    return [isa for isa in ("scalar", "avx2", "avxvnni", "avx512", "amx", "neon", "i8mm")
            if minnow("run", "--raw", "-n", "1", HOME_MODEL, "a", env={"MINNOW_ISA": isa}).returncode == 0]
