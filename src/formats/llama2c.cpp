#include "formats/llama2c.hpp"

#include <cmath>

#include "base/byte_reader.hpp"
#include "base/error.hpp"

namespace minnow::formats {
namespace {

constexpr std::size_t kHeaderBytes = 7 * sizeof(std::int32_t);
constexpr std::uint64_t kLargestSize =
    1 << 24;  // products of three sizes stay within 64 bits… checked against the file

enum class PieceType : std::int64_t { normal = 1, unknown = 2, control = 3, byte = 6 };

// The pieces of llama2.c's tokenizers stand in Llama's order: <unk>, <s>, </s>, 256 bytes, then text.
PieceType piece_type(std::uint64_t id) {
  if (id == 0) return PieceType::unknown;
  if (id <= 2) return PieceType::control;
  return id < 259 ? PieceType::byte : PieceType::normal;
}

// llama2.c writes the word boundary as a plain space and the two control tokens with line breaks around them.
std::string piece_text(std::uint64_t id, std::string_view stored) {
  if (id == 1) return "<s>";
  if (id == 2) return "</s>";
  if (piece_type(id) != PieceType::normal) return std::string(stored);
  std::string text;
  for (const char character : stored) {
    if (character == ' ') {
      text += "\u2581";
    } else {
      text += character;
    }
  }
  return text;
}

void add_tokenizer(const std::filesystem::path& path, std::uint64_t vocabulary, Metadata& metadata) {
  const MappedFile file(path);
  ByteReader in(file.bytes(), path.string());
  in.read<std::int32_t>("the longest piece's length");
  std::vector<std::string> pieces;
  std::vector<double> scores;
  std::vector<std::int64_t> types;
  for (std::uint64_t id = 0; id < vocabulary; ++id) {
    const auto score = in.read<float>("a piece's score");
    const auto length = in.read<std::int32_t>("a piece's length");
    if (length < 0 || !std::isfinite(score)) {
      fail(ErrorCode::invalid_input, "{}: piece {} makes no sense", in.name(), id);
    }
    pieces.push_back(piece_text(id, in.take_text(static_cast<std::uint64_t>(length), "a piece")));
    scores.push_back(static_cast<double>(score));
    types.push_back(static_cast<std::int64_t>(piece_type(id)));
  }
  if (in.remaining() != 0) {
    fail(ErrorCode::invalid_input, "{}: {} bytes follow the {} pieces of this model's vocabulary", in.name(),
         in.remaining(), vocabulary);
  }
  metadata.set("tokenizer.ggml.model", "llama");
  metadata.set("tokenizer.ggml.pre", "default");
  metadata.set("tokenizer.ggml.tokens", std::move(pieces));
  metadata.set("tokenizer.ggml.scores", std::move(scores));
  metadata.set("tokenizer.ggml.token_type", std::move(types));
  metadata.set("tokenizer.ggml.unknown_token_id", std::uint64_t{0});
  metadata.set("tokenizer.ggml.bos_token_id", std::uint64_t{1});
  metadata.set("tokenizer.ggml.eos_token_id", std::uint64_t{2});
}

// Walks through the checkpoint's matrices, which have no names: only their order says what they are.
class MatrixReader {
 public:
  MatrixReader(std::span<const std::byte> bytes, const std::string& name) : in_(bytes, name) {}

  // One matrix (or vector: no rows).
  ConvertedTensor take(std::string name, std::uint64_t columns, std::uint64_t rows) {
    ConvertedTensor tensor;
    const std::uint64_t n_rows = std::max<std::uint64_t>(rows, 1);
    const auto bytes = in_.take(columns * n_rows * sizeof(float), name);
    tensor.name = std::move(name);
    tensor.shape = rows == 0 ? std::vector{columns} : std::vector{columns, rows};
    tensor.keep_f32 = rows == 0;
    tensor.read_row = [bytes](std::uint64_t row, std::span<float> values) {
      std::memcpy(values.data(), bytes.subspan(row * values.size_bytes()).data(), values.size_bytes());
    };
    tensor.release = [bytes] { MappedFile::release(bytes); };
    return tensor;
  }

  void skip(std::uint64_t n_values) { in_.take(n_values * sizeof(float), "the unused position tables"); }
  std::size_t remaining() const { return in_.remaining(); }

 private:
  ByteReader in_;
};

std::filesystem::path find_tokenizer(const std::filesystem::path& checkpoint, std::uint64_t vocabulary) {
  const auto sized = fmt::format("tok{}.bin", vocabulary);
  for (const std::string& name : {sized, std::string("tokenizer.bin")}) {
    if (const auto path = checkpoint.parent_path() / name; std::filesystem::exists(path)) return path;
  }
  fail(ErrorCode::not_found, "{}: neither {} nor tokenizer.bin is beside it; name the tokenizer's file",
       checkpoint.string(), sized);
}

}  // namespace

Llama2cCheckpoint::Llama2cCheckpoint(const std::filesystem::path& path, const std::filesystem::path& tokenizer)
    : file_(path), name_(path.string()) {
  read_sizes();
  tokenizer_ = tokenizer.empty() ? find_tokenizer(path, sizes_.vocabulary) : tokenizer;
}

void Llama2cCheckpoint::read_sizes() {
  ByteReader in(file_.bytes(), name_);
  std::array<std::int32_t, 7> header{};
  for (std::int32_t& value : header) value = in.read<std::int32_t>("the header");
  tied_output_ = header[5] > 0;
  header[5] = header[5] < 0 && header[5] > -(1 << 30) ? -header[5] : header[5];
  for (const std::int32_t value : header) {
    if (value < 1 || static_cast<std::uint64_t>(value) > kLargestSize) {
      fail(ErrorCode::invalid_input, "{}: not a llama2.c checkpoint (its header holds the size {})", name_, value);
    }
  }
  const auto at = [&](std::size_t i) { return static_cast<std::uint64_t>(header[i]); };
  sizes_ = {at(0), at(1), at(2), at(3), at(4), at(5), at(6)};
  if (sizes_.hidden % (2 * sizes_.n_heads) != 0 || sizes_.n_heads % sizes_.n_kv_heads != 0) {
    fail(ErrorCode::invalid_input, "{}: not a llama2.c checkpoint ({} values, {} heads and {} key heads don't fit)",
         name_, sizes_.hidden, sizes_.n_heads, sizes_.n_kv_heads);
  }
  if (sizes_.n_layers > 4096) {
    fail(ErrorCode::invalid_input, "{}: {} layers are not believable", name_, sizes_.n_layers);
  }
}

std::vector<ConvertedTensor> Llama2cCheckpoint::tensors() const {
  MatrixReader in(file_.bytes().subspan(kHeaderBytes), name_);
  std::vector<ConvertedTensor> tensors;
  const std::uint64_t head = sizes_.hidden / sizes_.n_heads;
  const std::uint64_t key_value = head * sizes_.n_kv_heads;
  const auto take_layers = [&](std::string_view name, std::uint64_t columns, std::uint64_t rows) {
    for (std::uint64_t i = 0; i < sizes_.n_layers; ++i) {
      tensors.push_back(in.take(fmt::format("blk.{}.{}.weight", i, name), columns, rows));
    }
  };
  tensors.push_back(in.take("token_embd.weight", sizes_.hidden, sizes_.vocabulary));
  take_layers("attn_norm", sizes_.hidden, 0);
  take_layers("attn_q", sizes_.hidden, sizes_.hidden);
  take_layers("attn_k", sizes_.hidden, key_value);
  take_layers("attn_v", sizes_.hidden, key_value);
  take_layers("attn_output", sizes_.hidden, sizes_.hidden);
  take_layers("ffn_norm", sizes_.hidden, 0);
  take_layers("ffn_gate", sizes_.hidden, sizes_.ffn);
  take_layers("ffn_down", sizes_.ffn, sizes_.hidden);
  take_layers("ffn_up", sizes_.hidden, sizes_.ffn);
  tensors.push_back(in.take("output_norm.weight", sizes_.hidden, 0));
  in.skip(sizes_.positions * head);
  if (!tied_output_) tensors.push_back(in.take("output.weight", sizes_.hidden, sizes_.vocabulary));
  if (in.remaining() != 0) {
    fail(ErrorCode::invalid_input, "{}: {} bytes follow the last matrix; is this a llama2.c checkpoint of version 0?",
         name_, in.remaining());
  }
  return tensors;
}

ConvertedModel Llama2cCheckpoint::describe() const {
  ConvertedModel model;
  model.tensors = tensors();
  Metadata& metadata = model.metadata;
  metadata.set("general.architecture", "llama");
  metadata.set("general.type", "model");
  metadata.set("general.name", std::filesystem::path(name_).stem().string());
  metadata.set("general.quantization_version", std::uint64_t{2});
  metadata.set("llama.block_count", sizes_.n_layers);
  metadata.set("llama.context_length", sizes_.positions);
  metadata.set("llama.embedding_length", sizes_.hidden);
  metadata.set("llama.feed_forward_length", sizes_.ffn);
  metadata.set("llama.attention.head_count", sizes_.n_heads);
  metadata.set("llama.attention.head_count_kv", sizes_.n_kv_heads);
  metadata.set("llama.attention.layer_norm_rms_epsilon", 1e-5);
  metadata.set("llama.rope.dimension_count", sizes_.hidden / sizes_.n_heads);
  metadata.set("llama.rope.freq_base", 10000.0);
  metadata.set("llama.vocab_size", sizes_.vocabulary);
  add_tokenizer(tokenizer_, sizes_.vocabulary, metadata);
  return model;
}

}  // namespace minnow::formats
