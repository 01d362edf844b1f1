#!/usr/bin/env python3
"""Golden data for the sampler, from NumPy: what each set of options leaves of random logits, and what is drawn.

usage: make_sampling.py > sampling.json       (needs numpy)

The order is the field's: penalties, top-k, top-p, min-p, temperature, draw. Penalties are in float32, the rest in
float64. Logits are multiples of 1/32, so that ties are common and every number is exact in the file.
"""
import itertools
import json
import sys

import numpy as np

VOCABULARY = 48
MASK64 = (1 << 64) - 1


class Pcg32:
    def __init__(self, seed, stream=54):
        self.increment = (stream << 1 | 1) & MASK64
        self.state = 0
        self.next()
        self.state = (self.state + seed) & MASK64
        self.next()

    def next(self):
        old = self.state
        self.state = (old * 6364136223846793005 + self.increment) & MASK64
        shifted = (((old >> 18) ^ old) >> 27) & 0xFFFFFFFF
        rotation = old >> 59
        return (shifted >> rotation | shifted << (-rotation & 31)) & 0xFFFFFFFF

    def uniform(self):
        high = self.next()
        return ((high << 32 | self.next()) >> 11) * 2.0**-53


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def penalized(logits, history, o):
    logits = logits.astype(np.float32).copy()
    last = o["repeat_last_n"]
    window = history if last < 0 else history[len(history) - min(last, len(history)):]
    for token in set(window):
        x = logits[token]
        x = x * np.float32(o["repeat_penalty"]) if x <= 0 else x / np.float32(o["repeat_penalty"])
        lowered = np.float32(window.count(token)) * np.float32(o["frequency_penalty"]) + np.float32(o["presence_penalty"])
        logits[token] = x - lowered
    return logits


def distribution(logits, history, o):
    logits = penalized(logits, history, o).astype(np.float64)
    order = np.array(sorted(range(len(logits)), key=lambda i: (-logits[i], i)))
    if o["temperature"] == 0:
        return order[:1], np.ones(1)
    if o["top_k"] > 0:
        order = order[:o["top_k"]]
    if o["top_p"] < 1:
        reached = np.cumsum(softmax(logits[order]))
        order = order[:int(np.searchsorted(reached, float(np.float32(o["top_p"])))) + 1]
    if o["min_p"] > 0:
        p = softmax(logits[order])
        order = order[p >= float(np.float32(o["min_p"])) * p[0]]
    return order, softmax(logits[order] / float(np.float32(o["temperature"])))


def main():
    rng = np.random.default_rng(20)
    base = dict(temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.0, repeat_last_n=64,
                frequency_penalty=0.0, presence_penalty=0.0)
    changes = [{}, {"temperature": 0.0}, {"temperature": 0.25}, {"temperature": 2.5}, {"top_k": 0}, {"top_k": 1},
               {"top_k": 5, "top_p": 1.0, "min_p": 0.0}, {"top_k": 0, "top_p": 0.5, "min_p": 0.0},
               {"top_k": 0, "top_p": 1.0, "min_p": 0.2}, {"top_k": 0, "top_p": 1.0, "min_p": 0.0},
               {"repeat_penalty": 1.3}, {"repeat_penalty": 0.7, "repeat_last_n": 5}, {"repeat_penalty": 1.5, "repeat_last_n": 0},
               {"frequency_penalty": 0.5, "repeat_last_n": -1}, {"presence_penalty": 1.25},
               {"frequency_penalty": -0.25, "presence_penalty": 0.5, "repeat_penalty": 1.1, "temperature": 0.0}]
    cases = []
    for change, spread in itertools.product(changes, (1, 4)):
        o = base | change
        logits = np.round(rng.normal(0, spread, VOCABULARY) * 32) / 32
        history = [int(t) for t in rng.integers(0, VOCABULARY, rng.integers(0, 90))]
        ids, p = distribution(logits, history, o)
        seed = int(rng.integers(0, 2**63))
        random = Pcg32(seed)
        draws = [int(ids[0] if len(ids) == 1 else ids[min(np.searchsorted(np.cumsum(p), random.uniform(), "right"), len(ids) - 1)])
                 for _ in range(12)]
        cases.append({"options": o, "seed": seed, "logits": logits.tolist(), "history": history, "ids": ids.tolist(),
                      "probabilities": p.tolist(), "draws": draws,
                      "log_softmax": np.log(softmax(logits))[:4].tolist()})
    print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")


if __name__ == "__main__":
    sys.exit(main())
