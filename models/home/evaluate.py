"""Scores the model on the hand-written commands.

    python evaluate.py --gguf minnow-home.gguf                     a plain numpy forward of the file itself, no PyTorch needed
    python evaluate.py --binary ../../build/release/minnow         the program as a user runs it
    python evaluate.py --checkpoint m.pt --tokenizer tokenizer.json

Add --half dev|test to choose a half (default: both), --errors to see what went wrong, --new-only to leave out the short
commands ("pause", "mute") that the generator makes as well.
"""

import argparse
import json
import subprocess
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).with_name("test_commands.jsonl")
MAX_ANSWER = 112


def answers_of_binary(binary: str, model: str | None, texts: list) -> list:
    command = [binary, "run", *([model] if model else []), "--json", "--temp", "0"]
    outputs = [subprocess.run(command, input=text + "\n", capture_output=True, text=True, check=True).stdout for text in texts]
    return [json.loads(output)["text"].strip() for output in outputs]


def decode_greedily(step, tokenizer, texts, end: int) -> list:
    """step(list of token lists) -> the next token of each. Simple, so that it can be trusted: no cache, no sampling."""
    from tokens import prompt_text

    rows = [tokenizer.encode(prompt_text(text), add_special_tokens=False).ids for text in texts]
    starts, open_rows = [len(row) for row in rows], set(range(len(rows)))
    for _ in range(MAX_ANSWER):
        if not open_rows:
            break
        chosen = sorted(open_rows)
        for index, token in zip(chosen, step([rows[i] for i in chosen])):
            if token == end:
                open_rows.discard(index)
            else:
                rows[index].append(token)
    return [tokenizer.decode(row[start:], skip_special_tokens=False) for row, start in zip(rows, starts)]


def answers_of_checkpoint(path: str, tokenizer_path: str, texts: list) -> list:
    import torch
    from tokenizers import Tokenizer

    from model import Model, Shape

    saved = torch.load(path)
    model = Model(Shape(layers=saved["layers"]))
    model.load_state_dict(saved["model"])
    tokenizer = Tokenizer.from_file(tokenizer_path)

    @torch.no_grad()
    def step(rows):
        longest = max(map(len, rows))
        tokens = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        hidden = model.trunk(tokens)[torch.arange(len(rows)), [len(row) - 1 for row in rows]]
        return (hidden @ model.token_embd.weight.T).argmax(-1).tolist()

    return [a for i in range(0, len(texts), 64) for a in decode_greedily(step, tokenizer, texts[i : i + 64], 2)]


def answers_of_gguf(path: str, texts: list) -> list:
    from gguf_forward import GgufModel

    model = GgufModel(path)
    return [model.answer(text, MAX_ANSWER) for text in texts]


def parsed(answer: str):
    try:
        found = json.loads(answer)
        return found["intent"], found["slots"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return None, None


def score(tests: list, answers: list, show_errors: bool) -> dict:
    right, total, confusions = Counter(), Counter(), Counter()
    for test, answer in zip(tests, answers):
        intent, slots = parsed(answer)
        kind = {"unknown": "out of domain", "sensor": "sensor"}.get(test["intent"], "in domain")
        total[kind] += 1
        if kind == "sensor":
            good = answer == test["sentence"]
            right[kind] += good
        else:
            good = intent == test["intent"] and (kind == "out of domain" or slots == test["slots"])
            right[kind] += intent == test["intent"]
            right["slots"] += kind == "in domain" and good
            if intent != test["intent"]:
                confusions[(test["intent"], intent)] += 1
        if show_errors and not good:
            expected = test["sentence"] if kind == "sensor" else f"{test['intent']} {json.dumps(test['slots'], ensure_ascii=False)}"
            print(f"  {test['text']}\n      expected {expected}\n      answered {answer}")
    total["slots"] = total["in domain"]
    result = {name: round(right[name] / total[name], 4) for name in ("in domain", "slots", "out of domain", "sensor") if total[name]}
    print(f"intent accuracy in domain  {right['in domain']}/{total['in domain']}  {result.get('in domain', 0):.1%}")
    print(f"slots exact (with intent)  {right['slots']}/{total['slots']}  {result.get('slots', 0):.1%}")
    print(f"out-of-domain recall       {right['out of domain']}/{total['out of domain']}  {result.get('out of domain', 0):.1%}")
    print(f"sensor sentence exact      {right['sensor']}/{total['sensor']}  {result.get('sensor', 0):.1%}")
    for (expected, answered), count in confusions.most_common(12):
        print(f"    {expected} taken for {answered}: {count}")
    return result


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = arguments.add_mutually_exclusive_group(required=True)
    source.add_argument("--gguf")
    source.add_argument("--binary")
    source.add_argument("--checkpoint")
    arguments.add_argument("--tokenizer", help="with --checkpoint")
    arguments.add_argument("--model", help="with --binary: another file than the one built in")
    arguments.add_argument("--tests", default=TESTS)
    arguments.add_argument("--half", choices=("dev", "test"))
    arguments.add_argument("--new-only", action="store_true", help="leave out the commands that the generator happens to make too")
    arguments.add_argument("--errors", action="store_true")
    options = arguments.parse_args()

    tests = [json.loads(line) for line in open(options.tests, encoding="utf-8")]
    tests = [test for test in tests if options.half in (None, test.get("half")) and not (options.new_only and test.get("generated"))]
    texts = [test["text"] for test in tests]
    if options.binary:
        answers = answers_of_binary(options.binary, options.model, texts)
    elif options.gguf:
        answers = answers_of_gguf(options.gguf, texts)
    else:
        answers = answers_of_checkpoint(options.checkpoint, options.tokenizer, texts)
    score(tests, answers, options.errors)


if __name__ == "__main__":
    main()
