"""A small sentence grammar: "(turn|switch) on [the] {target}" and the dice that roll it.

    (a|b)   one of           [a]   a or nothing           {target}   ask the filler "target" for words and slots

A line of the grammar is one *wording*. Wordings, not fillings, are held out for validation: see held_out().
"""

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

_TOKEN = re.compile(r"[()\[\]|]|\{\w+\}|[^()\[\]|{}]+")


@lru_cache(maxsize=None)
def parse(line: str):
    """The line as a tree: a sequence of strings, ("slot", name) and ("one", [sequence, ...])."""
    tokens = _TOKEN.findall(line)
    position = 0

    def sequence(closers):
        nonlocal position
        parts = []
        while position < len(tokens) and tokens[position] not in closers:
            token = tokens[position]
            position += 1
            if token == "(":
                parts.append(("one", alternatives(")")))
            elif token == "[":
                parts.append(("one", alternatives("]") + [[]]))
            elif token.startswith("{"):
                parts.append(("slot", token[1:-1]))
            else:
                parts.append(token)
        return parts

    def alternatives(closer):
        nonlocal position
        found = [sequence(("|", closer))]
        while position < len(tokens) and tokens[position] == "|":
            position += 1
            found.append(sequence(("|", closer)))
        if position >= len(tokens):
            raise ValueError(f"unclosed bracket in wording: {line}")
        position += 1
        return found

    return sequence(())


@dataclass
class Spoken:
    """What came out: pieces of text, each marked whether it fills a slot (and so must survive untouched)."""

    pieces: list = field(default_factory=list)
    slots: dict = field(default_factory=dict)

    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(piece for piece, _ in self.pieces)).strip()


def speak(line: str, fillers: dict, rng) -> Spoken:
    spoken = Spoken()

    def walk(parts):
        for part in parts:
            if isinstance(part, str):
                spoken.pieces.append((part, False))
            elif part[0] == "one":
                walk(rng.choice(part[1]))
            else:
                words, slots = fillers[part[1]](rng)
                spoken.pieces.append((words, True))
                spoken.slots.update(slots)

    walk(parse(line))
    return spoken


@dataclass
class Rule:
    """Wordings of one meaning. `form` says which polite wrappers fit: "do" (an order), "ask" or "say".

    `verb` begins the reply where the intent alone would choose a wrong one (HassTurnOn of a door is "Opening").
    """

    intent: str
    lines: list
    slots: dict = field(default_factory=dict)
    weight: float = 1.0
    form: str = "do"
    verb: str = ""


def rule(intent: str, text: str, weight: float = 1.0, form: str = "do", verb: str = "", **slots) -> Rule:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    for line in lines:
        parse(line)
    return Rule(intent, lines, slots, weight, form, verb)


def held_out(line: str) -> bool:
    """True for about one wording in sixteen, the same ones on every machine."""
    return hashlib.sha256(line.encode()).digest()[0] < 16
