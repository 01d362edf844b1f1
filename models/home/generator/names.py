"""Composes names of devices and places, so that the model must copy what it hears instead of remembering a list.

Each function takes the dice and returns (words as spoken, slots they fill). Slots are lowercase and without article.
"""

from . import words as w

_STARTS = "b br c ch cl d dr f fl g gl gr h j k kr l m n p pl qu r s sh sk sp st t th tr v w y z".split()
_MIDDLES = "a e i o u ai ee oo ou ia y or ar en il on".split()
_ENDS = "n x r l m k t sh bot tron via ra lo mi ck nd st ph zo s que dy ly per nix lux va".split()


def invented_word(rng) -> str:
    """A word nobody has seen: "brelux", "shoorvia"."""
    count = rng.choice((1, 1, 2, 2, 3))
    return "".join(rng.choice(_STARTS) + rng.choice(_MIDDLES) for _ in range(count)) + rng.choice(_ENDS)


def rare_word(rng) -> str:
    return invented_word(rng) if rng.random() < 0.3 else rng.choice(w.NOUNS)


def owner(rng) -> str:
    person = rng.choice(w.PEOPLE) if rng.random() < 0.8 else invented_word(rng)
    return person + ("'" if person.endswith("s") else "'s")


def compound(rng, nouns) -> str:
    """A device name without article: "grandma's reading lamp", "light over the sofa", "pump 2"."""
    noun = rng.choice(nouns)
    roll = rng.random()
    if roll < 0.26:
        return noun
    if roll < 0.38:
        return f"{rng.choice(w.ADJECTIVES)} {noun}"
    if roll < 0.50:
        return f"{rare_word(rng)} {noun}"
    if roll < 0.58:
        return f"{rng.choice(w.AREAS)} {singular(noun, rng)}"
    if roll < 0.63:
        return f"{rng.choice(w.AREAS)} {rng.choice(w.ADJECTIVES + w.NOUNS)} {singular(noun, rng)}"
    if roll < 0.69:
        return f"{owner(rng)} {noun}"
    if roll < 0.73:
        return f"{owner(rng)} {rng.choice(w.ADJECTIVES)} {noun}"
    if roll < 0.86:
        return f"{noun} {place_phrase(rng)}"
    if roll < 0.91:
        return f"{noun} {rng.choice(('1', '2', '3', '4', '5', '7', '12', 'one', 'two', 'three', 'a', 'b', 'c', 'zero'))}"
    if roll < 0.95:
        return f"{rng.choice(w.ADJECTIVES)} {rare_word(rng)} {noun}"
    if roll < 0.98:
        return f"{invented_word(rng)} {noun}"
    return invented_word(rng)


def singular(noun: str, rng) -> str:
    return "lamp" if noun in ("light", "lights") and rng.random() < 0.3 else noun


def place_phrase(rng) -> str:
    thing = rare_word(rng)
    if rng.random() < 0.2:
        thing = f"{rng.choice(w.ADJECTIVES)} {thing}"
    article = rng.choice(("the ", "the ", "the ", "the ", "my ", "", "our "))
    if rng.random() < 0.1:
        return rng.choice(("in the corner", "in the middle", "in the window", "in the left corner", "at the back", "at the entrance",
                           "on the left", "on the right", "outside", "by the front door", "in the far corner", "on the wall"))
    if rng.random() < 0.08:
        return f"{rng.choice(w.PLACE_PREPOSITIONS)} {owner(rng)} {rare_word(rng)}"
    return f"{rng.choice(w.PLACE_PREPOSITIONS)} {article}{thing}"


def with_article(name: str, rng) -> str:
    first = name.split()[0]
    if first.endswith(("'s", "s'")) or first in ("my", "the"):
        return name
    return rng.choice(("the ",) * 7 + ("my ", "our ", "that ", "", "", "")) + name


def strip_article(name: str) -> str:
    for article in ("the ", "my ", "our ", "a ", "an "):
        if name.startswith(article):
            return name[len(article):]
    return name


def named(nouns):
    """A filler for a device called by name."""
    def fill(rng):
        name = compound(rng, nouns)
        return with_article(name, rng), {"name": strip_article(name)}
    return fill


def area_name(rng) -> str:
    roll = rng.random()
    if roll < 0.78:
        return rng.choice(w.AREAS)
    if roll < 0.88:
        return f"{owner(rng)} {rng.choice(('room', 'bedroom', 'office', 'bathroom', 'study', 'corner', 'workshop', 'den'))}"
    if roll < 0.92:
        return f"{rng.choice(('room', 'hall', 'bay', 'zone', 'office', 'building', 'aisle', 'lab'))} {rng.choice('1 2 3 4 5 6 9 12 a b c'.split())}"
    if roll < 0.97:
        return f"{rng.choice(w.ADJECTIVES)} {rng.choice(('room', 'bedroom', 'bathroom', 'hallway', 'office', 'garden', 'wing', 'deck', 'lounge'))}"
    return f"{invented_word(rng)} {rng.choice(('room', 'suite', 'hall', 'wing', 'lounge'))}"


def area(rng):
    """"the kitchen" -> area: kitchen."""
    name = area_name(rng)
    spoken = name if name.split()[0].endswith(("'s", "s'")) else rng.choice(("the ",) * 8 + ("my ", "our ", "")) + name
    return spoken, {"area": strip_article(name)}


def bare_area(rng):
    """An area in front of a noun: "kitchen" in "kitchen lights"."""
    name = area_name(rng)
    return name, {"area": strip_article(name)}


def in_area(rng):
    words, slots = area(rng)
    name = slots["area"]
    outdoors = name in ("patio", "terrace", "balcony", "porch", "front porch", "deck", "driveway", "veranda", "landing", "factory floor")
    preposition = "on" if outdoors else rng.choice(("in",) * 9 + ("inside", "of"))
    return f"{preposition} {words}", slots


def floor(rng):
    """"upstairs" or "on the first floor"."""
    name = rng.choice(w.FLOORS)
    spoken = name if name.endswith("stairs") else f"on the {name}"
    return spoken, {"floor": name}


def bare_floor(rng):
    name = rng.choice(w.FLOORS)
    return name, {"floor": name}


def target(nouns, plurals, domain, device_class=None):
    """Whatever can be acted on: one named thing, a thing in a place, or a whole class of things in a place.

    The rule the model has to learn: a single thing has a name; a plural without further name is a class.
    """
    name_of = named(nouns)

    def whole_class(rng):
        word = rng.choice(plurals)
        kind = device_class(word) if device_class else None
        slots = {"domain": domain, **({"device_class": kind} if kind else {})}
        roll = rng.random()
        if roll < 0.3:
            spoken = rng.choice(("the ", "the ", "all the ", "all ", "every one of the ", "all of the ", "")) + word
            return spoken + rng.choice(("", "", "", " in here", " in this room", " everywhere", " in the house", " here")), slots
        if roll < 0.55:
            words, place = bare_area(rng)
            return rng.choice(("the ", "the ", "", "all the ", "all ")) + f"{words} {word}", {**place, **slots}
        if roll < 0.83:
            words, place = in_area(rng)
            return rng.choice(("the ", "the ", "", "all the ", "all ", "all of the ")) + f"{word} {words}", {**place, **slots}
        if roll < 0.92:
            words, place = floor(rng)
            return rng.choice(("the ", "all the ", "")) + f"{word} {words}", {**place, **slots}
        words, place = bare_floor(rng)
        return rng.choice(("the ", "all the ", "")) + f"{words} {word}", {**place, **slots}

    def fill(rng):
        roll = rng.random()
        if roll < 0.5:
            return name_of(rng)
        if roll < 0.62:
            name, slots = name_of(rng)
            if any(f" {p} " in f" {name} " for p in ("in", "at", "outside")):
                return name, slots
            words, place = in_area(rng)
            return f"{name} {words}", {**slots, **place}
        if roll < 0.65:
            name, slots = name_of(rng)
            words, place = floor(rng)
            return f"{name} {words}", {**slots, **place}
        return whole_class(rng)

    return fill
