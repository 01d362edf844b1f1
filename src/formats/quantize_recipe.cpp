#include "formats/quantize_recipe.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;
using enum numeric::Format;

constexpr RecipeRule everywhere(Format format) { return {Layers::all, format}; }

constexpr std::array<Quantization, 19> kQuantizations{{
    {"F32", 0, f32},
    {"F16", 1, f16},
    {"BF16", 32, bf16},
    {"Q8_0", 7, q8_0},
    {"Q6_K", 18, q6_k},
    {.name = "Q5_K_M",
     .file_type = 17,
     .base = q5_k,
     .value = {Layers::sensitive, q6_k},
     .down = {Layers::sensitive, q6_k}},
    {"Q5_K_S", 16, q5_k},
    {.name = "Q4_K_M",
     .file_type = 15,
     .base = q4_k,
     .value = {Layers::sensitive, q6_k},
     .down = {Layers::sensitive, q6_k}},
    {.name = "Q4_K_S",
     .file_type = 14,
     .base = q4_k,
     .value = {Layers::first_four, q5_k},
     .down = {Layers::first_eighth, q5_k}},
    {.name = "Q3_K_L",
     .file_type = 13,
     .base = q3_k,
     .value = everywhere(q5_k),
     .down = everywhere(q5_k),
     .attention_output = everywhere(q5_k)},
    {.name = "Q3_K_M",
     .file_type = 12,
     .base = q3_k,
     .value = {Layers::first_two, q5_k, q4_k},
     .down = {Layers::first_sixteenth, q5_k, q4_k},
     .attention_output = everywhere(q4_k)},
    {"Q3_K_S", 11, q3_k},
    {.name = "Q2_K",
     .file_type = 10,
     .base = q2_k,
     .value = {Layers::all_of_grouped_queries, q4_k, q3_k},
     .down = everywhere(q3_k),
     .attention_output = everywhere(q3_k)},
    {.name = "Q4_0", .file_type = 2, .base = q4_0, .down = {Layers::first_eighth_with_importance, q4_1}},
    {"Q4_1", 3, q4_1},
    {.name = "Q5_0", .file_type = 8, .base = q5_0, .down = {Layers::first_eighth_with_importance, q5_1}},
    {"Q5_1", 9, q5_1},
    {.name = "IQ4_NL",
     .file_type = 25,
     .base = iq4_nl,
     .value = {Layers::all_of_grouped_queries, q5_k},
     .down = {Layers::first_eighth_without_importance, q5_k}},
    {.name = "IQ4_XS",
     .file_type = 30,
     .base = iq4_xs,
     .value = {Layers::all_of_grouped_queries, q5_k},
     .down = {Layers::first_eighth_without_importance, q5_k}},
}};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// "blk.7.attn_v.weight" -> 7; no layer for anything else.
std::optional<std::uint64_t> layer_of(std::string_view name) {
  constexpr std::string_view kPrefix = "blk.";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::uint64_t layer = 0;
  const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), layer);
  if (error != std::errc() || end == name.data() + name.size() || *end != '.') return std::nullopt;
  return layer;
}

// The layers that have a tensor of one kind: a hybrid model has attention in some of its layers only.
class LayersWith {
 public:
  LayersWith(std::span<const TensorInfo> tensors, std::initializer_list<std::string_view> kinds) {
    for (const TensorInfo& tensor : tensors) {
      const auto layer = layer_of(tensor.name);
      const auto is_kind = [&](std::string_view kind) { return contains(tensor.name, kind); };
      if (layer && std::any_of(kinds.begin(), kinds.end(), is_kind)) layers_.insert(*layer);
    }
  }
  std::size_t count() const { return layers_.size(); }
  // How many come before the one that `name` belongs to.
  std::size_t place(std::string_view name) const {
    const auto layer = layer_of(name);
    if (!layer) return 0;
    return static_cast<std::size_t>(std::distance(layers_.begin(), layers_.lower_bound(*layer)));
  }

 private:
  std::set<std::uint64_t> layers_;
};

class Chooser {
 public:
  Chooser(const Quantization& quantization, const Metadata& metadata, std::span<const TensorInfo> tensors,
          bool has_importance)
      : quantization_(quantization),
        has_importance_(has_importance),
        with_value_(tensors, {"attn_v.weight", "attn_qkv.weight"}),
        with_down_(tensors, {"ffn_down"}) {
    const std::string architecture(metadata.text("general.architecture").value_or(""));
    n_experts_ = metadata.unsigned_integer(architecture + ".expert_count").value_or(0);
    queries_per_key_ = queries_per_key(metadata, architecture);
    has_output_ = std::any_of(tensors.begin(), tensors.end(), [](const auto& each) { return is_output(each.name); });
  }

  Format operator()(const TensorInfo& tensor) const {
    const std::string_view name = tensor.name;
    if (numeric::info(quantization_.base).block_values == 1) return quantization_.base;
    if (is_output(name) || (!has_output_ && name == "token_embd.weight")) return output(tensor);
    if (contains(name, "attn_v.weight") || contains(name, "attn_qkv.weight")) {
      return n_experts_ == 8 ? Format::q8_0 : by_rule(quantization_.value, name, with_value_);
    }
    if (contains(name, "attn_k.weight") && n_experts_ == 8) return Format::q8_0;
    if (contains(name, "ffn_down")) return by_rule(quantization_.down, name, with_down_);
    if (contains(name, "attn_output.weight")) return attention_output(name);
    return quantization_.base;
  }

 private:
  static bool is_output(std::string_view name) { return name == "output.weight"; }

  // Head counts may be given per layer; the first says enough. 1 when the file doesn't say.
  static std::uint64_t queries_per_key(const Metadata& metadata, const std::string& architecture) {
    const auto first = [&](const std::string& key) -> std::uint64_t {
      const MetadataValue* value = metadata.find(architecture + ".attention." + key);
      if (value == nullptr) return 0;
      if (std::holds_alternative<std::uint64_t>(*value)) return std::get<std::uint64_t>(*value);
      const auto all = metadata.integers(architecture + ".attention." + key);
      return all.empty() || all[0] < 0 ? 0 : static_cast<std::uint64_t>(all[0]);
    };
    const std::uint64_t n_heads = first("head_count"), n_kv_heads = first("head_count_kv");
    return n_kv_heads == 0 ? 1 : n_heads / n_kv_heads;
  }

  Format output(const TensorInfo& tensor) const {
    const bool fits = tensor.row_length() % numeric::info(quantization_.base).block_values == 0;
    return quantization_.base == Format::q8_0 || !fits ? Format::q8_0 : Format::q6_k;
  }

  // With eight experts attention is a small part of the weights, and recipes below five bits give it five.
  Format attention_output(std::string_view name) const {
    constexpr Format kBelowFiveBits[] = {q2_k, q3_k, q4_k, iq4_nl, iq4_xs};
    if (n_experts_ != 8) return by_rule(quantization_.attention_output, name, with_value_);
    const bool is_below = std::ranges::find(kBelowFiveBits, quantization_.base) != std::end(kBelowFiveBits);
    return is_below && quantization_.name != "Q3_K_L" ? Format::q5_k : quantization_.base;
  }

  Format by_rule(const RecipeRule& rule, std::string_view name, const LayersWith& layers) const {
    if (applies(rule.layers, layers.place(name), layers.count())) return rule.format;
    return rule.otherwise.value_or(quantization_.base);
  }

  bool applies(Layers layers, std::size_t place, std::size_t count) const {
    const std::size_t eighth = count / 8;
    switch (layers) {
      case Layers::none:
        return false;
      case Layers::all:
        return true;
      case Layers::sensitive:
        return place < eighth || place >= 7 * count / 8 || (place - eighth) % 3 == 2;
      case Layers::first_two:
        return place < 2;
      case Layers::first_four:
        return place < 4;
      case Layers::first_sixteenth:
        return place < count / 16;
      case Layers::first_eighth:
        return place < eighth;
      case Layers::first_eighth_without_importance:
        return place < eighth && !has_importance_;
      case Layers::first_eighth_with_importance:
        return place < eighth && has_importance_;
      case Layers::all_of_grouped_queries:
        return queries_per_key_ >= 4;
    }
    return false;
  }

  const Quantization& quantization_;
  const bool has_importance_;
  const LayersWith with_value_, with_down_;
  std::uint64_t n_experts_ = 0;
  std::uint64_t queries_per_key_ = 1;
  bool has_output_ = false;
};

// Whether `text` begins with `pattern`, in which * stands for any characters. Names are short, so trying is cheap.
bool begins_with_pattern(std::string_view text, std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern[0] == '*') {
      const std::string_view rest = pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size()));
      const std::string_view literal = rest.substr(0, rest.find('*'));
      const std::size_t found = text.find(literal);  // the leftmost place leaves the most for what follows
      if (found == std::string_view::npos) return false;
      text.remove_prefix(found + literal.size());
      pattern = rest.substr(literal.size());
      continue;
    }
    if (text.empty() || text[0] != pattern[0]) return false;
    text.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  return true;
}

bool matches(std::string_view name, std::string_view pattern) {
  for (std::size_t begin = 0; begin <= name.size(); ++begin) {
    if (begins_with_pattern(name.substr(begin), pattern)) return true;
  }
  return false;
}

}  // namespace

const Quantization& quantization_from_name(std::string_view name) {
  std::string known;
  for (const Quantization& quantization : kQuantizations) {
    if (equal_ignoring_case(quantization.name, name)) return quantization;
    known += known.empty() ? "" : ", ";
    known += quantization.name;
  }
  fail(ErrorCode::invalid_input, "unknown quantization {}; known are {}", printable(name), known);
}

std::uint32_t file_type_of(Format format) {
  return std::ranges::find(kQuantizations, format, &Quantization::base)->file_type;
}

FormatOverride format_override_from_text(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) {
    fail(ErrorCode::invalid_input, "{} is not PATTERN=TYPE, such as ffn_down=Q6_K", printable(text));
  }
  const auto format = numeric::format_from_name(text.substr(equals + 1));
  if (!format) {
    fail(ErrorCode::invalid_input, "{} names no number format; use one such as Q4_K, Q6_K, Q8_0 or F16",
         printable(text));
  }
  return {.pattern = std::string(text.substr(0, equals)), .format = *format};
}

bool is_quantizable(const TensorInfo& tensor) {
  constexpr std::string_view kKept[] = {"_norm.weight",       "ffn_gate_inp.weight", "position_embd.weight",
                                        "token_types.weight", "ssm_conv1d.weight",   "shortconv.conv.weight"};
  return tensor.n_dimensions >= 2 && tensor.name.ends_with(".weight") &&
         std::ranges::none_of(kKept, [&](std::string_view kept) { return contains(tensor.name, kept); });
}

Format fitting_format(Format wanted, std::uint64_t row_length) {
  const auto fits = [&](Format format) { return row_length % numeric::info(format).block_values == 0; };
  if (fits(wanted)) return wanted;
  Format fallback = Format::f16;
  switch (wanted) {
    case q2_k:
    case q3_k:
    case iq4_xs:
      fallback = iq4_nl;
      break;
    case q4_k:
      fallback = q5_0;
      break;
    case q5_k:
      fallback = q5_1;
      break;
    case q6_k:
      fallback = q8_0;
      break;
    default:
      break;
  }
  return fits(fallback) ? fallback : Format::f16;
}

std::vector<FormatChoice> choose_formats(const Quantization& quantization, const Metadata& metadata,
                                         std::span<const TensorInfo> tensors, const RecipeOptions& options) {
  const Chooser chosen(quantization, metadata, tensors, options.has_importance);
  std::vector<bool> used(options.overrides.size());
  std::vector<FormatChoice> choices;
  for (const TensorInfo& tensor : tensors) {
    Format wanted = is_quantizable(tensor) ? chosen(tensor) : tensor.format;
    for (std::size_t i = 0; i < options.overrides.size() && is_quantizable(tensor); ++i) {
      if (!matches(tensor.name, options.overrides[i].pattern)) continue;
      wanted = options.overrides[i].format;
      used[i] = true;
    }
    choices.push_back({.format = fitting_format(wanted, tensor.row_length()), .wanted = wanted});
  }
  const auto unused = std::ranges::find(used, false);
  if (unused != used.end()) {
    fail(ErrorCode::invalid_input, "no matrix of this model has a name with {} in it",
         printable(options.overrides[static_cast<std::size_t>(unused - used.begin())].pattern));
  }
  return choices;
}

}  // namespace minnow::formats
