#!/usr/bin/env python3
"""Makes a small SentencePiece model as its own trainer writes it, and what its own reader says is inside.

    pip install sentencepiece
    python3 tests/reference/families/sentencepiece/generate.py
"""

import io
import json
import pathlib

import sentencepiece

HERE = pathlib.Path(__file__).parent
WORDS = "turn on the light in the kitchen and dim the lamp over the sofa to thirty percent then lock the front door".split()

USER_DEFINED = ["▁▁", "[end]"]

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(" ".join(WORDS[i:] + WORDS[:i]) for i in range(len(WORDS))), model_writer=model,
    model_type="bpe", vocab_size=90, normalization_rule_name="identity", user_defined_symbols=USER_DEFINED, control_symbols=["<mark>"],
    minloglevel=2)
(HERE / "tokenizer.model").write_bytes(model.getvalue())

reader = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def kind(token):
    """As SentencePiece and GGUF number them."""
    if reader.id_to_piece(token) in USER_DEFINED:
        return 4
    return 2 if reader.is_unknown(token) else 3 if reader.is_control(token) else 1


pieces = [[reader.id_to_piece(token), reader.get_score(token), kind(token)] for token in range(reader.vocab_size())]
(HERE / "pieces.json").write_text(json.dumps(pieces, ensure_ascii=False) + "\n")
