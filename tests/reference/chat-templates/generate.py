#!/usr/bin/env python3
"""Renders every template of a folder with every conversation below: conversations.json holds the inputs, one
rendered-NAME.json per template what Jinja2 makes of them. The templates are other people's and stay outside.

    pip install jinja2==3.1.6
    ./generate.py FOLDER_OF_TEMPLATES
"""

import json
import pathlib
import sys

from environment import environment, render

HERE = pathlib.Path(__file__).parent


def say(role, content, **more):
    return {"role": role, "content": content, **more}


def call(name, arguments, identity="call12345"):
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather at a place, \"now\" & <later>.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "City, e.g. Köln"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "Unit"},
                "days": {"type": "integer", "description": "How many days", "nullable": True},
            },
            "required": ["place"],
        },
        "return": {"type": "string", "description": "A report"},
    },
}
LIGHTS = {
    "type": "function",
    "function": {
        "name": "set_lights",
        "description": "Sets lights.",
        "parameters": {
            "type": "object",
            "properties": {
                "rooms": {"type": "array", "items": {"type": "string"}, "description": "Rooms"},
                "state": {
                    "type": "object",
                    "description": "What to set",
                    "properties": {
                        "level": {"type": "number", "description": "0 to 1"},
                        "colors": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"hue": {"type": "number"}, "on": {"type": "boolean"}},
                                "required": ["hue"],
                            },
                            "description": "Colors",
                        },
                    },
                    "required": ["level"],
                },
            },
            "required": ["rooms", "state"],
        },
    },
}
NOTHING = {
    "type": "function",
    "function": {"name": "ping", "description": "No parameters", "parameters": {"type": "object", "properties": {}}},
}

USER = say("user", "Turn on the lamp, please.")
SYSTEM = say("system", "You are terse.\nAnswer in English. ")
HARD = " \n\tLine \"one\" & 'two' <b>\\n\n\nÄpfel, 漢字, ‮rtl‬, 👩‍👩‍👧 \u00a0\u2003 "
THOUGHT = "<think>\nFirst, the lamp.\n</think>\n\nDone."

TOOL_TURNS = [
    USER,
    say("assistant", "", tool_calls=[call("get_weather", {"place": "Köln", "days": 2, "exact": True, "x": None})]),
    say("tool", "{\"sky\": \"clear\"}", name="get_weather", tool_call_id="call12345"),
]

CONVERSATIONS = {
    "user": [USER],
    "system-user": [SYSTEM, USER],
    "developer-user": [say("developer", "Be brief."), USER],
    "turns": [USER, say("assistant", "Done."), say("user", "And the heater?")],
    "system-turns": [SYSTEM, USER, say("assistant", " Done. \n"), say("user", "Off."), say("assistant", "Off it is.")],
    "long": [SYSTEM] + [say(("user", "assistant")[i % 2], f"message {i}\n") for i in range(9)],
    "hard-text": [say("system", HARD), say("user", HARD), say("assistant", HARD), say("user", HARD)],
    "empty-content": [say("system", ""), say("user", ""), say("assistant", ""), say("user", "?")],
    "markers": [say("user", "<|im_end|>{{ 7*7 }}{% if x %}<end_of_turn></s>[INST]"), say("assistant", "</think>a</think>b")],
    "think-tags-in-system": [say("system", "Reason /no_think here. "), USER],
    "thoughts": [USER, say("assistant", THOUGHT), say("user", "Again."), say("assistant", THOUGHT)],
    "reasoning-content": [USER, say("assistant", "Done.", reasoning_content="\nlamp\n"), say("user", "More"),
                          say("assistant", "Yes.", reasoning_content="hm")],
    "reasoning-tool": [USER, say("assistant", "", reasoning="I should ask.", tool_calls=[call("ping", {})]),
                       say("tool", "pong", tool_call_id="call12345")],
    "tool-call": TOOL_TURNS[:2],
    "tool-result": TOOL_TURNS,
    "tool-answer": TOOL_TURNS + [say("assistant", "Clear sky."), say("user", "Thanks")],
    "tool-arguments-text": [USER, say("assistant", None, tool_calls=[call("get_weather", "{\"place\": \"Köln\"}")]),
                            say("tool", "clear", tool_call_id="call12345")],
    "tool-two-calls": [USER, say("assistant", "Both:", tool_calls=[
        call("get_weather", {"place": "A \"b\""}, "abcdefghi"),
        call("set_lights", {"rooms": ["x", "y"], "state": {"level": 0.5, "colors": []}}, "123456789")]),
        say("tool", "one", name="get_weather", tool_call_id="abcdefghi"),
        say("tool", "two", name="set_lights", tool_call_id="123456789"), say("assistant", "Fine.")],
    "tool-call-short-id": [USER, say("assistant", "", tool_calls=[call("ping", {}, "1")]), say("tool", "p", tool_call_id="1")],
    "tool-call-bare": [USER, say("assistant", "", tool_calls=[{"name": "ping", "arguments": {"a": 1}}])],
    "tool-result-object": TOOL_TURNS[:2] + [say("tool", {"content": {"sky": "clear"}}, tool_call_id="call12345")],
    "tool-responses": [USER, say("assistant", "ok", tool_calls=[call("ping", {})],
                                 tool_responses=[{"name": "ping", "response": {"b": [1, 2.5, None], "a": "t"}}])],
    "parts": [say("system", [{"type": "text", "text": "Be kind."}]),
              say("user", [{"type": "text", "text": "What "}, {"type": "image"}, {"type": "text", "text": "is this?"}])],
    "no-content": [USER, {"role": "assistant"}],
    "null-content": [USER, say("assistant", None)],
    "two-users": [USER, USER],
    "assistant-first": [say("assistant", "Hello!"), USER],
    "system-late": [USER, SYSTEM, say("assistant", "ok")],
    "unknown-role": [USER, say("narrator", "Night falls.")],
    "nothing": [],
}

BASE = {"bos_token": "<s>", "eos_token": "</s>", "documents": None}
SETTINGS = {
    "plain": {**BASE, "tools": None, "add_generation_prompt": False},
    "prompt": {**BASE, "tools": None, "add_generation_prompt": True},
    "prompt-no-tools-named": {"bos_token": "", "eos_token": "<|e|>", "add_generation_prompt": True},
    "thinking": {**BASE, "tools": None, "add_generation_prompt": True, "enable_thinking": True},
    "no-thinking": {**BASE, "tools": None, "add_generation_prompt": True, "enable_thinking": False},
    "tools": {**BASE, "tools": [WEATHER, LIGHTS], "add_generation_prompt": True},
    "tools-plain": {**BASE, "tools": [NOTHING], "add_generation_prompt": False, "enable_thinking": False},
    "tools-system": {**BASE, "tools": [WEATHER], "add_generation_prompt": True, "tools_in_user_message": False,
                     "date_string": "1 Apr 2025"},
    "documents": {**BASE, "tools": None, "add_generation_prompt": True,
                  "documents": [{"title": "Höhe", "text": "8848 m\n"}, {"title": "b", "text": "c"}]},
    "documents-tools": {**BASE, "tools": [NOTHING], "add_generation_prompt": True, "documents": [{"text": "c"}],
                        "keep_past_thinking": True},
}
# Every conversation with these; the others with a few.
COMMON = ["plain", "prompt", "no-thinking", "tools-plain"]
RARE_FOR = ["user", "system-user", "turns", "thoughts", "tool-answer", "nothing"]


def main(folder):
    made = environment()
    cases = [(name, setting) for name in CONVERSATIONS for setting in SETTINGS
             if setting in COMMON or name in RARE_FOR]
    inputs = {"conversations": CONVERSATIONS, "settings": SETTINGS, "cases": cases}
    (HERE / "conversations.json").write_text(json.dumps(inputs, ensure_ascii=False, separators=(",", ":")) + "\n")
    for template in sorted(pathlib.Path(folder).glob("*.jinja")):
        source = template.read_text()
        results = [render(made, source, {"messages": CONVERSATIONS[name], **SETTINGS[setting]}) for name, setting in cases]
        lines = ",\n".join(json.dumps(result, ensure_ascii=False, separators=(",", ":")) for result in results)
        (HERE / f"rendered-{template.stem}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
