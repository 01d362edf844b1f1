#include "models/spec_reader.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "models/families/family.hpp"
#include "models/spec_check.hpp"

namespace minnow::models {
namespace {

constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 40;  // far beyond any model; keeps sums far from overflow

const Family& family_of(const formats::GgufFile& file) {
  const auto architecture = file.metadata().text("general.architecture");
  if (!architecture) {
    fail(ErrorCode::invalid_input, "{}: general.architecture is missing, so this is no language model", file.name());
  }
  for (const Family& family : families()) {
    if (family.architecture == *architecture) return family;
  }
  std::string known;
  for (const Family& family : families()) known += (known.empty() ? "" : ", ") + std::string(family.architecture);
  fail(ErrorCode::unsupported, "{}: the architecture {} is not one we know ({})", file.name(),
       formats::printable(*architecture), known);
}

std::size_t vocabulary_size(const formats::GgufFile& file) {
  const formats::TensorInfo* embedding = file.find("token_embd.weight");
  if (embedding == nullptr) {
    fail(ErrorCode::invalid_input, "{}: the tensor token_embd.weight is missing", file.name());
  }
  return static_cast<std::size_t>(embedding->shape[1]);
}

void refuse_what_we_lack(const SpecReader& in) {
  if (in.count("expert_count", 0) > 0) {
    fail(ErrorCode::unsupported, "{}: {} says it is a mixture of experts, which we can't run yet", in.file().name(),
         in.key_name("expert_count"));
  }
  if (!in.flag("attention.causal", true)) {
    fail(ErrorCode::unsupported, "{}: {} = false: this model embeds text and can't continue it", in.file().name(),
         in.key_name("attention.causal"));
  }
}

void read_layers(const SpecReader& in, DecoderSpec& spec) {
  const std::size_t n_layers = in.count("block_count");
  if (n_layers == 0 || n_layers > in.file().tensors().size()) {
    fail(ErrorCode::invalid_input, "{}: {} is {}, but the file has {} tensors", in.file().name(),
         in.key_name("block_count"), n_layers, in.file().tensors().size());
  }
  const auto heads = in.per_layer("attention.head_count", n_layers);
  const auto kv_heads = in.per_layer("attention.head_count_kv", n_layers, heads);
  const auto ffn_sizes = in.per_layer("feed_forward_length", n_layers);
  spec.layers.resize(n_layers);
  for (std::size_t i = 0; i < n_layers; ++i) {
    spec.layers[i] = {.n_heads = heads[i], .n_kv_heads = kv_heads[i], .ffn_size = ffn_sizes[i]};
  }
}

RopeScaling read_scaling(const SpecReader& in) {
  const std::string_view type = in.text("rope.scaling.type", "");
  if (type.empty()) return in.number("rope.scale_linear", 1) == 1 ? RopeScaling::none : RopeScaling::linear;
  if (type == "none") return RopeScaling::none;
  if (type == "linear") return RopeScaling::linear;
  if (type == "yarn") return RopeScaling::yarn;
  if (type == "longrope") return RopeScaling::longrope;
  fail(ErrorCode::unsupported, "{}: {} {} is not one we know (none, linear, yarn, longrope)", in.file().name(),
       in.key_name("rope.scaling.type"), formats::printable(type));
}

void read_rope(const SpecReader& in, DecoderSpec& spec) {
  RopeSpec& rope = spec.rope;
  rope.n_dims = in.count("rope.dimension_count", spec.key_size);
  rope.base = in.number("rope.freq_base", 10000);
  rope.scaling = read_scaling(in);
  rope.factor = in.number("rope.scaling.factor", in.number("rope.scale_linear", 1));
  rope.original_context = in.count("rope.scaling.original_context_length", spec.context_length);
  rope.attention_factor = in.number("rope.scaling.attn_factor", 1);
  rope.yarn_beta_fast = in.number("rope.scaling.yarn_beta_fast", 32);
  rope.yarn_beta_slow = in.number("rope.scaling.yarn_beta_slow", 1);
}

void read_common(const SpecReader& in, DecoderSpec& spec) {
  spec.vocabulary_size = vocabulary_size(in.file());
  spec.embedding_size = in.count("embedding_length");
  spec.context_length = in.count("context_length", 0);
  read_layers(in, spec);
  const std::size_t n_heads = std::max<std::size_t>(spec.layers.front().n_heads, 1);
  spec.key_size = in.count("attention.key_length", spec.embedding_size / n_heads);
  spec.value_size = in.count("attention.value_length", spec.key_size);
  spec.attention_scale =
      static_cast<float>(in.number("attention.scale", 1 / std::sqrt(static_cast<double>(spec.key_size))));
  spec.tied_output = !in.has_tensor("output.weight");
  read_rope(in, spec);
}

}  // namespace

DecoderSpec read_spec(const formats::GgufFile& file) {
  const Family& family = family_of(file);
  const SpecReader in(file, family.architecture);
  refuse_what_we_lack(in);
  DecoderSpec spec;
  spec.architecture = family.architecture;
  spec.name = file.metadata().text("general.name").value_or("");
  read_common(in, spec);
  family.read(in, spec);
  check_spec(spec, file.name());
  return spec;
}

SpecReader::SpecReader(const formats::GgufFile& file, std::string_view architecture)
    : file_(file), prefix_(std::string(architecture) + ".") {}

std::string SpecReader::key_name(std::string_view key) const { return prefix_ + std::string(key); }

bool SpecReader::has(std::string_view key) const { return file_.metadata().find(key_name(key)) != nullptr; }

std::size_t SpecReader::checked(std::uint64_t value, std::string_view key) const {
  if (value > kLargestCount) {
    fail(ErrorCode::invalid_input, "{}: {} cannot be {}", file_.name(), key_name(key), value);
  }
  return static_cast<std::size_t>(value);
}

std::size_t SpecReader::count(std::string_view key, std::optional<std::size_t> fallback) const {
  const auto value = file_.metadata().unsigned_integer(key_name(key));
  if (value) return checked(*value, key);
  if (!fallback) fail(ErrorCode::invalid_input, "{}: the metadata {} is missing", file_.name(), key_name(key));
  return *fallback;
}

double SpecReader::number(std::string_view key, std::optional<double> fallback) const {
  const auto value = file_.metadata().number(key_name(key));
  if (value && !std::isfinite(*value)) {
    fail(ErrorCode::invalid_input, "{}: {} is not a finite number", file_.name(), key_name(key));
  }
  if (value) return *value;
  if (!fallback) fail(ErrorCode::invalid_input, "{}: the metadata {} is missing", file_.name(), key_name(key));
  return *fallback;
}

bool SpecReader::flag(std::string_view key, bool fallback) const {
  return file_.metadata().boolean(key_name(key)).value_or(fallback);
}

std::string_view SpecReader::text(std::string_view key, std::string_view fallback) const {
  return file_.metadata().text(key_name(key)).value_or(fallback);
}

std::vector<std::size_t> SpecReader::per_layer(std::string_view key, std::size_t n_layers,
                                               const std::vector<std::size_t>& fallback) const {
  const std::string name = key_name(key);
  const formats::MetadataValue* value = file_.metadata().find(name);
  if (value == nullptr && !fallback.empty()) return fallback;
  const bool one_for_all =
      value == nullptr || std::holds_alternative<std::uint64_t>(*value) || std::holds_alternative<std::int64_t>(*value);
  if (one_for_all) return std::vector<std::size_t>(n_layers, count(key));
  const std::vector<std::int64_t> values = file_.metadata().integers(name);
  if (values.size() != n_layers) {
    fail(ErrorCode::invalid_input, "{}: {} has {} values for {} layers", file_.name(), name, values.size(), n_layers);
  }
  std::vector<std::size_t> counts;
  for (const std::int64_t each : values) {
    if (each < 0) fail(ErrorCode::invalid_input, "{}: {} holds the negative number {}", file_.name(), name, each);
    counts.push_back(checked(static_cast<std::uint64_t>(each), key));
  }
  return counts;
}

}  // namespace minnow::models
