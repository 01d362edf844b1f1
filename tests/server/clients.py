"""Clients from the registries, in a folder of the build. Without a registry the tests report themselves skipped."""
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(os.environ.get("MINNOW_CLIENTS", "/tmp/minnow-clients"))


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def run(words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=400, check=False, **options)


def python_with(*packages):
    """A Python that has them."""
    name = "-".join(package.split("=")[0] for package in packages)
    python = FOLDER / ("venv-" + name) / "bin" / "python"
    ready = python.parent.parent / "ready"
    if not ready.exists():
        if run([sys.executable, "-m", "venv", "--clear", python.parent.parent]).returncode != 0:
            skip("python3-venv is missing")
        if run([python, "-m", "pip", "install", "-q", *packages]).returncode != 0:
            skip("pip can't install " + name)
        ready.touch()
    return python


def node_modules_with(package):
    if not shutil.which("node") or not shutil.which("npm"):
        skip("no node or npm")
    folder = FOLDER / package.split("@")[0]
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        if run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, package]).returncode != 0:
            skip("npm can't install " + package)
        (folder / "ready").touch()
    return folder / "node_modules"
