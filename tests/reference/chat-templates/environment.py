"""Jinja2 set up the way transformers.apply_chat_template does it, with a clock that stands still."""

import copy
import datetime
import json

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

# 2026-01-02 03:04:05 UTC
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


class Refusal(jinja2.TemplateError):
    """What raise_exception raises."""


class Generation(Extension):
    """{% generation %}: marks what the assistant said, shows nothing itself."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_mark"), [], [], body).set_lineno(line)

    def _mark(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise Refusal(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = NOW.strftime
    return made


def render(made, source, context):
    """{"text": …}, {"refusal": the template's words} or {"error": the exception's class}."""
    try:
        return {"text": made.from_string(source).render(**copy.deepcopy(context))}
    except Refusal as refusal:
        return {"refusal": refusal.message}
    except Exception as error:  # whatever Python raises, a template meets it as an error
        return {"error": type(error).__name__}
