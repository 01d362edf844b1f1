#!/usr/bin/env python3
"""Reads every #include under src/ against src/LAYERS: who may enter whom. Also keeps the public face clean.

usage: layers_test.py SOURCE_DIR
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            room, _, allowed = line.partition(":")
            layers[room] = set(allowed.split())
    return layers


def violations(source):
    layers = read_layers(source / "src" / "LAYERS")
    for file in sorted((source / "src").rglob("*.[ch]pp")):
        room = file.relative_to(source / "src").parts[0]
        if room not in layers:
            yield f"{file}: the room '{room}' is not in src/LAYERS"
            continue
        for include in INCLUDE.findall(file.read_text()):
            target = include.split("/")[0]
            if "/" not in include or target == "minnow" or target == room:
                continue
            if target not in layers[room]:
                yield f"{file}: {room} may not include {include}"
    for file in sorted((source / "include").rglob("*.h*")):
        for include in INCLUDE.findall(file.read_text()):
            if not include.startswith("minnow/"):
                yield f"{file}: a public header may include only minnow/ and the standard library, not {include}"


if __name__ == "__main__":
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every include respects src/LAYERS")
    sys.exit(1 if found else 0)
