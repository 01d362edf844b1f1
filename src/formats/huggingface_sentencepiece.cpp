// SentencePiece's tokenizer.model: a protocol buffer, of which this reads the few fields that matter.
//
//   1: a piece {1: text, 2: score (f32), 3: type}, repeated    2: the trainer's settings {3: model type}
//   3: the normalizer's settings {3: add a space before the text}
#include <bit>
#include <cmath>

#include "base/byte_reader.hpp"
#include "base/error.hpp"
#include "base/mapped_file.hpp"
#include "formats/huggingface_vocabulary.hpp"

namespace minnow::formats {
namespace {

constexpr std::uint64_t kBpe = 2;  // of the model types
constexpr std::uint64_t kUnigram = 1;

struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;           // of a number, or the bits of a float
  std::span<const std::byte> bytes;  // of text and of messages
};

class MessageReader {
 public:
  MessageReader(std::span<const std::byte> bytes, const std::string& name) : in_(bytes, name) {}

  bool next(Field& field) {
    if (in_.remaining() == 0) return false;
    const std::uint64_t tag = varint();
    field = {.number = tag >> 3, .value = 0, .bytes = {}};
    switch (tag & 7) {
      case 0:
        field.value = varint();
        return true;
      case 1:
        field.value = in_.read<std::uint64_t>("a number");
        return true;
      case 2:
        field.bytes = in_.take(varint(), "a field");
        return true;
      case 5:
        field.value = in_.read<std::uint32_t>("a number");
        return true;
      default:
        fail(ErrorCode::invalid_input, "{}: not a SentencePiece model", in_.name());
    }
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = in_.read<std::uint8_t>("a number");
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail(ErrorCode::invalid_input, "{}: a number is longer than 64 bits", in_.name());
  }

  ByteReader in_;
};

struct Piece {
  std::string text;
  double score = 0;
  std::uint64_t type = 1;
};

Piece read_piece(std::span<const std::byte> bytes, const std::string& name) {
  Piece piece;
  MessageReader in(bytes, name);
  for (Field field; in.next(field);) {
    if (field.number == 1) piece.text.assign(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
    if (field.number == 2)
      piece.score = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(field.value)));
    if (field.number == 3) piece.type = field.value;
  }
  if (piece.type < 1 || piece.type > 6 || !std::isfinite(piece.score)) {
    fail(ErrorCode::invalid_input, "{}: a piece has an impossible type or score", name);
  }
  return piece;
}

// The value of field `number` of a message, or `fallback` where it isn't written.
std::uint64_t setting(std::span<const std::byte> bytes, const std::string& name, std::uint64_t number,
                      std::uint64_t fallback) {
  MessageReader in(bytes, name);
  for (Field field; in.next(field);) {
    if (field.number == number) fallback = field.value;
  }
  return fallback;
}

}  // namespace

Vocabulary read_sentencepiece(const std::filesystem::path& path, std::uint64_t size) {
  const MappedFile file(path);
  const std::string name = path.string();
  Vocabulary vocabulary("llama", size);
  vocabulary.pre = "default";
  std::uint64_t n_pieces = 0;
  std::uint64_t model_type = kUnigram;
  MessageReader in(file.bytes(), name);
  for (Field field; in.next(field);) {
    if (field.number == 1) {
      Piece piece = read_piece(field.bytes, name);
      if (n_pieces < size)
        vocabulary.set(n_pieces, std::move(piece.text), static_cast<TokenKind>(piece.type), piece.score);
      ++n_pieces;
    } else if (field.number == 2) {
      model_type = setting(field.bytes, name, 3, kUnigram);
    } else if (field.number == 3) {
      vocabulary.add_space_prefix = setting(field.bytes, name, 3, 1) != 0;
    }
  }
  if (n_pieces == 0) fail(ErrorCode::invalid_input, "{}: not a SentencePiece model", name);
  if (model_type != kBpe)
    fail(ErrorCode::unsupported, "{}: only SentencePiece models of the BPE kind are supported", name);
  return vocabulary;
}

}  // namespace minnow::formats
