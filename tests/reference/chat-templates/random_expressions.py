#!/usr/bin/env python3
"""Random expressions and loops over a small grammar, and what Jinja2 makes of each.

    pip install jinja2==3.1.6
    ./random_expressions.py COUNT SEED > random_expressions.json
"""

import json
import random
import re
import sys
import warnings

from environment import environment, render

CONTEXT = {
    "n": 7, "m": -2, "z": 0, "f": 2.5, "g": -0.125, "t": True, "no": None, "s": "Hello, World", "u": " é漢👍ß ", "e": "",
    "l": [3, 1, 2], "w": ["b", "A", "c"], "x": [1, "a", None, 2.5, True, [1]], "d": {"b": 1, "a": 2}, "o": {},
    "r": [{"k": 2, "v": "y"}, {"k": 1, "v": "x"}, {"k": 2}],
}
BINARY = ["+", "-", "*", "/", "//", "%", "**", "~", "and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "not in"]
FILTERS = ["abs", "capitalize", "count", "d('q')", "default(1, true)", "dictsort", "escape", "first", "float", "indent", "int",
           "items|list", "join", "join('-')", "last", "length", "list", "lower", "map('upper')|list", "map(attribute='v')|list",
           "max", "min", "reject('none')|list", "rejectattr('v', 'undefined')|list", "replace('l', 'L')", "reverse|list",
           "reverse", "round", "round(1)", "select|list", "select('string')|list", "selectattr('k', 'gt', 1)|list", "slice(2)|list",
           "sort", "sort(reverse=true)", "sort(attribute='k')", "string", "sum", "sum(attribute='k')", "title", "tojson",
           "tojson(indent=2)", "trim", "truncate(8)", "unique|list", "upper", "wordcount", "batch(2)|list", "groupby('k')",
           "center(12)", "safe", "attr('upper')", "format(1)"]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "iterable", "sequence",
         "true", "false", "even", "odd", "divisibleby(2)", "eq(2)", "gt(1)", "in([1, 'a', none])", "sameas(none)", "lower",
         "upper", "callable", "not none", "not string"]
METHODS = ["upper()", "lower()", "strip()", "lstrip('H ')", "rstrip('d ')", "split()", "split('l')", "split(',', 1)", "rsplit('o', 1)",
           "startswith('H')", "endswith(('d', ' '))", "replace('l', 'LL', 1)", "title()", "capitalize()", "find('o')", "rfind('l')",
           "index('o')", "count('l')", "join(w)", "join(l)", "items()|list", "keys()|list", "values()|list", "get('a')",
           "get('q', 5)", "isdigit()", "isalpha()", "islower()", "isspace()", "splitlines()", "zfill(5)", "center(9, '*')",
           "partition('l')", "format(n)", "append(1)", "pop()", "copy()", "swapcase()", "ljust(4)", "a", "b", "k", "missing"]
LITERALS = ["0", "1", "2", "-1", "10", "3.5", "1e3", "true", "false", "none", "'a'", "''", "'l'", "'%s'", "'{}'", "[]", "{}", "[1, 2]",
            "('a',)", "{'a': 1}", "'Hello'", "range(4)", "missing"]


def expression(rng, depth):
    if depth == 0 or rng.random() < 0.12:
        return rng.choice(list(CONTEXT)) if rng.random() < 0.65 else rng.choice(LITERALS)

    def sub():
        return expression(rng, depth - 1)

    kind = rng.randrange(12)
    if kind < 3:
        return f"({sub()} {rng.choice(BINARY)} {sub()})"
    if kind == 3:
        return f"({sub()} {rng.choice(BINARY)} {sub()} {rng.choice(BINARY)} {sub()})"
    if kind < 6:
        return f"({sub()})|{rng.choice(FILTERS)}"
    if kind == 6:
        return f"({sub()}).{rng.choice(METHODS)}"
    if kind == 7:
        return f"({sub()} is {rng.choice(TESTS)})"
    if kind == 8:
        bounds = [rng.choice(["", "0", "1", "-1", "2", "-3", "9"]) for _ in range(rng.choice([2, 3]))]
        # Jinja2 folds slices of constants by other rules than it runs slices: only names here.
        return f"{rng.choice(list(CONTEXT))}[{':'.join(bounds)}]" if rng.random() < 0.6 else f"({sub()})[{sub()}]"
    if kind == 9:
        return f"({sub()} if {sub()} else {sub()})"
    if kind == 10:
        return rng.choice([f"[{sub()}, {sub()}]", f"({sub()}, {sub()})", f"{{'k': {sub()}, 'v': {sub()}}}"])
    return rng.choice(["not ", "-", "+"]) + f"({sub()})"


def template(rng):
    shape = rng.randrange(8)
    if shape < 5:
        return "{{ " + expression(rng, rng.choice([1, 2, 2, 3])) + " }}"
    if shape == 5:
        return "{% for i in " + expression(rng, 1) + " %}{{ loop.index }}:{{ i }}{{ ',' if not loop.last }}{% else %}empty{% endfor %}"
    if shape == 6:
        return "{% set a = " + expression(rng, 2) + " %}{% if a %}{{ a ~ " + expression(rng, 1) + " }}{% else %}no{% endif %}"
    return ("{% macro m(a, b=" + expression(rng, 1) + ") %}{{ a }}|{{ b }}{% endmacro %}{{ m(" + expression(rng, 2) + ") }}")


def main(count, seed):
    warnings.simplefilter("ignore")
    rng = random.Random(seed)
    made = environment()
    cases = []
    while len(cases) < count:
        source = template(rng)
        result = render(made, source, CONTEXT)
        text = result.get("text", "")
        # Addresses, numbers beyond 64 bits and long texts are of no use; of the errors one in three is enough.
        if " at 0x" in text or re.search(r"\d{19}", text) or len(text) > 400:
            continue
        if "error" in result and rng.random() < 0.67:
            continue
        cases.append({"template": source, **result})
    print('{"context":' + json.dumps(CONTEXT, ensure_ascii=False) + ',\n"cases":[')
    print(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
    print("]}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
