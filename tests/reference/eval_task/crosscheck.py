#!/usr/bin/env python3
"""Compares `minnow eval task` with EleutherAI's lm-evaluation-harness on the same weights, question by question.

    pip install lm-eval torch transformers gguf
    python3 tests/reference/eval_task/crosscheck.py --minnow build/release/bin/minnow KIND FILE [--examples FILE] [--shots N]
        [--subject NAME] [--limit N] [--cache-type f32]

The models of source_models.py are made (for gsm8k one that has learned the first 8 questions by heart), the folders go to the harness and, converted to F32, to minnow. Questions in the
common shape ("centerpiece") are rewritten with the data sets' own fields for the harness.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import harness
import source_models
from lm_eval.models.huggingface import HFLM

ROOT = pathlib.Path(__file__).parents[3]


def with_own_fields(kind, file, folder):
    records = [json.loads(line) for line in pathlib.Path(file).read_text().splitlines()]
    for i, record in enumerate(records):
        if "centerpiece" not in record:
            continue
        question, options, answer = record["centerpiece"], record["options"], record["correct_options_idx"][0]
        letters = [chr(ord("A") + i) for i in range(len(options))]
        records[i] = ({"question": question, "choices": options, "answer": answer} if kind == "mmlu" else
                      {"question": question, "choices": {"text": options, "label": letters}, "answerKey": letters[answer]})
    path = folder / f"{pathlib.Path(file).parent.name}-{pathlib.Path(file).name}"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def compare(name, folder, words, questions, examples, temporary):
    model_file = temporary / f"{name}.gguf"
    if not model_file.exists():
        subprocess.run([words.minnow, "convert", folder, model_file], check=True)
    command = [words.minnow, "eval", "task", model_file, "-f", words.file, "--kind", words.kind, "--shots", str(words.shots), "--json",
               "--limit", str(words.limit or 0), "--cache-type", words.cache_type]
    command += (["--examples", words.examples] if words.examples else []) + (["--subject", words.subject] if words.subject else [])
    ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["items"]
    model = HFLM(pretrained=str(folder), dtype="float32", device="cpu", batch_size=1)
    theirs, _ = harness.samples(model, words.kind, questions, examples, words.shots, words.subject, words.limit)
    report(name, words.kind, ours, theirs)


def report(model, kind, ours, theirs):
    if kind == "gsm8k":
        ours = [our for our in ours for _ in range(2)]  # the harness lists both filters of a question, flexible-extract first
        assert len(ours) == len(theirs)
        filters = [(their["filter"].split("-")[0], our, their) for our, their in zip(ours, theirs)]
        decisions = [our[f"exact_match_{name}"] == their["exact_match"] for name, our, their in filters]
        found = sum(our[name] == their["extracted"] for name, our, their in filters)
        texts = sum(our["text"] == their["text"] for our, their in zip(ours, theirs))
        right = {wanted: int(sum(their["exact_match"] for name, _, their in filters if name == wanted)) for wanted in ("strict", "flexible")}
        print(f"{model}: {sum(decisions)} of {len(decisions)} decisions the same, {found} of the numbers found, {texts // 2} of "
              f"{len(decisions) // 2} texts; right by the harness: {right}", flush=True)
        return
    assert len(ours) == len(theirs)
    best = lambda values: max(range(len(values)), key=values.__getitem__)
    lengths = [[len(text) - 1 for text in their["continuations"]] for their in theirs]
    norm = [best([s / n for s, n in zip(their["log_likelihoods"], length)]) for their, length in zip(theirs, lengths)]
    choices = sum(our["choice"] == best(their["log_likelihoods"]) for our, their in zip(ours, theirs))
    choices_norm = sum(our["choice_norm"] == their for our, their in zip(ours, norm))
    decisions = [our[metric] == their[metric] for our, their in zip(ours, theirs) for metric in ("acc", "acc_norm") if metric in their]
    apart = max(abs(a - b) for our, their in zip(ours, theirs) for a, b in zip(our["log_likelihoods"], their["log_likelihoods"]))
    print(f"{model}: of {len(ours)} questions {choices} choices and {choices_norm} normalised choices the same, "
          f"{sum(decisions)} of {len(decisions)} decisions; log-likelihoods at most {apart:.5f} nats apart", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=harness.TASKS)
    parser.add_argument("file")
    parser.add_argument("--minnow", required=True)
    parser.add_argument("--examples")
    parser.add_argument("--shots", type=int, default=0)
    parser.add_argument("--subject")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--cache-type", default="f32")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        questions = with_own_fields(words.kind, words.file, temporary)
        examples = with_own_fields(words.kind, words.examples, temporary) if words.examples else None
        home = source_models.home(ROOT / "models" / "home" / "minnow-home.gguf", temporary / "home")
        if words.kind != "gsm8k":  # it has no numbers to say
            compare("home", home, words, questions, examples, temporary)
        random = source_models.random_llama(temporary / "random", source_models.task_texts(questions))
        if words.kind == "gsm8k":
            lines = questions.read_text().splitlines()[:8]
            source_models.learn_by_heart(random, [json.loads(line) for line in lines])
        compare("random", random, words, questions, examples, temporary)


if __name__ == "__main__":
    main()
