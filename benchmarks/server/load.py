"""Many clients at once against an OpenAI-compatible server, with nothing but the standard library."""
import asyncio
import json
import statistics
import time


async def ask(host, port, body):
    """One streamed completion: (seconds to the first token, seconds in all, completion tokens); None when it failed."""
    data = json.dumps({**body, "stream": True, "stream_options": {"include_usage": True}}).encode()
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
        first, usage = None, None
        if b" 200 " not in await reader.readline():
            return None
        while line := await reader.readline():
            if not line.startswith(b"data: {"):
                continue
            if first is None:
                first = time.perf_counter() - begun
            if b'"usage":{' in line:
                usage = json.loads(line[6:])["usage"]
        return None if usage is None else (first, time.perf_counter() - begun, usage["completion_tokens"])
    finally:
        writer.close()


async def crowd(host, port, bodies, clients):
    """All bodies, `clients` at a time: the results in order, and the seconds it took."""
    results = [None] * len(bodies)
    numbers = iter(range(len(bodies)))

    async def client():
        for i in numbers:
            results[i] = await ask(host, port, bodies[i])

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return results, time.perf_counter() - begun


def summary(results, seconds):
    good = [result for result in results if result]
    firsts = sorted(first for first, _, _ in good)
    tokens = sum(n for _, _, n in good)
    return {"requests": len(results), "failed": len(results) - len(good), "seconds": seconds, "tokens": tokens,
            "tokens_per_s": tokens / seconds, "requests_per_s": len(good) / seconds,
            "ttft_median_s": statistics.median(firsts) if firsts else None,
            "ttft_p99_s": firsts[min(len(firsts) - 1, int(len(firsts) * 0.99))] if firsts else None}
