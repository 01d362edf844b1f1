#!/usr/bin/env python3
"""How many instructions a matrix product takes per byte of weights and token on 64-bit Arm, counted under qemu-user.

It is no time: it says nothing of caches, of how many instructions a core finishes at once, or of memory.

    cmake --preset aarch64 -DMINNOW_BENCHMARKS=ON && cmake --build --preset aarch64 --target matmul_once
    MINNOW_ISA=i8mm benchmarks/matmul_instructions.py build/aarch64/benchmarks/matmul_once --tokens 32 Q4_K Q6_K Q8_0

qemu logs every block of code that it runs and, once, the instructions of each; the difference between a run with many
products and one with few is what the products take.
"""
import argparse
import collections
import re
import subprocess
import tempfile

FEW, MANY = 2, 6


def executed(program, name, tokens, times):
    """All instructions of one run, and what the program printed."""
    with tempfile.NamedTemporaryFile() as log:
        output = subprocess.run(["qemu-aarch64", "-d", "in_asm,exec,nochain", "-D", log.name, program, name, str(tokens),
                                 str(times)],
                                check=True, capture_output=True, text=True).stdout
        sizes, runs, block = {}, collections.Counter(), None
        for line in open(log.name, errors="replace"):
            if line.startswith("IN:"):
                block = 0  # its first instruction's address names it
            elif match := re.match(r"0x([0-9a-f]+):", line):
                address = int(match[1], 16)
                if block == 0:
                    block = address
                    sizes[block] = 0
                sizes[block] += 1
            elif match := re.match(r"Trace \d+: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/", line):
                runs[int(match[1], 16)] += 1
    return sum(n * sizes[block] for block, n in runs.items()), int(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="matmul_once for 64-bit Arm")
    parser.add_argument("--tokens", type=int, default=1)
    parser.add_argument("formats", nargs="+")
    words = parser.parse_args()
    for name in words.formats:
        few, size = executed(words.program, name, words.tokens, FEW)
        many, _ = executed(words.program, name, words.tokens, MANY)
        each = (many - few) / (MANY - FEW) / size / words.tokens
        print(f"{name:7} {each:.2f} instructions per byte of weights and token")


if __name__ == "__main__":
    main()
