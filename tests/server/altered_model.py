"""Another chat template in a copy of a GGUF file: what families of models differ in, as far as a server can tell."""
import struct

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY, UINT32 = 8, 9, 4
ALIGNMENT = 32


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form="<Q"):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self):
        return self.take(self.number())

    def value(self, kind):
        """The bytes of a value."""
        begin = self.at
        if kind == STRING:
            self.text()
        elif kind == ARRAY:
            inner, count = self.number("<I"), self.number()
            for _ in range(count):
                self.value(inner)
        else:
            self.take(SIZES[kind])
        return self.data[begin:self.at]


def string(text):
    return struct.pack("<Q", len(text)) + text


def with_markers(tokens, types, markers):
    """The last tokens of the vocabulary take the markers' names and types."""
    reader = Reader(tokens)
    inner, count = reader.number("<I"), reader.number()
    names = [reader.text() for _ in range(count)]
    kinds = bytearray(types)
    for i, (name, kind) in enumerate(markers.items()):
        names[-1 - i] = name.encode()
        struct.pack_into("<i", kinds, len(kinds) - 4 * (i + 1), kind)
    return struct.pack("<IQ", inner, count) + b"".join(map(string, names)), bytes(kinds)


def altered_model(source, target, templates, context, markers=None):
    """Writes `source` to `target` with other chat templates ({key: text}), trained context, and tokens of the
    vocabulary renamed to `markers` ({text: type of token})."""
    reader = Reader(source.read_bytes())
    magic, version, n_tensors, n_pairs = reader.take(4), reader.take(4), reader.number(), reader.number()
    pairs = {}
    for _ in range(n_pairs):
        key = reader.text()
        kind = reader.number("<I")
        pairs[key] = (kind, reader.value(kind))
    begin = reader.at
    for _ in range(n_tensors):
        reader.text()
        reader.take(8 * reader.number("<I") + 4 + 8)
    tensors = reader.data[begin:reader.at]
    weights = reader.data[-(-reader.at // ALIGNMENT) * ALIGNMENT:]
    for key in [key for key in pairs if key.startswith(b"tokenizer.chat_template")]:
        del pairs[key]
    for key, text in templates.items():
        pairs[key.encode()] = (STRING, string(text.encode()))
    pairs[b"llama.context_length"] = (UINT32, struct.pack("<I", context))
    if markers:
        names, kinds = b"tokenizer.ggml.tokens", b"tokenizer.ggml.token_type"
        tokens, types = with_markers(pairs[names][1], pairs[kinds][1], markers)
        pairs[names], pairs[kinds] = (ARRAY, tokens), (ARRAY, types)
    head = magic + version + struct.pack("<QQ", n_tensors, len(pairs))
    head += b"".join(string(key) + struct.pack("<I", kind) + value for key, (kind, value) in pairs.items()) + tensors
    target.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + weights)
