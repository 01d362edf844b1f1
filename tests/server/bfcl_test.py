"""The functions of the Berkeley Function-Calling Leaderboard, called through the real server by models that know
nothing of them: whatever such a model would rather say, its calls parse and fit.

    MINNOW_TEST_DATA=… MINNOW=build/release/bin/minnow MINNOW_SOURCE=. python3 tests/server/bfcl_test.py all

asks for every case in every dialect (7,200 requests; names of dialects may follow), `800` in its place for every case in
one of them, in turns; with neither for a sample."""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import clients
from altered_model import altered_model
from running_server import HOME_MODEL, Server

SAMPLE = 60
PARALLEL = 8
CONTEXT = 4096
MAX_TOKENS = 320
CONTROL, USER_DEFINED = 3, 4
DATA = os.environ.get("MINNOW_TEST_DATA")
TEMPLATES = pathlib.Path(DATA or "") / "chat-templates"
CATEGORIES = ("simple_python", "multiple", "parallel")

# How the leaderboard's types, Python's, are called in JSON Schema; "any" is no type.
TYPES = {"dict": "object", "float": "number", "tuple": "array", "any": None}


def written(begin, end=""):
    """A template of our own for a family whose template we don't have: what tells its dialect is the marker."""
    return ("{% for tool in tools or [] %}{{ tool | tojson }}\n{% endfor %}{# " + begin + end + " #}"
            "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")


def read(name):
    return (TEMPLATES / (name + ".jinja")).read_text(encoding="utf-8")


def dialects():
    """{name: (templates of the file, tokens that are markers, how a call begins)}"""
    plain, tool = "tokenizer.chat_template", "tokenizer.chat_template.tool_use"
    tags = {"<tool_call>": USER_DEFINED, "</tool_call>": USER_DEFINED}
    bare = '{"name": "'
    nemo, hermes = "mistralai-Mistral-Nemo-Instruct-2407", "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use"
    return {
        "embedded": ({plain: ""}, {}, bare),  # its own
        "qwen": ({plain: read("Qwen-Qwen2.5-7B-Instruct")}, tags, "<tool_call>\n" + bare),
        "hermes": ({plain: read("google-gemma-2-2b-it"), tool: read(hermes)}, tags, "<tool_call>\n" + bare),
        "smollm3": ({plain: read("HuggingFaceTB-SmolLM3-3B")}, tags, "<tool_call>\n" + bare),
        "mistral": ({plain: read(nemo)}, {"[TOOL_CALLS]": CONTROL}, "[TOOL_CALLS][" + bare),
        "new mistral": ({plain: written("[TOOL_CALLS]", "[ARGS]")}, {"[TOOL_CALLS]": CONTROL, "[ARGS]": CONTROL},
                        "[TOOL_CALLS]"),
        "phi": ({plain: written("<|tool_call|>", "<|/tool_call|>")}, {"<|tool_call|>": CONTROL, "<|/tool_call|>": CONTROL},
                "<|tool_call|>[" + bare),
        "llama": ({plain: read("meta-llama-Llama-3.2-3B-Instruct")}, {}, bare),
        "gemma": ({plain: read("google-gemma-2-2b-it")}, {}, bare),
    }


def schema_of(value):
    """A parameter as people who use OpenAI's API write it."""
    schema = dict(value)
    if "type" in schema:
        schema["type"] = TYPES.get(schema["type"], schema["type"])
        if schema["type"] is None:
            del schema["type"]
    if value.get("type") == "float":
        schema["format"] = "float"
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            schema[name] = schema_of(schema[name])
    if "properties" in schema:
        schema["properties"] = {key: schema_of(entry) for key, entry in schema["properties"].items()}
    return schema


def cases():
    for category in CATEGORIES:
        with open(pathlib.Path(DATA) / "eval" / "bfcl" / f"BFCL_v4_{category}.json", encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                tools = [{"type": "function", "function": {**function, "parameters": schema_of(function["parameters"])}}
                         for function in case["function"]]
                yield case["id"], case["question"][0], tools


class Answer:
    """What a client makes of a reply, whole or streamed."""

    def __init__(self):
        self.status, self.error, self.content, self.calls, self.finish_reason = 200, "", "", [], None
        self.written = None  # what the model wrote, where it was asked for log-probabilities

    def take(self, message):
        self.content += message.get("content") or ""
        for i, call in enumerate(message.get("tool_calls") or []):
            index = call.get("index", i)
            if index == len(self.calls):
                assert call["type"] == "function" and call["id"]
                self.calls.append({"name": call["function"]["name"], "arguments": ""})
            self.calls[index]["arguments"] += call["function"].get("arguments", "")


def ask(server, body):
    answer = Answer()
    connection = server.connect(timeout=300)
    connection.request("POST", "/v1/chat/completions", json.dumps(body))
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    answer.status = reply.status
    if reply.status != 200:
        answer.error = json.loads(text)["error"]["message"]
    elif not body["stream"]:
        choice = json.loads(text)["choices"][0]
        answer.take(choice["message"])
        answer.finish_reason = choice["finish_reason"]
        if choice["logprobs"]:
            answer.written = "".join(token["token"] for token in choice["logprobs"]["content"])
    else:
        events = [event.removeprefix("data: ") for event in text.split("\n\n")]
        assert events[-2:] == ["[DONE]", ""], events[-2:]
        for event in events[:-2]:
            choice = json.loads(event)["choices"][0]
            answer.take(choice["delta"])
            answer.finish_reason = choice["finish_reason"] or answer.finish_reason
    return answer


class Judge:
    """Counts answers, and keeps those that are wrong."""

    def __init__(self, validator):
        self.validator, self.counts, self.wrong = validator, collections.Counter(), []

    def complaint(self, answer, body, markers, beginning):
        if body["tool_choice"] == "required" and answer.written and not answer.written.startswith(beginning):
            return f"the call is in another dialect: {answer.written}"
        cut = answer.finish_reason == "length"  # anywhere within the last call
        if not cut and answer.finish_reason != ("tool_calls" if answer.calls else "stop"):
            return f"finish_reason {answer.finish_reason}"
        if body["tool_choice"] == "required" and (answer.content or not answer.calls and not cut):
            return "a call was required"
        if len(answer.calls) > 1 and not body["parallel_tool_calls"]:
            return "more than one call"
        if any(marker in answer.content for marker in markers if "/" not in marker):
            return "a call is left in the text"
        tools = {tool["function"]["name"]: tool["function"]["parameters"] for tool in body["tools"]}
        for call in answer.calls[:-1] if cut else answer.calls:
            if call["name"] not in tools:
                return f"no such tool: {call['name']}"
            arguments = json.loads(call["arguments"])
            self.validator(tools[call["name"]]).validate(arguments)
            if unknown := set(arguments) - set(tools[call["name"]]["properties"]):
                return f"unknown arguments {unknown}"
        return ""

    def judge(self, name, answer, body, *dialect):
        if answer.status != 200:
            self.counts[f"refused: {answer.error.split(': ', 2)[-1]}"] += 1
            return
        try:
            complaint = self.complaint(answer, body, *dialect)
        except Exception as error:  # of json and of jsonschema
            complaint = f"{type(error).__name__}: {error}"
        if complaint:
            self.wrong.append(f"{name}: {complaint}: {answer.content!r} {answer.calls}")
        self.counts[answer.finish_reason] += 1
        self.counts["calls"] += len(answer.calls)


def body_of(turn, messages, tools):
    """Required and optional calls, whole and streamed, one and several, with stop strings and without, in turns."""
    choice, stream = (("required", False), ("auto", True), ("required", True), ("auto", False))[turn % 4]
    body = {"messages": messages, "tools": tools, "tool_choice": choice, "stream": stream, "max_tokens": MAX_TOKENS,
            "parallel_tool_calls": turn % 8 < 4, "logprobs": not stream, "seed": turn, "temperature": 1}
    return {**body, "stop": ["}", "\"", ">"]} if turn % 16 >= 8 else body  # which cut text, and never a call


def run(everything, n_cases, names, validator):
    all_cases = list(cases())
    chosen = all_cases if everything else all_cases[::max(1, len(all_cases) // n_cases)]
    families = {name: rest for name, rest in dialects().items() if not names or name in names}
    n_wrong = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        for k, (family, (templates, markers, beginning)) in enumerate(families.items()):
            path = HOME_MODEL
            if family != "embedded":
                path = pathlib.Path(folder) / "altered.gguf"
                altered_model(HOME_MODEL, path, templates, CONTEXT, markers)
            judge = Judge(validator)
            asked = [(f"{family} {name}", body_of(k + index if everything else index // len(families), messages, tools))
                     for index, (name, messages, tools) in enumerate(chosen) if everything or index % len(families) == k]
            with Server(path, "-c", CONTEXT, "--parallel", PARALLEL) as server:
                answers = list(pool.map(lambda one: ask(server, one[1]), asked))
            for (name, body), answer in zip(asked, answers):
                judge.judge(name, answer, body, markers, beginning)
            for line in [*judge.wrong, f"{family}: {len(asked)} requests, {len(judge.wrong)} wrong, {dict(judge.counts)}"]:
                print(line, flush=True)
            n_wrong += len(judge.wrong)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    if DATA is None:
        clients.skip("MINNOW_TEST_DATA is not set")
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        if os.environ.get("MINNOW_SECOND_TRY"):
            raise
        with_jsonschema = clients.python_with("jsonschema")
        again = {**os.environ, "MINNOW_SECOND_TRY": "1"}
        sys.exit(subprocess.run([with_jsonschema, *sys.argv], env=again, check=False).returncode)
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    families = {word for word in sys.argv[1:] if word != "all" and not word.isdigit()}
    sys.exit(run("all" in sys.argv[1:], *(numbers or [SAMPLE]), families, Draft202012Validator))
