#include "formats/huggingface_tensors.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/rotated_rows.hpp"

namespace minnow::formats {
namespace {

using RowReader = std::function<void(std::uint64_t row, std::span<float> values)>;

std::string replaced(std::string_view pattern, char mark, std::uint64_t number) {
  std::string name(pattern);
  if (const auto at = name.find(mark); at != name.npos) name.replace(at, 1, std::to_string(number));
  return name;
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text;
  for (const std::uint64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + text + "]";
}

class TensorTable {
 public:
  TensorTable(const ModelPlan& plan, const SafetensorsModel& weights, const std::string& folder)
      : plan_(plan), weights_(weights), folder_(folder), root_(find_root()) {}

  ConvertedTensor convert(const TensorRule& rule, std::uint64_t layer) {
    const LayerSizes& sizes = plan_.layers[layer];
    ConvertedTensor out;
    out.name = replaced(rule.target, '*', layer);
    const std::uint64_t columns = length(rule.columns, sizes);
    const std::uint64_t rows = length(rule.rows, sizes);
    out.shape = rule.rows == Extent::none ? std::vector{columns} : std::vector{columns, rows};
    out.keep_f32 = rule.rows == Extent::none || rule.change == Change::stack_heads || rule.rows == Extent::positions;
    const std::string source = full_name(replaced(rule.source, '*', layer));
    if (rule.change == Change::stack_heads) {
      out.read_row = stacked(source, rows, columns);
      return out;
    }
    const SafetensorsTensor& tensor = take(source, expected_shape(rule, rows, columns));
    out.stored = *tensor.format;
    out.release = [&weights = weights_, &tensor] { weights.release(tensor); };
    out.read_row = reader(rule, tensor, rows, columns);
    if (const auto place = place_of_rows(rule, rows)) {
      const std::uint64_t bytes = numeric::row_bytes(out.stored, columns);
      out.stored_row = [&tensor, place, bytes](std::uint64_t row) {
        return tensor.data.subspan(place(row) * bytes, bytes);
      };
    }
    return out;
  }

  // Nothing may be dropped in silence: a tensor without a place means that the model isn't what we think it is.
  void check_nothing_left() const {
    for (const SafetensorsTensor& tensor : weights_.tensors()) {
      if (!used_.contains(tensor.name) && !ignorable(tensor.name)) {
        fail(ErrorCode::invalid_input, "{}: tensor {} has no place in a model of the {} family", folder_,
             printable(tensor.name), plan_.architecture);
      }
    }
  }

 private:
  std::string_view find_root() const {
    for (const std::string_view root : plan_.roots) {
      if (weights_.find(std::string(root) + std::string(plan_.tensors.front().source)) != nullptr) return root;
    }
    return plan_.roots.front();
  }

  std::string full_name(const std::string& name) const {
    if (!name.starts_with("lm_head.")) return std::string(root_) + name;
    return weights_.find(name) == nullptr && root_.starts_with("language_model.") ? "language_model." + name : name;
  }

  std::uint64_t length(Extent extent, const LayerSizes& sizes) const {
    switch (extent) {
      case Extent::none:
        return 1;
      case Extent::hidden:
        return plan_.hidden;
      case Extent::three_hidden:
        return 3 * plan_.hidden;
      case Extent::ffn:
        return sizes.ffn;
      case Extent::gate_and_up:
        return 2 * sizes.ffn;
      case Extent::query:
        return sizes.n_heads * plan_.head;
      case Extent::key_value:
        return sizes.n_kv_heads * plan_.head;
      case Extent::fused_qkv:
        return (sizes.n_heads + 2 * sizes.n_kv_heads) * plan_.head;
      case Extent::head:
        return plan_.head;
      case Extent::heads:
        return sizes.n_heads;
      case Extent::kv_heads:
        return sizes.n_kv_heads;
      case Extent::vocabulary:
        return plan_.vocabulary;
      case Extent::positions:
        return plan_.positions;
    }
    return 0;
  }

  static std::vector<std::uint64_t> expected_shape(const TensorRule& rule, std::uint64_t rows, std::uint64_t columns) {
    if (rule.rows == Extent::none) return {columns};
    if (rule.change == Change::transpose) return {columns, rows};
    const bool half = rule.change == Change::first_half || rule.change == Change::second_half;
    return {half ? 2 * rows : rows, columns};
  }

  const SafetensorsTensor& take(const std::string& name, const std::vector<std::uint64_t>& shape) {
    const SafetensorsTensor* tensor = weights_.find(name);
    if (tensor == nullptr) fail(ErrorCode::invalid_input, "{}: tensor {} is missing", folder_, printable(name));
    if (!tensor->format) {
      fail(ErrorCode::unsupported, "{}: tensor {} is stored as {}; only F32, F16 and BF16 can be converted", folder_,
           printable(name), tensor->type);
    }
    if (tensor->shape != shape) {
      fail(ErrorCode::invalid_input, "{}: tensor {} has the shape {}, but config.json says {}", folder_,
           printable(name), shape_text(tensor->shape), shape_text(shape));
    }
    used_.insert(name);
    return *tensor;
  }

  RowReader stacked(const std::string& pattern, std::uint64_t rows, std::uint64_t columns) {
    std::vector<const SafetensorsTensor*> parts;
    for (std::uint64_t row = 0; row < rows; ++row) parts.push_back(&take(replaced(pattern, '#', row), {columns}));
    return [parts](std::uint64_t row, std::span<float> values) { read_values(*parts[row], 0, values); };
  }

  using RowPlace = std::function<std::uint64_t(std::uint64_t row)>;

  // Where GGUF's rows are in the source; null where rows are more than moved.
  RowPlace place_of_rows(const TensorRule& rule, std::uint64_t rows) const {
    switch (rule.change) {
      case Change::plus_one:
      case Change::transpose:
      case Change::stack_heads:
        return nullptr;
      case Change::interleave_query:
      case Change::interleave_key:
        if (rule.rows == Extent::none) return nullptr;
        return [head = plan_.head](std::uint64_t row) { return rotated_row(row, head); };
      case Change::second_half:
        return [rows](std::uint64_t row) { return rows + row; };
      default:
        return [](std::uint64_t row) { return row; };
    }
  }

  RowReader reader(const TensorRule& rule, const SafetensorsTensor& tensor, std::uint64_t rows,
                   std::uint64_t columns) const {
    const bool is_interleaved = rule.change == Change::interleave_query || rule.change == Change::interleave_key;
    if (is_interleaved && plan_.head % 2 != 0) {
      fail(ErrorCode::invalid_input, "{}: a head of {} values can't be rotated in pairs", folder_, plan_.head);
    }
    if (const auto place = place_of_rows(rule, rows)) {
      return [&tensor, place, columns](std::uint64_t row, std::span<float> values) {
        read_values(tensor, place(row) * columns, values);
      };
    }
    if (is_interleaved) {  // a bias
      return [&tensor, head = plan_.head](std::uint64_t, std::span<float> values) {
        for (std::size_t i = 0; i < values.size(); ++i) read_values(tensor, rotated_row(i, head), values.subspan(i, 1));
      };
    }
    if (rule.change == Change::transpose) {
      return [&tensor, rows](std::uint64_t row, std::span<float> values) {
        for (std::size_t i = 0; i < values.size(); ++i) read_values(tensor, i * rows + row, values.subspan(i, 1));
      };
    }
    return [&tensor, columns](std::uint64_t row, std::span<float> values) {  // plus one
      read_values(tensor, row * columns, values);
      for (float& value : values) value += 1;
    };
  }

  // What models carry that isn't weights of the text model.
  bool ignorable(std::string_view name) const {
    if (plan_.tied_output && name.ends_with("lm_head.weight")) return true;
    constexpr std::array<std::string_view, 3> suffixes = {".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias"};
    constexpr std::array<std::string_view, 4> prefixes = {"vision_tower.", "multi_modal_projector.",
                                                          "model.vision_tower.", "model.multi_modal_projector."};
    return std::ranges::any_of(suffixes, [&](auto suffix) { return name.ends_with(suffix); }) ||
           std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
  }

  const ModelPlan& plan_;
  const SafetensorsModel& weights_;
  const std::string& folder_;
  std::string_view root_;
  std::unordered_set<std::string> used_;
};

ConvertedTensor constant(const std::string& name, const std::vector<double>& values) {
  ConvertedTensor out;
  out.name = name;
  out.shape = {values.size()};
  out.keep_f32 = true;
  out.read_row = [values](std::uint64_t, std::span<float> row) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(values[i]);
  };
  return out;
}

}  // namespace

std::vector<ConvertedTensor> plan_tensors(const ModelPlan& plan, const SafetensorsModel& weights,
                                          const std::string& folder) {
  TensorTable table(plan, weights, folder);
  std::vector<ConvertedTensor> tensors;
  for (const TensorRule& rule : plan.tensors) tensors.push_back(table.convert(rule, 0));
  for (const auto& [name, values] : plan.constants) tensors.push_back(constant(name, values));
  for (std::uint64_t layer = 0; layer < plan.layers.size(); ++layer) {
    for (const TensorRule& rule : plan.layer_tensors) tensors.push_back(table.convert(rule, layer));
  }
  table.check_nothing_left();
  return tensors;
}

}  // namespace minnow::formats
