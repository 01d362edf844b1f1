"""The published pipelines of well-known tokenizers, as objects of PyPI's `tokenizers`, over vocabularies from GGUF."""
import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
O200K = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+ENDING|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*ENDING"
         r"|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
ENDING = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"

# DeepSeek-LLM's letters with case, as first and last of each range.
CASED = """41-5A 61-7A B5 C0-D6 D8-F6 F8-1BA 1BC-1BF 1C4-293 295-2AF 370-373 376 377 37B-37D 37F 386 388-38A 38C
38E-3A1 3A3-3F5 3F7-481 48A-52F 531-556 10A0-10C5 13A0-13F5 13F8-13FD 1C90-1CBA 1CBD-1CBF 1D00-1D2B 1D6B-1D77
1D79-1D9A 1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FBC 1FBE
1FC2-1FC4 1FC6-1FCC 1FD0-1FD3 1FD6-1FDB 1FE0-1FEC 1FF2-1FF4 1FF6-1FFC 2102 2107 210A-2113 2115 2119-211D 2124 2126
2128 212A-212D 212F-2134 2139 213C-213F 2145-2149 214E 2183 2184 2C00-2C7B 2C7E-2CE4 2CEB-2CEE 2CF2 2CF3 A640-A66D
A680-A69B A722-A76F A771-A787 A78B-A78E AB70-ABBF FB00-FB06 FB13-FB17 FF21-FF3A FF41-FF5A 10400-1044F 104B0-104D3
104D8-104FB 10C80-10CB2 10CC0-10CF2 118A0-118DF 1E900-1E943"""
CASED_CLASS = "".join("-".join(rf"\x{{{end}}}" for end in item.split("-")) for item in CASED.split())
EAST_ASIAN = r"[\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+"


def split(pattern):
    return pre_tokenizers.Split(Regex(pattern), "isolated")


DIGITS = pre_tokenizers.Digits(individual_digits=True)

PRE_TOKENIZERS = {
    "gpt-2": [split(GPT2)],
    "smollm": [DIGITS, split(GPT2)],
    "llama-bpe": [split(CL100K.replace("DIGITS", "{1,3}"))],
    "qwen2": [split(CL100K.replace("DIGITS", ""))],
    "gpt-4o": [split(O200K.replace("DIGITS", "{1,3}").replace("ENDING", ENDING))],
    "tekken": [split(O200K.replace("DIGITS", "").replace("ENDING", ""))],
    "deepseek-llm": [split(r"[\r\n]"), split(rf"\s?[{CASED_CLASS}]+"),
                     split(r"\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+"),
                     split(r"\s+$"), split(EAST_ASIAN), DIGITS],
    "deepseek-coder": [split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(EAST_ASIAN), DIGITS],
    "default": [split(r"[\p{P}\$\+<=>\^~\|]+"), split(GPT2), split(r"\p{N}+"), split("[0-9][0-9][0-9]")],
}


class Vocabulary:
    def __init__(self, path):
        fields = gguf.GGUFReader(path).fields
        get = lambda key: fields["tokenizer.ggml." + key].contents() if "tokenizer.ggml." + key in fields else None
        self.tokens, self.types, self.scores = get("tokens"), get("token_type"), get("scores")
        self.merges, self.pre = get("merges"), get("pre")
        self.ids = {}
        for index, token in enumerate(self.tokens):
            self.ids.setdefault(token, index)

    def special(self):
        return [t for t, kind in zip(self.tokens, self.types) if kind in (2, 3, 4)]

    def merge_pairs(self):
        pairs = []
        for merge in self.merges:
            space = merge.index(" ", 1)
            pairs.append((merge[:space], merge[space + 1:]))
        return pairs

    def merges_from_scores(self):
        """Every way to part a piece into two pieces, best score first."""
        normal = {t: i for i, t in enumerate(self.tokens) if self.types[i] in (1, 4)}
        pairs = []
        for piece, index in normal.items():
            for cut in range(1, len(piece)):
                if piece[:cut] in normal and piece[cut:] in normal:
                    pairs.append((self.scores[index], piece[:cut], piece[cut:]))
        pairs.sort(key=lambda pair: -pair[0])  # stable: equal scores stay in the order of the vocabulary
        return [pair[1:] for pair in pairs]


def sentencepiece(vocabulary):
    tokenizer = Tokenizer(models.BPE(vocabulary.ids, vocabulary.merges_from_scores(), unk_token="<unk>", fuse_unk=True,
                                     byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return tokenizer


def gemma4(vocabulary):
    tokenizer = Tokenizer(models.BPE(vocabulary.ids, vocabulary.merge_pairs(), unk_token="<unk>", fuse_unk=True,
                                     byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def byte_level(vocabulary):
    ignore_merges = vocabulary.pre in ("llama-bpe", "tekken")
    tokenizer = Tokenizer(models.BPE(vocabulary.ids, vocabulary.merge_pairs(), ignore_merges=ignore_merges))
    if vocabulary.pre == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        PRE_TOKENIZERS[vocabulary.pre] + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def bert(vocabulary):
    def published(token):  # GGUF marks the beginning of words instead of their continuation
        if token.startswith("[") and token.endswith("]"):
            return token
        return token[1:] if token.startswith("▁") else "##" + token

    ids = {published(token): index for token, index in vocabulary.ids.items()}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


BUILDERS = {"llama-spm": sentencepiece, "phi-3": sentencepiece, "gemma-4": gemma4, "gpt-2": byte_level,
            "llama-bpe": byte_level, "qwen2": byte_level, "deepseek-llm": byte_level, "bert-bge": bert}


def build(name, path):
    vocabulary = Vocabulary(path)
    tokenizer = BUILDERS[name](vocabulary)
    # Phi-3's special tokens take the white space after them along.
    keep_space = {"<unk>", "<s>", "<|endoftext|>"} if name == "phi-3" else set(vocabulary.special())
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True, rstrip=token not in keep_space)
                                  for token in vocabulary.special()])
    return tokenizer
