#!/usr/bin/env python3
"""Small templates that cover the language, one feature or corner a line, and what Jinja2 makes of each.

    pip install jinja2==3.1.6
    ./snippets.py > snippets.json
"""

import json

from environment import environment, render

CONTEXT = {
    "n": 7, "f": 2.5, "neg": -3, "t": True, "no": None, "s": "Hello, World", "uni": "Straße 漢字 é👍", "empty": "",
    "l": [3, 1, 2], "names": ["bob", "Alice", "carol"], "d": {"b": 1, "a": 2, "C": 3}, "nested": {"x": {"y": [1, {"z": "deep"}]}},
    "users": [{"name": "Ann", "age": 30, "tags": ["x"]}, {"name": "bob", "age": 25, "tags": []}, {"name": "Cid", "age": 30}],
    "clash": {"items": "own", "keys": 1, "count": 5}, "big": 9007199254740993, "tiny": 1e-7, "huge": 1e22, "html": "<a href='x'>&\"</a>",
    "lines": "one\ntwo\r\n\nthree\n", "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]}],
}

SNIPPETS = r"""
{{ n }} {{ f }} {{ neg }} {{ t }} {{ no }} {{ s }} {{ empty }} {{ missing }}
{{ 1 + 2 * 3 - 4 }} {{ 7 / 2 }} {{ 8 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }} {{ 2 ** -1 }}
{{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }} {{ 0.0 * -1 }} {{ 1e3 }} {{ 1.5e-3 }}
{{ -2 ** 2 }} {{ 2 ** 3 ** 2 }} {{ -n }} {{ +n }} {{ - -n }} {{ -f }} {{ +t }}
{{ 0.1 + 0.2 }} {{ 1 / 3 }} {{ 1e16 }} {{ 1e15 }} {{ 123456789012345680.0 }} {{ tiny }} {{ huge }} {{ 0.0001 }} {{ 0.00001 }} {{ 1.0 }} {{ -0.0 }} {{ 100.0 }}
{{ big }} {{ big + 1 }} {{ 9223372036854775807 }} {{ 0x1F }} {{ 0o17 }} {{ 0b101 }} {{ 1_000_000 }} {{ 00 }}
{{ 1 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.0 / 0 }}
{{ true + true }} {{ true * 3 }} {{ false - 1 }} {{ true / 2 }} {{ true == 1 }} {{ true == 1.0 }} {{ 1 == 1.0 }} {{ "1" == 1 }}
{{ "a" + "b" }} {{ "a" "b" 'c' }} {{ "ab" * 3 }} {{ 3 * "ab" }} {{ "x" * -1 }} {{ "x" * 0 }}|
{{ "a" + 1 }}
{{ 1 + "a" }}
{{ [1] + [2, 3] }} {{ [1, 2] * 2 }} {{ (1,) + (2,) }} {{ 2 * (1, 2) }}
{{ [1] + (2,) }}
{{ {} + {} }}
{{ "a" ~ 1 ~ none ~ true ~ 1.5 ~ [1] ~ missing ~ {"k": "v"} }}
{{ 1 ~ 2 + 3 }} {{ 1 + 2 ~ 3 }} {{ 2 * 3 ~ 4 }}
{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 >= 2 }} {{ 1 == 1 != 2 }} {{ "a" < "b" }} {{ "a" < "B" }} {{ [1, 2] < [1, 3] }} {{ [1] < [1, 0] }} {{ (1, 2) >= (1, 2) }}
{{ 1 < "a" }}
{{ none < 1 }}
{{ {} < {} }}
{{ [1, "a"] == [1, "a"] }} {{ [1] == (1,) }} {{ {"a": 1, "b": 2} == {"b": 2, "a": 1} }} {{ {"a": 1} == {"a": 1.0} }} {{ none == none }} {{ missing == missing2 }} {{ missing == none }} {{ range(3) == range(0, 3) }}
{{ 1 in [1, 2] }} {{ 3 not in [1, 2] }} {{ "el" in s }} {{ "" in "" }} {{ "a" in d }} {{ "z" not in d }} {{ 1 in (1,) }} {{ 2 in range(3) }} {{ 2.0 in range(3) }} {{ 5 in range(0, 10, 2) }} {{ 1 in missing }}
{{ 1 in "a" }}
{{ 1 in none }}
{{ "a" in 5 }}
{{ [1] in d }}
{{ not true }} {{ not none }} {{ not "" }} {{ not 0.0 }} {{ not [] }} {{ not missing }} {{ not not 1 }} {{ not {} }} {{ not range(0) }}
{{ 1 and 2 }} {{ 0 and 2 }} {{ "" or "x" }} {{ none or [] }} {{ missing or "d" }} {{ 1 or missing.attr }} {{ 0 and missing.attr }} {{ true and not false or false }}
{{ "a" if t else "b" }} {{ "a" if no else "b" }} {{ "a" if no }}| {{ 1 if 0 else 2 if 0 else 3 }} {{ (1 if t) + 1 }}
{{ ("a" if false) + "x" }}
{{ missing.attr }}
{{ missing["x"] }}
{{ missing() }}
{{ missing + 1 }}
{{ 1 + missing }}
{{ missing < 1 }}
{{ -missing }}
{{ missing|length }} {{ missing|list }} {{ missing|string }} {{ missing|upper }} {{ missing|join }} {{ missing|default("x") }} {{ missing is iterable }} {{ missing is sequence }}
{% for x in missing %}{{ x }}{% else %}none{% endfor %}
{{ d.missing }}|{{ d["missing"] }}|{{ l[10] }}|{{ l[-10] }}|{{ s[99] }}|{{ n.x }}|{{ none.x }}|{{ n[0] }}|{{ l["x"] }}|{{ d[none] }}
{{ d.missing.more }}
{{ nested.x.y[1].z }} {{ nested["x"]["y"][0] }} {{ nested.x.y.1.z }} {{ nested.x["y"][-1]["z"] }}
{{ clash.items is callable }} {{ clash.items() == clash["items"] }} {{ clash["items"] }} {{ clash["keys"] }} {{ clash["count"] }} {{ clash.count }}
{{ d.items() }} {{ d.keys() }} {{ d.values() }} {{ d.items()|list }} {{ d.keys()|list|length }} {{ d.get("a") }} {{ d.get("q") }} {{ d.get("q", 5) }} {{ d.items()|length }}
{{ d.pop("a") }}
{{ l.append(4) }}
{{ d.update({"x": 1}) }}
{{ l.append }}|{{ l.sort is defined }}
{{ l.index(1) }} {{ l.count(1) }} {{ [1, 1, 2].count(1) }} {{ (1, 2, 3).index(3) }} {{ l.copy() }}
{{ l.index(99) }}
{{ s.__class__ }}|{{ s._x }}|{{ ""["__class__"] }}
{{ l[0] }} {{ l[-1] }} {{ l[1:] }} {{ l[:1] }} {{ l[:-1] }} {{ l[::-1] }} {{ l[::2] }} {{ l[5:] }} {{ l[-2:] }} {{ l[0:2:1] }} {{ l[2:0:-1] }} {{ l[-1::-2] }} {{ l[10::-1] }} {{ l[:-10:-1] }}
{{ s[0] }} {{ s[-1] }} {{ s[7:] }} {{ s[:5] }} {{ s[::-1] }} {{ s[::2] }} {{ s[-5:-1] }} {{ s[5:2] }}| {{ s[100:] }}|
{{ uni[0:6] }} {{ uni[::-1] }} {{ uni[7] }} {{ uni|length }} {{ uni[-1] }} {{ uni[-2:] }} {{ uni.find("é") }} {{ uni.index("漢") }}
{{ (1, 2, 3)[1:] }} {{ range(10)[2:5] }} {{ range(10)[::-2] }} {{ range(10)[3] }} {{ range(5)[-1] }} {{ range(0, 9, 4)[1:9] }}
{{ no[1:] }}
{{ d[1:] }}
{{ l["a":] }}
{{ missing[1:] }}
{{ l[::0] }}
{{ l[1.5] }}| {{ l[true] }} {{ s[none:2] }}
{{ [1, 2.0, "a'b", 'a"b', 'a\'b"c', none, true, [], {}, (1,), ()] }}
{{ {"a": [1, {"b": none}], 1: true, 2.5: "x", none: 0, true: 1} }}
{{ "tab\tnl\nback\\ nul\x00 del\x7f é 漢 \u200b \U0001F600 \xa0" }}{{ ["tab\tnl\nback\\ nul\x00 del\x7f é 漢 \u200b \U0001F600 \xa0"] }}
{{ "\q \' \" \101 \60" }} {{ 'multi
line' }}
{{ range(5) }} {{ range(1, 5)|list }} {{ range(10, 0, -3)|list }} {{ range(0)|list }} {{ range(2, 8, 3) }} {{ range(3)|length }}
{{ range(1, 2, 0) }}
{{ range(200000) }}
{{ range("a") }}
{{ dict(a=1, b="x") }} {{ dict({"a": 1}, b=2) }} {{ dict([("x", 1), ("y", 2)]) }} {{ dict() }}
{% set ns = namespace(a=1, b="x") %}{{ ns.a }} {{ ns["b"] }} {% set ns.a = 5 %}{{ ns.a }} {{ ns.zzz }}| {{ ns }}
{% set ns = namespace() %}{% for i in range(3) %}{% set ns.total = (ns.total or 0) + i %}{% endfor %}{{ ns.total }}
{% set ns = namespace({"a": 1}, b=2) %}{{ ns.a + ns.b }}
{% set x = {"a": 1} %}{% set x.a = 2 %}
{% set j = joiner("; ") %}{% for i in l %}{{ j() }}{{ i }}{% endfor %} {% set k = joiner() %}{{ k() }}a{{ k() }}b
{% set c = cycler("odd", "even") %}{{ c.next() }} {{ c.current }} {{ c.next() }} {{ c.next() }}{% set x = c.reset() %} {{ c.current }}
{% for i in range(4) %}{{ loop.cycle("a", "b", "c") }}{% endfor %}
{% for i in [1, 1, 2, 2, 1] %}{{ loop.changed(i) }} {% endfor %}
{% for x in l %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }}/{{ loop.depth }}/{{ loop.depth0 }} {% endfor %}
{% for x in l %}[{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }}]{% endfor %}
{% for x in l %}{{ loop }} {% endfor %}
{% for x in [] %}a{% else %}empty{% endfor %} {% for x in [1] %}a{% else %}empty{% endfor %}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %} {% for k in d %}{{ k }}{% endfor %} {% for (a, b) in [(1, 2), [3, 4]] %}{{ a + b }} {% endfor %}
{% for a, b in [1] %}{% endfor %}
{% for a, b in [(1, 2, 3)] %}{% endfor %}
{% for c in "héy" %}{{ c }}.{% endfor %}
{% for x in 5 %}{% endfor %}
{% for x in none %}{% endfor %}
{% for x in range(10) if x % 3 == 0 %}{{ loop.index }}:{{ x }} {{ loop.last }} {% endfor %}
{% for x in l if x > 10 %}a{% else %}nothing{% endfor %}
{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% for i in range(3) %}{% for j in range(3) %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}
{% for x in tree recursive %}{{ x.v }}{% if x.c %}({{ loop(x.c) }}){% endif %}{{ loop.depth }}{% endfor %}
{% set x = 1 %}{% for i in l %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}
{% for i in l %}{% set y = i %}{% endfor %}{{ y }}|
{% for i in l %}{% if loop.first %}{% set first = i %}{% endif %}{{ first }} {% endfor %}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}
{% if n > 5 %}a{% elif n > 3 %}b{% else %}c{% endif %} {% if no %}a{% elif n == 7 %}b{% else %}c{% endif %} {% if missing %}a{% endif %}|
{% set a, b = 1, 2 %}{{ a }}{{ b }} {% set (c, d2) = [3, 4] %}{{ c }}{{ d2 }} {% set t3 = 1, 2, 3 %}{{ t3 }} {% set u = 1, %}{{ u }}
{% set a, b = [1] %}
{% set x %}block {{ n }}{% endset %}{{ x|upper }} {% set y | upper | replace("A", "4") %}banana{% endset %}{{ y }}
{% set x %}{% set inner = 5 %}{{ inner }}{% endset %}{{ x }}{{ inner }}|
{% set ns = namespace() %}{% set ns.text %}hi{% endset %}{{ ns.text }}
{% with a = 1, b = n %}{{ a + b }}{% set c = 3 %}{{ c }}{% endwith %}{{ a }}{{ c }}|
{% macro m(a, b=2, c="x") %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, c=3) }} {{ m(b=5, a=0) }} {{ m() }} {{ m(1, 2, 3) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(z=2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}
{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(4) }}
{% macro m() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}
{% macro m(a) %}{{ a }}{{ varargs|length }}{% endmacro %}{{ m(1, 2, 3) }} {{ m(*[1, 2]) }} {{ m(**{"a": 5}) }}
{% macro fact(k) %}{% if k <= 1 %}1{% else %}{{ k * (fact(k - 1)|int) }}{% endif %}{% endmacro %}{{ fact(10) }}
{% macro m() %}{{ outer }}{% endmacro %}{% set outer = 5 %}{{ m() }}
{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}
{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body {{ n }}{% endcall %}
{% macro m(items) %}{% for i in items %}{{ caller(i, loop.index) }};{% endfor %}{% endmacro %}{% call(x, y=9) m(l) %}{{ x }}@{{ y }}{% endcall %}
{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}x{% endmacro %}{{ m }} {{ m.name }} {{ m is callable }} {{ m()|upper }} {{ m() + "y" }}
{% filter upper %}shout {{ s }}{% endfilter %} {% filter replace("a", "b") | upper %}banana{% endfilter %}
{% raw %}{{ not }} {% parsed %} {# here #}{% endraw %}|{%- raw -%} x {%- endraw -%} |
a{# comment #}b{#- trims -#} c {#+ no #} d
{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x }}|
{{ "a" }}{{- " b " -}} {{ "c" }}
a  {%- if true -%}  b  {%- endif -%}  c
{{ "%s is %d years, %5.2f|%-5s|%05d|%x|%%|%r|%+d|%e" % ("Bob", 42, 3.14159, "ab", 42, 255, "q", 5, 12345.678) }}
{{ "%s" % "x" }} {{ "%s" % [1, 2] }} {{ "%(a)s-%(b)05.1f" % {"a": 1, "b": 2.25} }} {{ "%5s|%.2s" % ("ab", "abc") }} {{ "%s" % none }}
{{ "%d" % "x" }}
{{ "%s %s" % ("a",) }}
{{ "%s" % (1, 2) }}
{{ "%s, %s!"|format("Hi", "you") }} {{ "%(x)s"|format(x=5) }}
{{ "{} {} {}".format(1, "a", none) }} {{ "{1} {0}".format("a", "b") }} {{ "{x} {y[0]} {z.k}".format(x=1, y=[2], z={"k": 3}) }}
{{ "{:>5}|{:<5}|{:^5}|{:*^7}|{:05d}|{:.2f}|{:,}|{:+}|{:x}|{:#x}|{:%}|{:e}".format("a", "b", "c", "d", 42, 3.14159, 1234567, 5, 255, 255, 0.25, 12345.6789) }}
{{ "{!r} {!s} {{}}".format("a", "b") }}
{{ "{}".format() }}
{{ "{:d}".format("x") }}
{{ "  x ".strip() }}|{{ "  x ".lstrip() }}|{{ "  x ".rstrip() }}|{{ "xxaxx".strip("x") }} {{ "abcba".lstrip("ab") }} {{ "abcba".rstrip("ab") }} {{ "\u2003 a\n\t".strip() }}|
{{ "a,b,,c".split(",") }} {{ " a  b ".split() }} {{ "a b c d".split(" ", 2) }} {{ "a b c".split(None, 1) }} {{ "abc".split("x") }} {{ "".split() }} {{ "".split(",") }} {{ "a b c".split(maxsplit=1) }}
{{ "a,b,c".rsplit(",", 1) }} {{ "a b  c".rsplit(None, 1) }} {{ "a,b".rsplit(",") }} {{ " a b ".rsplit() }}
{{ "a".split("") }}
{{ lines.splitlines() }} {{ lines.splitlines(true) }} {{ "a-b-c".partition("-") }} {{ "a-b-c".rpartition("-") }} {{ "abc".partition("-") }} {{ "abc".rpartition("-") }}
{{ s.startswith("Hell") }} {{ s.startswith(("x", "H")) }} {{ s.endswith("ld") }} {{ s.endswith(()) }} {{ s.startswith("World", 7) }} {{ s.endswith("Hello", 0, 5) }} {{ s.startswith("") }}
{{ s.startswith(1) }}
{{ "banana".replace("a", "o") }} {{ "banana".replace("a", "o", 2) }} {{ "abc".replace("", "-") }} {{ "aaa".replace("aa", "b") }} {{ "abc".replace("b", "") }}
{{ "a".replace(1, 2) }}
{{ s.upper() }} {{ s.lower() }} {{ "hELLO wORLD".capitalize() }} {{ "they're bill's".title() }} {{ "aB".swapcase() }} {{ uni.upper() }} {{ "ΑΣ ΑΣ".lower() }} {{ "ǆ ﬁ".title() }} {{ "İ".lower()|length }}
{{ ", ".join(["a", "b"]) }} {{ "".join("abc") }} {{ "-".join(d) }} {{ "x".join([]) }}|
{{ ",".join([1, 2]) }}
{{ s.find("o") }} {{ s.find("z") }} {{ s.rfind("o") }} {{ s.find("o", 5) }} {{ s.index("W") }} {{ s.rindex("l") }} {{ s.count("l") }} {{ "aaa".count("aa") }} {{ "abc".count("") }} {{ s.find("o", -4) }}
{{ s.index("z") }}
{{ "12".isdigit() }} {{ "1a".isdigit() }} {{ "".isdigit() }} {{ "ab".isalpha() }} {{ "a1".isalnum() }} {{ " ".isspace() }} {{ "AB".isupper() }} {{ "ab1".islower() }} {{ "A b".istitle() }} {{ "½".isnumeric() }} {{ "½".isdecimal() }} {{ "a_1".isidentifier() }} {{ "é".isascii() }} {{ "A\n".isprintable() }}
{{ "5".zfill(3) }} {{ "-5".zfill(4) }} {{ "a".ljust(3, ".") }}| {{ "a".rjust(3) }} {{ "ab".center(5, "*") }} {{ "abc".center(6, "*") }} {{ "test_x".removeprefix("test_") }} {{ "x.py".removesuffix(".py") }}
{{ s.nosuch }}|
{{ s.nosuch() }}
{{ s|length }} {{ l|length }} {{ d|length }} {{ l|count }} {{ ()|length }} {{ "é👍"|length }}
{{ 5|length }}
{{ none|length }}
{{ s|upper }} {{ s|lower }} {{ "hello wORLD foo-bar (baz"|title }} {{ "hELLO"|capitalize }} {{ 5|upper }} {{ none|upper }} {{ [1]|lower }} {{ "it's o'neil"|title }}
{{ "  x "|trim }}|{{ "xxaxx"|trim("x") }} {{ 5|trim }} {{ none|trim }}
{{ "banana"|replace("a", "o") }} {{ "banana"|replace("a", "o", 1) }} {{ 121|replace(1, 3) }}
{{ [1, none, "a", true]|join("-") }} {{ l|join }} {{ users|join(", ", attribute="name") }} {{ "abc"|join("-") }} {{ l|join(1) }}
{{ l|first }} {{ l|last }} {{ []|first }}| {{ []|last }}| {{ "abc"|first }} {{ "abc"|last }} {{ d|first }} {{ range(5)|last }} {{ d|last }}
{{ l|reverse|list }} {{ "abc"|reverse }} {{ d|reverse|list }} {{ l|list }} {{ "ab"|list }} {{ d|list }} {{ d.items()|list }}
{{ l|reverse|first }} {{ l|map("string")|first }}
{{ l|sort }} {{ l|sort(reverse=true) }} {{ names|sort }} {{ names|sort(case_sensitive=true) }} {{ users|sort(attribute="age")|map(attribute="name")|list }} {{ users|sort(attribute="age,name", reverse=true)|map(attribute="name")|join }} {{ "cab"|sort }}
{{ [1, "a"]|sort }}
{{ d|dictsort }} {{ d|dictsort(true) }} {{ d|dictsort(by="value") }} {{ d|dictsort(reverse=true) }} {{ d|dictsort(false, "value", true) }}
{{ l|dictsort }}
{{ {"b": {}, "a": 1}|dictsort }} {{ d|items|list }} {{ missing|items|list }}
{{ l|items|list }}
{{ [1, 2, 1, "a", "A", 2.0, true]|unique|list }} {{ names|unique(true)|list }} {{ users|unique(attribute="age")|map(attribute="name")|list }}
{{ [[1]]|unique|list }}
{{ users|map(attribute="name")|list }} {{ users|map(attribute="tags", default="-")|list }} {{ users|map(attribute="tags.0")|list }} {{ names|map("upper")|list }} {{ ["1", "2"]|map("int")|sum }} {{ [" a ", "b "]|map("trim")|join }} {{ l|map("string")|map("replace", "1", "one")|list }}
{{ l|map("nosuch")|list }}
{{ l|map|list }}
{{ range(6)|select("odd")|list }} {{ range(6)|reject("odd")|list }} {{ [0, 1, "", "a", none]|select|list }} {{ [0, 1]|reject|list }} {{ range(6)|select("divisibleby", 3)|list }} {{ [1, "a"]|select("string")|list }} {{ l|select(">", 1)|list }} {{ l|select("in", [1, 9])|list }}
{{ users|selectattr("age", "equalto", 30)|map(attribute="name")|list }} {{ users|selectattr("tags")|list|length }} {{ users|rejectattr("age", "gt", 28)|map(attribute="name")|join }} {{ users|selectattr("tags", "defined")|list|length }} {{ users|selectattr("name", "in", ["Ann"])|list|length }} {{ users|rejectattr("tags")|map(attribute="name")|list }}
{{ users|groupby("age")|map("first")|list }} {% for g in users|groupby("age") %}{{ g.grouper }}:{{ g.list|map(attribute="name")|join("+") }} {% endfor %}{% for age, who in users|groupby("age") %}{{ age }}{{ who|length }}{% endfor %}
{{ l|sum }} {{ [1.5, 2]|sum }} {{ users|sum(attribute="age") }} {{ []|sum }} {{ l|sum(start=10) }} {{ [[1], [2]]|sum(start=[]) }}
{{ ["a"]|sum }}
{{ l|max }} {{ l|min }} {{ names|max }} {{ names|min }} {{ []|max }}| {{ users|max(attribute="age") }} {{ "hello"|max }} {{ names|min(case_sensitive=true) }}
{{ -5|abs }} {{ 5.5|abs }} {{ (-2.5)|abs }} {{ true|abs }}
{{ "a"|abs }}
{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, "floor") }} {{ 42.51|round(1, "ceil") }} {{ 5|round }} {{ 2.5|round }} {{ 3.5|round }} {{ -2.5|round }} {{ 1234|round(-2) }} {{ 1250|round(-2) }} {{ 2.675|round(2) }} {{ 42.5|round|int }} {{ 1234.5|round(-2) }} {{ 7|round(0, "ceil") }}
{{ "42"|int }} {{ "42.7"|int }} {{ "x"|int }} {{ "x"|int(5) }} {{ 3.9|int }} {{ -3.9|int }} {{ true|int }} {{ none|int }} {{ " 12 "|int }} {{ "0x1f"|int(0, 16) }} {{ "1_000"|int }} {{ "1e3"|int }} {{ ""|int }} {{ "inf"|int }} {{ [1]|int(7) }} {{ "ff"|int(base=16) }}
{{ missing|int }}
{{ "1.5"|float }} {{ "x"|float }} {{ "x"|float(1.5) }} {{ 3|float }} {{ none|float }} {{ " 1e3 "|float }} {{ "inf"|float }} {{ "-nan"|float }} {{ "1_0.5"|float }} {{ true|float }}
{{ 5|string + "x" }} {{ none|string }} {{ [1]|string|length }} {{ 1.0|string }}
{{ missing|default("d") }} {{ none|default("d") }} {{ none|default("d", true) }} {{ ""|d("e", true) }} {{ 0|default(1, boolean=true) }} {{ missing|default }}| {{ d.q|default([]) }}
{{ html|escape }} {{ html|e }} {{ html|safe }} {{ html|e|e }} {{ ("<"|e) + "<" }} {{ "<" + ("<"|safe) }} {{ "<" ~ ("<"|e) }} {{ html|forceescape }} {{ ["<"|e] }}
{{ "a\nb\n\nc"|indent }}|{{ "a\nb"|indent(2) }}|{{ "a\nb"|indent(2, true) }}|{{ "a\n\nb"|indent(2, blank=true) }}|{{ "a\nb"|indent("> ", first=true) }}|{{ "a\n"|indent }}|{{ ""|indent }}|
{{ range(7)|batch(3)|list }} {{ range(7)|batch(3, 0)|list }} {{ []|batch(2)|list }} {{ range(7)|slice(3)|list }} {{ range(7)|slice(3, "x")|list }} {{ range(2)|slice(3)|list }}
{{ "a b, c-d e_f 漢"|wordcount }} {{ ""|wordcount }}
{{ "foo bar baz qux"|truncate(9) }} {{ "foo bar baz qux"|truncate(9, true) }} {{ "foo bar baz qux"|truncate(11) }} {{ "foo bar baz qux"|truncate(11, false, "...", 0) }} {{ "x"|truncate }} {{ "abcdefghijkl"|truncate(5, end="…", leeway=0) }}
{{ "ab"|center(6) }}| {{ s|attr("upper")() }} {{ d|attr("a") }}| {{ d|attr("get")("a") }}
{{ {"a": 1, "b": [1.5, none, true, "é\"\\\n\t\u0001\u007f/<>&'"]}|tojson }}
{{ nested|tojson(indent=2) }} {{ []|tojson(indent=2) }} {{ {}|tojson(indent=2) }} {{ [[], {}]|tojson(indent=1) }} {{ [1]|tojson(indent="--") }} {{ [1, {"a": 2}]|tojson(indent=0) }}
{{ d|tojson(sort_keys=true) }} {{ [1, {"a": 2}]|tojson(separators=(",", ":")) }} {{ "é漢👍\x7f"|tojson(ensure_ascii=true) }} {{ d|tojson(true, 1) }} {{ {1: 2, none: 3, true: 4, 1.5: 5}|tojson }} {{ (1, 2)|tojson }} {{ 1e22|tojson }} {{ 1.0|tojson }} {{ "inf"|float|tojson }}
{{ missing|tojson }}
{{ d.items()|tojson }}
{{ {(1, 2): 3}|tojson }}
{{ range(3)|tojson }}
{{ n is defined }} {{ missing is defined }} {{ missing is undefined }} {{ no is none }} {{ n is none }} {{ d.q is defined }} {{ d.a is defined }} {{ n is not defined }}
{{ s is string }} {{ n is string }} {{ n is number }} {{ f is number }} {{ t is number }} {{ n is integer }} {{ t is integer }} {{ f is integer }} {{ f is float }} {{ n is float }} {{ t is boolean }} {{ n is boolean }} {{ "1" is number }}
{{ d is mapping }} {{ l is mapping }} {{ l is iterable }} {{ s is iterable }} {{ n is iterable }} {{ no is iterable }} {{ d is iterable }} {{ l is sequence }} {{ s is sequence }} {{ d is sequence }} {{ n is sequence }} {{ (1,) is sequence }} {{ d.items() is sequence }} {{ l|map("string") is iterable }} {{ range(3) is sequence }}
{{ t is true }} {{ 1 is true }} {{ no is false }} {{ false is false }} {{ 0 is false }} {{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ -3 is odd }}
{{ "a" is odd }}
{{ 5 is eq 5 }} {{ 5 is equalto(5) }} {{ 5 is ne 4 }} {{ 5 is lt 6 }} {{ 5 is gt 6 }} {{ 5 is le 5 }} {{ 5 is ge 6 }} {{ 1 is in [1] }} {{ "a" is in "abc" }} {{ 1 is not in [1] }} {{ 5 is greaterthan 4 }} {{ 5 is lessthan 4 }} {{ 1 is sameas 1 }} {{ true is sameas true }} {{ 1 is sameas true }} {{ none is sameas none }}
{{ "abc" is lower }} {{ "ABC" is upper }} {{ "aB" is lower }} {{ "1" is lower }} {{ range is callable }} {{ s is callable }} {{ s.upper is callable }} {{ "upper" is filter }} {{ "x" is filter }} {{ "odd" is test }} {{ ("<"|e) is escaped }} {{ "<" is escaped }}
{{ 1 is defined and 2 is defined }} {{ not 1 is string }} {{ 1 if s is string else 2 }} {{ n is divisibleby 7 and t }} {{ [1] is iterable or false }} {{ 1 + 1 is even }} {{ n is none or n is number }}
{{ x is nosuch }}
{{ n|nosuch }}
{% if false %}{{ n|nosuch }}{% endif %}ok
{% if true %}{{ n is nosuch }}{% endif %}
{{ 5() }}
{{ s() }}
{{ "x".upper(1) }}
{{ l|join("-", "x", "y") }}
{{ raise_exception("Stop " ~ n) }}
{% if n == 7 %}{{ raise_exception("Seven!") }}{% endif %}
{{ raise_exception("") }}
{{ strftime_now("%d %b %Y") }} {{ strftime_now("%Y-%m-%dT%H:%M:%S %A %B %j %I %p %y %% %-d") }}
{{ strftime_now is defined }} {{ raise_exception is defined }} {{ nosuchglobal is defined }}
{{ 1, 2 }} {{ (1) }} {{ (1,) }} {{ () }} {{ [1, 2,] }} {{ {"a": 1,} }} {{ [] }} {{ {} }}
{{ {"a": 1, "a": 2} }} {{ {1: "a", 1.0: "b", true: "c"} }}
{{ {[1]: 2} }}
{{ "a"|upper|lower|title }} {{ ("a" ~ "b")|upper }} {{ "a" ~ "b"|upper }} {{ -1|abs }} {{ not n|string }} {{ 1 + "5"|int }}
{{ s . upper ( ) }} {{ d [ "a" ] }} {{ d
.a }} {{ n+1 }} {{ n -1 }} {{ n-1 }} {{ [n,f][0] }}
{{ loop is defined }} {{ true }} {{ True }} {{ none }} {{ None }} {{ false }} {{ False }}
{{ caller }}| {{ varargs }}|
{{ "\u00e9" == "é" }} {{ "a" in ["A"|lower] }} {{ "é"|upper }} {{ "ß"|upper }} {{ "ǅ"|lower }}
{% set l2 = [] %}{% for x in l %}{% set l2 = l2 + [x] %}{% endfor %}{{ l2 }}
{% set x = "a" %}{% set x = x ~ "b" %}{{ x }} {% set x = [x, x] %}{{ x }}
{% for m in users %}{% set role = m.name if m.age == 30 else "young" %}{{ role }} {% endfor %}
{% for u in users %}{% for t in u.tags %}{{ t }}{{ loop.last }}{{ u.name }}{% endfor %}{% endfor %}
{% for i in l %}{% macro q(x) %}{{ x }}{{ i }}{% endmacro %}{{ q("v") }}{% endfor %}
{% for i in range(2) %}{% for j in range(2) %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}
{% macro outer() %}{% macro inner(a) %}<{{ a }}>{% endmacro %}{{ inner(1) }}{{ inner(2) }}{% endmacro %}{{ outer() }}
{% set it = l|map("string") %}{{ it|list }}{{ it|list }} {% set it2 = l|map("string") %}{{ it2 is iterable }}{% for x in it2 %}{{ x }}{% endfor %}{% for x in it2 %}{{ x }}{% else %}done{% endfor %}
{{ l|map("string")|length }}
{{ (l|map("string"))[0] }}|
{{ l|select("odd") is defined }} {{ (l|select("odd")) == [] }} {{ 1 if l|select("equalto", 9) else 2 }}
{% set m = {"role": "user", "content": "hi"} %}{{ m.role }}: {{ m["content"] }}{{ m.name is defined }}{{ "content" in m }}{{ m.content is string }}
{% if not (m is defined and m) %}no m{% endif %} {% if n is defined and n == 7 and s %}yes{% endif %}
{{ "a\\nb" }} {{ 'it''s' }} {{ "" }}|{{ '' }}
{{ "a" if "b" in "abc" else "c" }} {{ ["x", "y"][t] }} {{ ["no", "yes"][1 == 1] }}
{{ [[1, 2], [3, 4]]|map("first")|list }} {{ [[1, 2], [3, 4]]|map("last")|sum }} {{ [{"a": {"b": 1}}]|map(attribute="a.b")|list }}
{{ d.items()|map("first")|list }} {{ d.items()|map(attribute=1)|list }} {{ d.values()|sum }} {{ d.keys()|sort }} {{ d.keys()|join(",") }}
{{ "x"|default("y")|upper }} {{ (missing|default({})).a }}| {{ (missing or {}).get("a", "z") }}
{{ 3 * [0] }} {{ [none] * 2 }} {{ "=" * 10 }}
{{ "%.3f"|format(3.14159) }} {{ "%02d:%02d"|format(5, 7) }} {{ "%s"|format(none) }} {{ "%5.1f|%-8s|"|format(2.25, "x") }}
{% extends "x" %}
{% include "x" %}
{% import "x" as y %}
{% nosuchtag %}
{% if %}{% endif %}
{% if true %}
{% endif %}
{% for %}{% endfor %}
{% for x in l %}
{{ }}
{{ 1 +
{{ 1 }
{{ "abc }}
{{ (1 }}
{{ 1) }}
{{ [1} }}
{% set 1 = 2 %}
{% set none = 2 %}
{% break %}
{% macro m(a=1, b) %}{% endmacro %}
{{ f(a=1, 2) }}
{{ "\x1" }}
{{ 1 is string is number }}
{{ a b }}
{{ a.1b }}
{{ @ }}
{{ 'a' 5 }}
{# unclosed
{% raw %}unclosed
{% endfor %}
{% else %}
"""

# Whitespace control needs newlines inside the template.
LAYOUT = [
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n",
    "a\n  {%+ if true %}\n  b\n  {%+ endif %}\nc",
    "a\n  {%- if true -%}\n  b\n  {%- endif -%}\nc\n\n",
    "  {{ n }}  \n  {{- n -}}  \n  x",
    "{% for i in l %}\n{{ i }}\n{% endfor %}\n",
    "{% for i in l -%}\n  {{ i }},\n{%- endfor %}\n",
    "  {# comment #}\n  x {# c #}\n{#- c -#}\n y\n",
    "{% set x = 1 %}\n\n{% set y = 2 %}\n{{ x }}{{ y }}\n\n\n",
    "x\n\t{% if true %} y {% endif %} \n z",
    "\r\n{% if true %}\r\na\r\n{% endif %}\rb\r\n",
    "{% if true +%}\n a{% endif %}\n",
    "{% raw %}\n  {{ x }}\n{% endraw %}\n  {% raw -%}  y {%- endraw %}\nz",
    "{{ 'a\n  b' }}\n  {% if true %}{{ n }}{% endif %}\n",
    "   {% if true %}   {% endif %}   |",
    "\n\n  {%- if true %}x{% endif -%}  \n\n",
    "{{ n }}\n{{ n }}\n",
    "{% macro m() %}\n  in\n{% endmacro %}\n[{{ m() }}]\n",
    "{% macro m() -%}\n  in\n{%- endmacro -%}\n[{{ m() }}]\n",
    " {%- set a = 1 -%}  {{ a }} {#- x -#} b",
    "a {%- raw %} b {% endraw -%} c",
    "\u00a0{%- if true %}\u2003{%- endif %}x",
    "",
    "\n",
    "plain { text } } {",
    "{% if true %}{% else %}{% endif %}",
    "a{##}b{#-#}c{#+#}d",
]


def main():
    made = environment()
    sources = [line for line in SNIPPETS.strip("\n").split("\n")]
    # A line that opens what the next closes belongs with it.
    joined, open_line = [], ""
    for line in sources:
        whole = open_line + line
        open_line = ""
        if whole.endswith(("{{ 'multi", "{{ d", "\\n 'multi")) or (whole.count("{{ 'multi") and not whole.endswith("}}")):
            open_line = whole + "\n"
            continue
        joined.append(whole)
    cases = [{"template": source, **render(made, source, CONTEXT)} for source in joined + LAYOUT]
    print('{"context":' + json.dumps(CONTEXT, ensure_ascii=False) + ',\n"cases":[')
    print(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
    print("]}")


if __name__ == "__main__":
    main()
