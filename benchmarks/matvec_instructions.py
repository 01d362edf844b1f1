#!/usr/bin/env python3
"""How many instructions a matrix-vector product takes per byte of weights on 64-bit Arm, counted under qemu-user.

It is no time: it says nothing of caches, of how many instructions a core finishes at once, or of memory.

    cmake --preset aarch64 -DMINNOW_BENCHMARKS=ON && cmake --build --preset aarch64 --target matvec_once
    benchmarks/matvec_instructions.py build/aarch64/benchmarks/matvec_once Q4_K Q6_K Q8_0

qemu logs every block of code that it runs and, once, the instructions of each; the difference between a run with many
products and one with few is what the products take.
"""
import collections
import re
import subprocess
import sys
import tempfile

FEW, MANY = 2, 12


def executed(program, name, times):
    """All instructions of one run, and what the program printed."""
    with tempfile.NamedTemporaryFile() as log:
        output = subprocess.run(["qemu-aarch64", "-d", "in_asm,exec,nochain", "-D", log.name, program, name, str(times)],
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
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        few, size = executed(sys.argv[1], name, FEW)
        many, _ = executed(sys.argv[1], name, MANY)
        print(f"{name:7} {(many - few) / (MANY - FEW) / size:.2f} instructions per byte of weights")


if __name__ == "__main__":
    main()
