#!/usr/bin/env python3
"""Whether a server that works for hours keeps its memory: a mixed load, and what the process holds as time goes by.

    benchmarks/server/soak.py [MODEL.gguf] [--minutes 60] [--clients 2]

Each client asks one thing after another: chats, completions, embeddings, answers with a schema, calls of tools, whole
and streamed, alike and never seen before; some are malformed, and some leave in the middle. Schemas and tools differ all
the time, so that caches turn over. Prints a line of JSON now and then: minutes, resident memory, open files and
connections, requests, failures (answers other than expected).
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROOMS = ["kitchen", "bedroom", "bathroom", "living room", "hall", "garage", "office", "cellar"]
MOST_TOKENS = 24


def schema(rng):
    """One of many thousands."""
    keys = rng.sample(["room", "level", "mode", "until", "reason", "confirmed", "name", "zone"], 3)
    return {"type": "object", "additionalProperties": False, "required": keys,
            "properties": {key: rng.choice([{"enum": rng.sample(ROOMS, 4)}, {"type": "integer", "minimum": rng.randrange(99)},
                                            {"type": "boolean"}, {"type": "string", "maxLength": rng.randrange(1, 20)}])
                           for key in keys}}


def question(rng):
    known = f"switch on the light in the {rng.choice(ROOMS)}"
    return known if rng.random() < 0.5 else known + f" at {rng.randrange(10**9)}"


def chat(rng):
    return "/v1/chat/completions", {"messages": [{"role": "user", "content": question(rng)}], "max_tokens": MOST_TOKENS,
                                    "temperature": 1, "n": rng.choice([1, 1, 2]), "logprobs": rng.random() < 0.2}


def structured(rng):
    path, body = chat(rng)
    return path, {**body, "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": schema(rng)}}}


def tool(rng):
    path, body = chat(rng)
    tools = [{"type": "function", "function": {"name": f"tool_{i}", "parameters": schema(rng)}} for i in range(2)]
    return path, {**body, "tools": tools, "tool_choice": rng.choice(["auto", "required"])}


def completion(rng):
    return "/v1/completions", {"prompt": question(rng), "max_tokens": MOST_TOKENS, "temperature": 1,
                               "regex": f"[a-z ]{{{rng.randrange(1, 40)}}}"}


def response(rng):
    return "/v1/responses", {"input": question(rng), "max_output_tokens": MOST_TOKENS}


def embedding(rng):
    return "/v1/embeddings", {"input": [question(rng) for _ in range(rng.randrange(1, 4))]}


def wrong(rng):
    return rng.choice([("/v1/chat/completions", {"messages": [{"role": "nobody"}]}), ("/tokenize", {"content": 1}),
                       ("/v1/completions", {"prompt": "a", "grammar": "root ::= nothing"}), ("/detokenize", {"tokens": [-1]})])


async def ask(port, rng, counts):
    kind = rng.choice([chat, chat, structured, tool, completion, response, embedding, wrong])
    path, body = kind(rng)
    streams = kind not in (embedding, wrong) and rng.random() < 0.5
    leaves = kind is not wrong and rng.random() < 0.15
    data = json.dumps({**body, "stream": True} if streams else body).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                     % (path.encode(), len(data), data))
        if leaves:
            await asyncio.sleep(rng.random() * 0.1)
            counts["left"] += 1
            return
        reply = await asyncio.wait_for(reader.read(), 300)
        expected = b" 400 " if kind is wrong else b" 200 "
        whole = reply.endswith(b"0\r\n\r\n") if streams else b"\r\n\r\n{" in reply
        counts["answered"] += 1
        if expected not in reply.split(b"\r\n")[0] or not whole:
            counts["failed"] += 1
            print(json.dumps({"failed": path, "body": body, "reply": reply[:500].decode(errors="replace")}), flush=True)
    finally:
        writer.close()


def held(pid):
    """What the process holds."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.M).group(1))  # noqa: E731
    return {"rss_kb": number("VmRSS"), "anonymous_kb": number("RssAnon"), "threads": number("Threads"),
            "files": len(os.listdir(f"/proc/{pid}/fd"))}


async def soak(words, server, port):
    counts = {"answered": 0, "left": 0, "failed": 0}
    begun = time.monotonic()
    end = begun + 60 * words.minutes

    async def client(seed):
        rng = random.Random(seed)
        while time.monotonic() < end:
            await ask(port, rng, counts)

    async def report():
        times = [60 * minutes for minutes in (0, 1, 2, 5, *range(10, int(words.minutes), 10)) if minutes < words.minutes]
        for at in [*times, 60 * words.minutes]:
            await asyncio.sleep(max(0, begun + at - time.monotonic()))
            print(json.dumps({"minutes": round((time.monotonic() - begun) / 60, 1), **held(server.pid), **counts}), flush=True)

    await asyncio.gather(report(), *(client(seed) for seed in range(words.clients)))
    await asyncio.sleep(1)
    print(json.dumps({"minutes": "after", **held(server.pid), **counts}), flush=True)
    return counts["failed"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="without: the embedded model")
    parser.add_argument("--minnow", default=ROOT / "build" / "release" / "bin" / "minnow")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=2)
    words = parser.parse_args()
    server = subprocess.Popen([str(words.minnow), "serve", *([words.model] if words.model else []), "--port", "0"],
                              stderr=subprocess.PIPE)
    try:
        port, ready = None, False
        while not (port and ready):
            line = server.stderr.readline()
            if not line:
                raise SystemExit("the server didn't start")
            found = re.search(rb"http://127.0.0.1:(\d+)", line)
            port, ready = int(found.group(1)) if found else port, ready or b"is ready" in line
        failed = asyncio.run(soak(words, server, port))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
