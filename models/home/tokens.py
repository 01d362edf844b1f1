"""The tokenizer: byte-level BPE of 2048 tokens, split the way Qwen2 splits, and the chat format around a command.

    python tokens.py --out /tmp/home/tokenizer.json
"""

import argparse
import itertools
import json

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from generator.corpus import stream

VOCABULARY = 2048
# Control tokens come first, so that their numbers are easy to remember: 0, 1, 2.
END_OF_TEXT, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
QWEN2_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# Each command stands alone: the model was trained on single turns, so only the last message of a chat is shown to it.
CHAT_TEMPLATE = ("{% set message = messages[-1] %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
                 "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def prompt_text(command: str) -> str:
    return f"{START}user\n{command}{END}\n{START}assistant\n"


def read_extra_text(path: str | None) -> list:
    """Sentences of a text or JSON-lines file of questions: words for the tokenizer, and examples of what to decline."""
    if not path:
        return []
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line)["question"] if line.startswith("{") else line for line in file]
    sentences = [part.strip() for line in lines for part in line.replace("?", "?\n").replace(". ", ".\n").split("\n")]
    return [sentence for sentence in sentences if 3 <= len(sentence.split()) <= 25]


def train(count: int, extra_text: str | None) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2_SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=[END_OF_TEXT, START, END], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    texts = (text for pair in itertools.islice(stream(seed=11), count) for text in pair)
    tokenizer.train_from_iterator(itertools.chain(texts, read_extra_text(extra_text), ["user\nassistant\n"] * 100), trainer)
    return tokenizer


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--examples", type=int, default=60000)
    arguments.add_argument("--extra-text", help="optional: more English, one sentence or one JSON object with a question per line")
    options = arguments.parse_args()
    train(options.examples, options.extra_text).save(options.out)


if __name__ == "__main__":
    main()
