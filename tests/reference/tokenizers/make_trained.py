"""Writes trained.json: four small tokenizers trained here, and the ids they give random texts, so that tests have
trained vocabularies without any model file. Needs PyPI's sentencepiece and tokenizers (0.2.3 and 0.23.3).
"""
import io
import json
import pathlib

import sentencepiece
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import pipelines
from random_text import random_text, read_groups

HERE = pathlib.Path(__file__).parent
CASES = range(10_000, 10_120)
TRAINING = range(20_000, 23_000)


def cases(encode, decode, texts):
    return [{"text": text, "ids": encode(text), "decoded": decode(encode(text))} for text in texts]


def train_sentencepiece(training, texts):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(training), model_writer=model, model_type="bpe", vocab_size=1600, byte_fallback=True,
        character_coverage=1.0, normalization_rule_name="identity", remove_extra_whitespaces=False,
        user_defined_symbols=["<tool>", "<|"], num_threads=1, minloglevel=2)
    trained = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    count = trained.get_piece_size()

    def kind(i):
        if trained.is_unknown(i):
            return 2
        if trained.is_control(i):
            return 3
        if trained.is_byte(i):
            return 6
        return 4 if trained.id_to_piece(i) in ("<tool>", "<|") else 1

    # Texts without user-defined symbols: GGUF readers cut those out first, which adds a space after each.
    texts = [text for text in texts if "<|" not in text]
    return {"model": "llama", "tokens": [trained.id_to_piece(i) for i in range(count)], "types": [kind(i) for i in range(count)],
            "scores": [trained.get_score(i) for i in range(count)],
            "cases": cases(trained.encode, trained.decode, texts)}


def by_id(vocabulary):
    return [token for token, _ in sorted(vocabulary.items(), key=lambda item: item[1])]


def train_byte_level(name, training, texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        pipelines.PRE_TOKENIZERS[name] + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(training, trainers.BpeTrainer(
        vocab_size=700, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return {"model": "gpt2", "pre": name, "tokens": by_id(tokenizer.get_vocab()), "merges": [" ".join(m) for m in merges],
            "cases": cases(lambda text: tokenizer.encode(text).ids, tokenizer.decode, texts)}


def train_wordpiece(training, texts):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(training, trainers.WordPieceTrainer(
        vocab_size=900, show_progress=False, limit_alphabet=400, special_tokens=["[PAD]", "[UNK]"]))

    def stored(token):  # as GGUF stores it
        if token in ("[PAD]", "[UNK]"):
            return token
        return token[2:] if token.startswith("##") else "▁" + token

    tokens = by_id(tokenizer.get_vocab())
    texts = [text for text in texts if not any(token in text for token in ("[UNK]", "[PAD]", "▁"))]
    decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=False)
    return {"model": "bert", "tokens": [stored(token) for token in tokens],
            "types": [3 if token in ("[PAD]", "[UNK]") else 1 for token in tokens],
            "cases": cases(lambda text: tokenizer.encode(text).ids, decode, texts)}


def main():
    groups = read_groups()
    training = [random_text(groups, number) for number in TRAINING]
    # Few enough characters that each can have a piece; the rest must be spelled in bytes.
    sentences = ["".join(c for c in text if " " <= c < "\u0500") for text in training]
    texts = [random_text(groups, number) for number in CASES]
    trained = [train_sentencepiece(sentences, texts), train_byte_level("llama-bpe", training, texts),
               train_byte_level("gpt-4o", training, texts), train_wordpiece(training, texts)]
    (HERE / "trained.json").write_text(json.dumps(trained, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
