#!/usr/bin/env python3
"""Makes golden.json: what EleutherAI's lm-evaluation-harness asks about the questions in this folder, and what it finds
for the model in the program, with the weights of models/home/minnow-home.gguf in F32.

    pip install lm-eval torch transformers gguf
    python3 tests/reference/eval_task/generate.py
"""
import json
import pathlib
import random
import tempfile

import harness
import source_models
from lm_eval.models.huggingface import HFLM

HERE = pathlib.Path(__file__).parent
HOME = HERE.parents[2] / "models" / "home" / "minnow-home.gguf"
# kind, file, examples, shots, subject
RUNS = [("mmlu", "mmlu.jsonl", "mmlu-examples.jsonl", 2, "home_automation"), ("mmlu", "mmlu.jsonl", None, 0, "home_automation"),
        ("arc", "arc.jsonl", "arc-examples.jsonl", 3, None), ("arc", "arc.jsonl", None, 2, None), ("arc", "arc.jsonl", None, 0, None),
        ("arc", "arc.jsonl", "arc-examples.jsonl", 28, None),  # more than the model's context
        ("hellaswag", "hellaswag.jsonl", None, 0, None), ("hellaswag", "hellaswag.jsonl", None, 6, None)]


def main():
    golden = {"sample": [[seed, size, count, random.Random(seed).sample(range(size), count)]
                         for seed, size, count in [(1234, 5, 5), (1234, 400, 5), (1234, 100, 25), (0, 21, 3), (7, 22, 3), (2**40 + 3, 1000, 6)]],
              "runs": []}
    with tempfile.TemporaryDirectory() as folder:
        model = HFLM(pretrained=str(source_models.home(HOME, folder)), dtype="float32", device="cpu", batch_size=1)
        for kind, file, examples, shots, subject in RUNS:
            found, scores = harness.samples(model, kind, HERE / file, examples and HERE / examples, shots, subject)
            golden["runs"].append({"kind": kind, "file": file, "examples": examples, "shots": shots, "subject": subject,
                                   "scores": {key.split(",")[0]: value for key, value in scores.items() if key.startswith("acc")},
                                   "items": [{key: value for key, value in item.items() if key != "filter"} for item in found]})
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
