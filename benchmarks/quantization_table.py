#!/usr/bin/env python3
"""What each number format costs the embedded model: the table of docs/quantization.md.

    python3 benchmarks/quantization_table.py --minnow build/release/bin/minnow [--questions arc-challenge-test.jsonl] [TYPE...]

Chats are the commands of models/home/test_commands.jsonl with the model's own answers at temperature 0: the first 200 for the
importance, 201 to 400 to measure on, answers only. `exact` and `intent` are scores of `eval task` on all 540 lines; --questions
adds the accuracy on a file of multiple-choice questions, which this model can only guess at.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).parents[1] / "models" / "home"
MODEL = HOME / "minnow-home.gguf"
TYPES = ["BF16", "F16", "Q8_0", "Q6_K", "Q5_1", "Q5_K_M", "Q5_K_S", "Q5_0", "Q4_1", "Q4_K_M", "Q4_K_S", "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_L",
         "Q3_K_M", "Q3_K_S", "Q2_K"]
SEPARATOR, ANSWER = "=====", "<|im_start|>assistant"


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


def write_chats(minnow, path, first, last):
    run(sys.executable, HOME / "chats.py", "--binary", minnow, "--model", MODEL, "--out", path, "--first", first, "--last", last)


def task_scores(minnow, file, questions):
    return json.loads(run(minnow, "eval", "task", file, "-f", questions, "--json"))["scores"]


def row_of(kind, words, folder):
    plain, weighted = folder / "plain.gguf", folder / "weighted.gguf"
    run(words.minnow, "quantize", MODEL, plain, kind)
    run(words.minnow, "quantize", MODEL, weighted, kind, "--importance", folder / "importance.gguf")
    lost, lost_weighted = (json.loads(run(words.minnow, "eval", "divergence", file, "--reference", folder / "home.lp", "--json"))
                           for file in (plain, weighted))
    home = task_scores(words.minnow, plain, HOME / "test_commands.jsonl")
    cells = [kind, f"{plain.stat().st_size / 1e6:.2f}", f"{lost['perplexity']:.3f}", f"{lost['mean']:.4f}", f"{lost_weighted['mean']:.4f}",
             f"{lost['same_top']:.2%}", f"{home['exact_match']['value']:.1%}", f"{home['intent_acc']['value']:.1%}"]
    if words.questions:
        cells.append(f"{task_scores(words.minnow, plain, words.questions)['acc']['value']:.1%}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*", metavar="TYPE")
    parser.add_argument("--minnow", required=True)
    parser.add_argument("--questions")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_chats(words.minnow, folder / "first.txt", 1, 200)
        write_chats(words.minnow, folder / "second.txt", 201, 400)
        run(words.minnow, "eval", "importance", MODEL, "-f", folder / "first.txt", "--separator", SEPARATOR, "-c", 512, "-o",
            folder / "importance.gguf")
        run(words.minnow, "eval", "divergence", MODEL, "-f", folder / "second.txt", "--separator", SEPARATOR, "--score-after", ANSWER,
            "--save-reference", folder / "home.lp")
        head = ["type", "MB", "perplexity of the answers", "divergence", "with importance", "same likeliest token", "exact", "intent"]
        head += ["questions"] if words.questions else []
        print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
        for kind in words.types or TYPES:
            print(row_of(kind, words, folder), flush=True)


if __name__ == "__main__":
    main()
