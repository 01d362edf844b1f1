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
        ("hellaswag", "hellaswag.jsonl", None, 0, None), ("hellaswag", "hellaswag.jsonl", None, 6, None),
        ("gsm8k", "gsm8k.jsonl", "gsm8k-examples.jsonl", 2, None)]

ANSWERS = ["#### 18", "18", "so 9 * 2 = $18.", "#### 1,800.", "He has 3 left.\n#### 3\n#### 4", "-5", "- 5", "it is -$5.00", "#### -7", "no number",
           "", "####18", "#### x #### 6", "...", "a. b, c", "1. 2. 3", "#### 18.\n", "½ of 36", "$", "#### $18", "A 2nd", "1-2-3", "--12"]


def numbers():
    """Texts, references, and what the harness finds in them."""
    dice = random.Random(2)
    for _ in range(150):
        ANSWERS.append("".join(dice.choice(["#### ", "-", "$", "1", "8", ",", ".", "0", " ", "\n", "x"]) for _ in range(dice.randint(1, 12))))
    references = ["Half.\n#### 18", "#### -7", "#### 1,800", "#### 18."]
    return [[text, reference, *harness.gsm8k_match(text, reference)] for text, reference in zip(ANSWERS, references * len(ANSWERS))]


def main():
    golden = {"sample": [[seed, size, count, random.Random(seed).sample(range(size), count)]
                         for seed, size, count in [(1234, 5, 5), (1234, 400, 5), (1234, 100, 25), (0, 21, 3), (7, 22, 3), (2**40 + 3, 1000, 6)]],
              "numbers": numbers(), "runs": []}
    with tempfile.TemporaryDirectory() as folder:
        model = HFLM(pretrained=str(source_models.home(HOME, folder)), dtype="float32", device="cpu", batch_size=1)
        for kind, file, examples, shots, subject in RUNS:
            found, scores = harness.samples(model, kind, HERE / file, examples and HERE / examples, shots, subject)
            golden["runs"].append({"kind": kind, "file": file, "examples": examples, "shots": shots, "subject": subject,
                                   "scores": {key.split(",")[0]: value for key, value in scores.items() if key.startswith("acc")},
                                   "items": [item for item in found if item["filter"] != "strict-match"]})
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
