#!/usr/bin/env python3
"""minnow's server under load, beside llama.cpp on the same file, alternating.

    benchmarks/server/run.py MODEL.gguf [--clients 100] [--requests 200] [--peer NODE_MODULES]

Scenarios:
  crowd     short structured requests (a schema, a system prompt in common), all clients at once
  prefix    time to the first token of a 1,000-token system prompt, the first time and again
  schema    time per token with a schema and without, one client
  jump      an answer whose keys are forced by a schema, and as many tokens decoded freely, one client
  idle      processor time and memory of a server that has answered and waits
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

import load

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROOMS = ["kitchen", "bedroom", "bathroom", "living room", "hall", "garage", "office", "cellar"]
SCHEMA = {"type": "object", "additionalProperties": False, "required": ["intent", "room", "level", "confirmed"],
          "properties": {"intent": {"enum": ["turn_on", "turn_off", "set_level", "get_state", "open_cover"]},
                         "room": {"enum": ROOMS}, "level": {"type": "integer", "minimum": 0, "maximum": 100},
                         "confirmed": {"type": "boolean"}}}
SYSTEM = ("You control a home. Answer with one JSON object that says the intent, the room, the level from 0 to 100 and "
          "whether the user has confirmed. Rooms are " + ", ".join(ROOMS) + ". Never answer with anything else.")


class Server:
    def __init__(self, words, *more):
        self.words = [str(words.minnow), "serve", f"bench={words.model}", "--port", "0", "-t", str(words.threads), *more]

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stderr=subprocess.PIPE, text=True)
        log = ""
        while "is ready" not in log or "listening" not in log:
            line = self.process.stderr.readline()
            if not line:
                raise RuntimeError(log)
            log += line
        self.port = int(re.search(r":(\d+)\n", log).group(1))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def crowd(self, bodies, clients):
        return load.summary(*asyncio.run(load.crowd("127.0.0.1", self.port, bodies, clients)))

    def rss_bytes(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def chat(system, user, **more):
    """As Llama 3's template writes it: files of random weights carry no template."""
    def turn(role, text):
        return f"<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>"
    prompt = turn("system", system) + turn("user", user) + "<|start_header_id|>assistant<|end_header_id|>\n\n"
    return {"prompt": prompt, **more}


def questions(n):
    source = random.Random(1)
    return [f"Please set the {source.choice(ROOMS)} to {source.randrange(100)} percent, request {i}" for i in range(n)]


def structured(n):
    form = {"type": "json_schema", "json_schema": {"name": "command", "schema": SCHEMA}}
    return [chat(SYSTEM, question, response_format=form, max_tokens=64, temperature=0.8) for question in questions(n)]


def crowd_of_peer(words):
    work = {"model": str(words.model), "threads": words.threads, "sequences": words.parallel, "context": words.context,
            "clients": words.clients, "schema": SCHEMA,
            "requests": [{"system": SYSTEM, "user": question, "max_tokens": 64} for question in questions(words.requests)]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(work, file)
        file.flush()
        done = subprocess.run(["node", ROOT / "benchmarks/server/llama_cpp.mjs", words.peer, file.name], check=True,
                              stdout=subprocess.PIPE, text=True)
    reply = json.loads(done.stdout.strip().splitlines()[-1])
    return load.summary(reply["results"], reply["seconds"])


def crowd(words):
    runs = []
    for _ in range(words.alternations):
        with Server(words, "-p", str(words.parallel), "-c", str(words.context), "--queue", "4096") as server:
            ours = server.crowd(structured(words.requests), words.clients)
        theirs = crowd_of_peer(words) if words.peer else None
        print(json.dumps({"minnow": ours, "llama.cpp": theirs}), file=sys.stderr)
        runs.append((ours, theirs))
    result = {"minnow": [ours for ours, _ in runs], "llama.cpp": [theirs for _, theirs in runs]}
    if words.peer:
        result["ratio"] = statistics.median(ours["tokens_per_s"] / theirs["tokens_per_s"] for ours, theirs in runs)
    return result


def prefix(words):
    source = random.Random(2)
    first, again = [], []
    with Server(words, "-p", "4", "-c", "4096") as server:
        for i in range(words.alternations):
            system = " ".join(source.choice(ROOMS) for _ in range(700)) + f" number {i}"
            for times in (first, again):
                body = chat(system, f"question {len(again)}", max_tokens=2, temperature=0)
                result, = asyncio.run(load.crowd("127.0.0.1", server.port, [body], 1))[0]
                times.append(result[0])
    return {"uncached_s": statistics.median(first), "cached_s": statistics.median(again),
            "ratio": statistics.median(b / a for a, b in zip(first, again))}


def per_token(server, body):
    result, = asyncio.run(load.crowd("127.0.0.1", server.port, [body], 1))[0]
    return (result[1] - result[0]) / max(1, result[2] - 1)


def schema(words):
    """A schema that forces nothing (a long free string), so that only the mask costs."""
    string = {"type": "string", "minLength": 2000, "maxLength": 4000}
    form = {"type": "json_schema", "json_schema": {"name": "s", "schema": string}}
    free, held = [], []
    with Server(words, "-p", "1", "-c", "1024") as server:
        for i in range(words.alternations + 1):
            body = chat("Write.", f"go on {i}", max_tokens=96, temperature=0.8, seed=i)
            pair = per_token(server, body), per_token(server, {**body, "response_format": form})
            if i > 0:
                free.append(pair[0])
                held.append(pair[1])
    return {"free_ms_per_token": 1000 * statistics.median(free), "schema_ms_per_token": 1000 * statistics.median(held),
            "ratio": statistics.median(b / a for a, b in zip(free, held))}


def jump(words):
    number = {"type": "integer", "minimum": 10, "maximum": 99}
    names = ["temperature_celsius", "relative_humidity", "carbon_dioxide", "battery_percent", "signal_strength"]
    fields = {name: number for name in names} | {"door_is_open": {"type": "boolean"}, "needs_service": {"type": "boolean"}}
    reading = {"type": "object", "additionalProperties": False, "required": list(fields), "properties": fields}
    form = {"type": "json_schema", "json_schema": {"name": "reading", "schema": reading}}
    ratios, tokens = [], []
    with Server(words, "-p", "1", "-c", "1024") as server:
        for i in range(words.alternations + 1):
            body = chat("Read the sensors.", f"now {i}", temperature=0.8, seed=i)
            asyncio.run(load.crowd("127.0.0.1", server.port, [{**body, "max_tokens": 1}], 1))  # both find the prompt read
            held, = asyncio.run(load.crowd("127.0.0.1", server.port, [{**body, "response_format": form}], 1))[0]
            free, = asyncio.run(load.crowd("127.0.0.1", server.port, [{**body, "max_tokens": held[2]}], 1))[0]
            if i > 0:
                ratios.append(free[1] / held[1])
                tokens.append(held[2])
    return {"tokens": statistics.median(tokens), "speedup": statistics.median(ratios)}


def idle(words):
    with Server(words, "-p", "4", "-c", "1024") as server:
        server.crowd(structured(4), 4)
        before, begun = server.cpu_seconds(), time.perf_counter()
        time.sleep(words.idle_seconds)
        share = (server.cpu_seconds() - before) / (time.perf_counter() - begun)
        return {"cpu_share": share, "rss_bytes": server.rss_bytes()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--scenarios", default="crowd,prefix,schema,jump,idle")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--parallel", type=int, default=32, help="sequences at once, of both engines")
    parser.add_argument("--context", type=int, default=512, help="tokens of each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--alternations", type=int, default=3)
    parser.add_argument("--idle-seconds", type=float, default=20)
    parser.add_argument("--peer", type=pathlib.Path, help="a node_modules folder with node-llama-cpp; none: minnow alone")
    parser.add_argument("--minnow", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "minnow")
    words = parser.parse_args()
    scenarios = {"crowd": crowd, "prefix": prefix, "schema": schema, "jump": jump, "idle": idle}
    print(json.dumps({name: scenarios[name](words) for name in words.scenarios.split(",")}, indent=1))


if __name__ == "__main__":
    main()
