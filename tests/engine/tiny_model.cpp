#include "tiny_model.hpp"

#include <fmt/core.h>

#include <cstring>
#include <functional>
#include <vector>

#include "base/thread_pool.hpp"
#include "engine/random.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/quantize.hpp"
#include "temporary_folder.hpp"

namespace minnow::testing {
namespace {

constexpr std::uint64_t kLayers = 2, kWidth = 256, kHeads = 4, kKvHeads = 2, kHidden = 512;

void add_vocabulary(formats::Metadata& metadata, const TinyOptions& options) {
  std::vector<std::string> tokens{"<unk>", "<s>", "</s>"};
  std::vector<std::int64_t> types{2, 3, 3};
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(fmt::format("<0x{:02X}>", byte));
    types.push_back(6);
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) tokens.emplace_back(1, letter);
  for (const char* piece : {"▁", "he", "▁t", "▁the", "in", "▁a", "er", "é", "鱼", "🐟"}) tokens.emplace_back(piece);
  types.resize(tokens.size(), 1);
  std::vector<double> scores(tokens.size(), 0.0);
  for (std::size_t i = 259; i < scores.size(); ++i) scores[i] = -static_cast<double>(i);
  metadata.set("tokenizer.ggml.model", std::string("llama"));
  metadata.set("tokenizer.ggml.tokens", std::move(tokens));
  metadata.set("tokenizer.ggml.scores", std::move(scores));
  metadata.set("tokenizer.ggml.token_type", std::move(types));
  metadata.set("tokenizer.ggml.bos_token_id", std::uint64_t{1});
  metadata.set("tokenizer.ggml.eos_token_id", std::uint64_t{2});
  metadata.set("tokenizer.ggml.unknown_token_id", std::uint64_t{0});
  metadata.set("tokenizer.ggml.add_bos_token", options.add_bos);
  if (!options.chat_template.empty()) metadata.set("tokenizer.chat_template", options.chat_template);
}

void add_shape(formats::Metadata& metadata) {
  metadata.set("general.architecture", std::string("llama"));
  metadata.set("general.name", std::string("tiny"));
  metadata.set("llama.context_length", std::uint64_t{256});
  metadata.set("llama.embedding_length", kWidth);
  metadata.set("llama.block_count", kLayers);
  metadata.set("llama.feed_forward_length", kHidden);
  metadata.set("llama.attention.head_count", kHeads);
  metadata.set("llama.attention.head_count_kv", kKvHeads);
  metadata.set("llama.attention.layer_norm_rms_epsilon", 1e-5);
  metadata.set("llama.rope.dimension_count", kWidth / kHeads);
}

void add_tensors(formats::GgufWriter& out, std::uint64_t vocabulary) {
  constexpr auto kF32 = numeric::Format::f32;
  constexpr std::uint64_t kKvWidth = kWidth / kHeads * kKvHeads;
  out.add_tensor("token_embd.weight", kF32, {kWidth, vocabulary});
  for (std::uint64_t layer = 0; layer < kLayers; ++layer) {
    const auto add = [&](const char* name, std::initializer_list<std::uint64_t> shape) {
      out.add_tensor(fmt::format("blk.{}.{}.weight", layer, name), kF32, shape);
    };
    add("attn_norm", {kWidth});
    add("attn_q", {kWidth, kWidth});
    add("attn_k", {kWidth, kKvWidth});
    add("attn_v", {kWidth, kKvWidth});
    add("attn_output", {kWidth, kWidth});
    add("ffn_norm", {kWidth});
    add("ffn_gate", {kWidth, kHidden});
    add("ffn_up", {kWidth, kHidden});
    add("ffn_down", {kHidden, kWidth});
  }
  out.add_tensor("output_norm.weight", kF32, {kWidth});
}

void write_f32(const std::filesystem::path& path, const TinyOptions& options) {
  formats::GgufWriter out;
  add_shape(out.metadata());
  add_vocabulary(out.metadata(), options);
  add_tensors(out, out.metadata().texts("tokenizer.ggml.tokens").size());
  engine::Pcg32 random(7);
  out.write(path, [&](const formats::TensorInfo& tensor, const formats::GgufWriter::Sink& sink) {
    std::vector<float> values(tensor.size_bytes / sizeof(float));
    const bool norm = tensor.n_dimensions == 1;
    for (float& value : values) {
      value = norm ? 1.0f : static_cast<float>(0.25 * (random.uniform() - 0.5));
      if (tensor.name == "output_norm.weight") value = options.output_norm;
    }
    sink(std::as_bytes(std::span(values)));
  });
}

}  // namespace

std::filesystem::path tiny_model(const TinyOptions& options) {
  const std::size_t key = std::hash<std::string>{}(options.chat_template) % 1000000;
  const std::string stem = fmt::format("tiny-{}-{}-{}", key, options.add_bos, options.output_norm);
  const std::filesystem::path plain = process_folder() / (stem + ".gguf");
  if (!std::filesystem::exists(plain)) write_f32(plain, options);
  if (options.quantization.empty()) return plain;
  const std::filesystem::path quantized = process_folder() / (stem + "-" + options.quantization + ".gguf");
  if (!std::filesystem::exists(quantized)) {
    ThreadPool pool(2);
    formats::quantize(formats::GgufFile::open(plain), quantized, formats::quantization_from_name(options.quantization),
                      pool);
  }
  return quantized;
}

}  // namespace minnow::testing
