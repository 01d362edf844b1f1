#!/usr/bin/env python3
"""Forbids weak symbols in the objects of kernels compiled for one instruction set.

An inline function or template with external linkage is emitted as a weak symbol in every object that uses it, and
the linker keeps any one of the copies: perhaps the one made of AVX-512 instructions, for a machine without them.

usage: weak_symbols_test.py NM OBJECT...
"""
import subprocess
import sys

FOLDERS = {"avx2", "avxvnni", "avx512", "amx", "neon", "i8mm"}
WEAK = set("WwVvu")


def weak_symbols(nm, path):
    lines = subprocess.run([nm, "--demangle", path], check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        kind, _, symbol = line[17:].partition(" ")
        # Undefined weak references bring no code along.
        if kind in WEAK and line[:16].strip():
            yield f"{path}: {symbol}"


def is_uninstrumented(objects, nm):
    symbols = subprocess.run([nm, *objects], check=True, capture_output=True, text=True).stdout
    return "__asan_" not in symbols and "__tsan_" not in symbols


if __name__ == "__main__":
    nm, objects = sys.argv[1], [path for path in sys.argv[2:] if path.split("/")[-2] in FOLDERS]
    if not objects:
        sys.exit("no objects of instruction sets were given: this test would prove nothing")
    if not is_uninstrumented(objects, nm):
        print("sanitizers add weak symbols of their own; nothing to see here")
        sys.exit(0)
    found = [symbol for path in objects for symbol in weak_symbols(nm, path)]
    print("\n".join(found) or f"no weak symbols in {len(objects)} objects")
    sys.exit(1 if found else 0)
