"""Writes the golden hashes of this folder: python make_golden.py FOLDER_WITH_ggml-vocab-*.gguf
Needs PyPI's gguf and tokenizers (made with 0.19.0 and 0.23.3).

<name>.hashes: a line for each text 0, 1, …: the 64-bit FNV-1a hashes of its ids (each four bytes, little end first),
special tokens parsed and none added, and of the text they decode to, as hexadecimal numbers.
pre-<name>.hashes: a line for each text, the low 32 bits of the hash of where its words end (in bytes, as above).
"""
import pathlib
import struct
import sys

from tokenizers import pre_tokenizers

import pipelines
from random_text import fnv1a, random_text, read_groups

COUNT = 2048
HERE = pathlib.Path(__file__).parent


def pack(numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def write_lines(name, lines):
    (HERE / name).write_text("".join(line + "\n" for line in lines))


def decode(tokenizer, ids, special):
    """Special tokens as they are written: the byte-level decoder would take "ø" among them for a byte."""
    text, run = "", []
    for index in ids:
        if index in special:
            text += tokenizer.decode(run, skip_special_tokens=False) + special[index]
            run = []
        else:
            run.append(index)
    return text + tokenizer.decode(run, skip_special_tokens=False)


def main(folder):
    groups = read_groups()
    texts = [random_text(groups, number) for number in range(COUNT)]
    for name in pipelines.BUILDERS:
        tokenizer = pipelines.build(name, f"{folder}/ggml-vocab-{name}.gguf")
        added = {index: token.content for index, token in tokenizer.get_added_tokens_decoder().items()}
        by_runs = added if pipelines.BUILDERS[name] is pipelines.byte_level else {}
        lines = []
        for text in texts:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            decoded = decode(tokenizer, ids, by_runs)
            lines.append(f"{fnv1a(pack(ids)):016x} {fnv1a(decoded.encode()):016x}")
        write_lines(name + ".hashes", lines)
    for name, steps in pipelines.PRE_TOKENIZERS.items():
        pre_tokenizer = pre_tokenizers.Sequence(steps)
        lines = []
        for text in texts:
            ends = []
            for word, _ in pre_tokenizer.pre_tokenize_str(text):
                ends.append((ends[-1] if ends else 0) + len(word.encode()))
            lines.append(f"{fnv1a(pack(ends)) & 0xFFFFFFFF:08x}")
        write_lines(f"pre-{name}.hashes", lines)


if __name__ == "__main__":
    main(sys.argv[1])
