"""Random texts by a recipe that tests/text/random_text.hpp follows too, so that golden files need only hashes.

text(n): the generator is splitmix64 with state n. Then 1 + r % 12 times: take group r % groups, and 1 + r % 6 times
append item r % items of it, a range giving its character first + r % count. Every r is the next output.
"""
import pathlib
import re

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, state):
        self.state = state

    def next(self, below):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % below


def read_groups():
    groups = []
    for line in (pathlib.Path(__file__).parent / "text_parts.txt").read_text(encoding="utf-8").split("\n"):
        word, _, rest = line.partition(" ")
        if word == "group":
            groups.append([])
        elif word == "range":
            first, last = (int(number, 16) for number in rest.split())
            groups[-1].append((first, last))
        elif word == "text":
            groups[-1].append(re.sub(r"\\u([0-9A-F]+);", lambda match: chr(int(match[1], 16)), rest))
    return groups


def random_text(groups, number):
    random = SplitMix64(number)
    parts = []
    for _ in range(1 + random.next(12)):
        group = groups[random.next(len(groups))]
        for _ in range(1 + random.next(6)):
            item = group[random.next(len(group))]
            if isinstance(item, tuple):
                item = chr(item[0] + random.next(item[1] - item[0] + 1))
            parts.append(item)
    return "".join(parts)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value
