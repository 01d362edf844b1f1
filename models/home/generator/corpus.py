"""Mixes everything into training examples: a rule, a wording, fillings, politeness, casing, typos; then the answer."""

import json
import random
import re

from . import household, media, queries, sensors, settings, switching, timers, unknown
from .grammar import held_out, speak
from .replies import reply

_ROOMS = (switching, settings, media, timers, household, queries, unknown)
_RULES = [(rule, module.FILLERS) for module in _ROOMS for rule in module.RULES]
_SLOT_ORDER = ("name", "area", "floor", "domain", "device_class", "state")

_BEFORE = {
    "do": ("please ", "please ", "can you ", "could you ", "could you please ", "can you please ", "would you ", "would you please ", "will you ",
           "i want you to ", "i need you to ", "i'd like you to ", "go ahead and ", "just ", "quickly ", "now ", "kindly ", "you can ",
           "i was wondering if you could ", "do me a favor and ", "be so kind and ", "any chance you could ", "let's ", "it's time to ", "you should ",
           "time to ", "we should ", "i think you should ", "would you be able to ", "is it possible to ", "i need to ", "we need to ", "help me ", "try to ", "i want to ", "i'd like to ", "can we ", "could we ", "let me ",
           "can i ", "i would like to ", "would you kindly ", "you may ", "please could you ", "pls ", "hurry and ", "could you maybe "),
    "ask": ("please tell me ", "tell me ", "quick question ", "i wonder ", "so ", "say ", "do you know "),
    "say": ("well ", "man ", "wow ", "ugh ", "honestly ", "i think ", "boy ", "sorry but "),
}
_CALLS = ("hey ", "ok ", "okay ", "hey, ", "hi, ", "so ", "um ", "uh, ", "alright ", "right, ", "computer, ", "hey jarvis, ", "ok nabu, ", "hey minnow ", "minnow, ",
          "house, ", "hello, ", "yo ", "listen, ", "hey car, ", "oh, ", "well, ", "hmm ", "excuse me, ", "alright, ", "assistant, ", "buddy, ", "hey there, ", "dear ")
_AFTER = {
    "do": (" please", " please", ", please", " for me", " now", " right now", " thanks", ", thanks", ", thank you", " for me please", " will you", " would you", " if you can",
           " real quick", " immediately", " when you can", " asap", " right away", " if you don't mind", " would you please", " okay", " quickly", " already", " again", ", love", " thanks a lot",
           " if possible", " when you have a moment", " before i forget", " honey", ", thank you very much", " and thanks", " sweetie", " mate"),
    "ask": (" please", " right now", " at the moment", " now", ", please", " by the way", " do you know"),
    "say": (" please", " man", " right now", ", you know", " today"),
}
# Why people want it, said before or after the order itself.
_REASONS_BEFORE = ("i'm going to bed, ", "we're leaving, ", "it's getting late, ", "the baby is asleep, ", "we have guests, ", "dinner is over, ", "i'm home, ",
                   "movie time, ", "i'm about to leave so ", "since nobody is here, ", "before we go, ", "it's raining, ", "the sun is up, ", "i can't reach it, ",
                   "my hands are full, ", "emergency, ", "shift is over, ", "we just arrived, ", "time for dinner, ", "i'm working, ", "it's morning, ",
                   "oh no, ", "i almost forgot, ", "one more thing, ", "next, ", "first, ", "and ", "then ", "also ", "okay now ", "actually ", "i'm off to work, ")
_REASONS_AFTER = (", i'm going to bed", ", we're leaving", " because it's late", " so i can sleep", ", the baby is sleeping", ", we have guests", " before i go",
                  ", it's an emergency", " as soon as you can", ", i'm expecting visitors", " so we can eat", ", i'm working", " for the guests", " for the kids",
                  ", i can't do it myself", ", i need it", ", it's late", " so the dog can sleep", ", that's better", " for tonight", " for the night", " for the party")

_NEVER_WRAPPED = ("HassNevermind", "HassRespond")
# Where anything said after the request would belong to the free text itself.
_FREE_TEXT = ("HassBroadcast", "HassMediaSearchAndPlay", "HassShoppingListAddItem", "HassListAddItem", "HassStartTimer", "unknown")


def _typo(text: str, rng) -> str:
    places = [match for match in re.finditer(r"[a-z]{4,}", text)]
    if not places:
        return text
    word = rng.choice(places)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice("aeiourtnsl") + text[at + 1:]


def _wrap(pieces, rule, rng):
    """Adds the words people put around a request."""
    if rule.intent in _NEVER_WRAPPED:
        before, after = ("", "") if rng.random() < 0.85 else (rng.choice(_CALLS), "")
    else:
        before = rng.choice(_BEFORE[rule.form]) if rng.random() < 0.25 else ""
        before = (rng.choice(_CALLS) if rng.random() < 0.12 else "") + before
        after = rng.choice(_AFTER[rule.form]) if rng.random() < 0.14 else ""
        if rule.form == "do" and rule.intent not in _FREE_TEXT and rng.random() < 0.07:
            if rng.random() < 0.6:
                before = rng.choice(_REASONS_BEFORE) + before
            else:
                after = rng.choice(_REASONS_AFTER)
    return [(before, False), *pieces, (after, False)]


def _dress(text: str, form: str, rng) -> str:
    """Casing and punctuation."""
    roll = rng.random()
    if roll < 0.4:
        text = text[0].upper() + text[1:]
        text = re.sub(r"\bi\b", "I", text)
    elif roll < 0.43:
        text = text.title().replace("'S", "'s")
    elif roll < 0.445:
        text = text.upper()
    if rng.random() < 0.38 and text[-1].isalnum():
        asks = form == "ask" or text.lower().startswith(("can ", "could ", "would ", "will ", "is ", "may ", "any ", "are "))
        text += rng.choice("??.") if asks else rng.choice("....!")
    return text


def answer(intent: str, slots: dict, verb: str = "") -> str:
    ordered = {key: slots[key] for key in _SLOT_ORDER if key in slots}
    ordered |= {key: value for key, value in slots.items() if key not in ordered}
    return json.dumps({"intent": intent, "slots": ordered, "reply": reply(intent, ordered, verb)}, ensure_ascii=False, separators=(",", ":"))


def command(rule, fillers, line: str, rng) -> tuple[str, str]:
    spoken = speak(line, fillers, rng)
    slots = {**spoken.slots, **rule.slots}
    pieces = _wrap(spoken.pieces, rule, rng)
    if rng.random() < 0.08:
        spots = [i for i, (piece, is_slot) in enumerate(pieces) if not is_slot and re.search("[a-z]{4}", piece)]
        if spots:
            spot = rng.choice(spots)
            pieces[spot] = (_typo(pieces[spot][0], rng), False)
    text = re.sub(r"\s+", " ", "".join(piece for piece, _ in pieces)).strip().replace(" ,", ",")
    if "'" in text and rng.random() < 0.08:
        text = text.replace("'", "")
        slots = {key: value.replace("'", "") if isinstance(value, str) else value for key, value in slots.items()}
    return _dress(text, rule.form, rng), answer(rule.intent, slots, rule.verb)


def stream(seed: int, validation: bool = False, sensor_share: float = 0.07, extra_unknown: list | None = None):
    """Endless (text, answer) pairs. With `validation` only held-out wordings, otherwise only the others."""
    rng = random.Random(seed)
    chosen = []
    for rule, fillers in _RULES:
        lines = [line for line in rule.lines if held_out(line) == validation]
        if lines:
            # A wording with many alternatives deserves more turns than a bare one.
            weights = [1 + 0.25 * line.count("|") ** 0.5 + 0.5 * line.count("{") for line in lines]
            chosen.append((rule, fillers, lines, weights))
    rule_weights = [rule.weight * (1.0 if rule.intent != "unknown" else 1.15) for rule, *_ in chosen]
    while True:
        roll = rng.random()
        if roll < sensor_share and not validation:
            yield sensors.example(rng)
        elif extra_unknown and roll > 0.965 and not validation:
            yield rng.choice(extra_unknown), answer("unknown", {})
        else:
            rule, fillers, lines, weights = rng.choices(chosen, rule_weights)[0]
            yield command(rule, fillers, rng.choices(lines, weights)[0], rng)
