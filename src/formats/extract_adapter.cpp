#include "formats/extract_adapter.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/low_rank.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {
namespace {

// Adapters change the matrices of the layers: those are the ones every program that reads adapters can change.
bool is_adaptable(const TensorInfo& tensor) {
  return tensor.name.starts_with("blk.") && tensor.name.ends_with(".weight") && tensor.n_dimensions == 2 &&
         tensor.n_rows() > 1;
}

void require_same_model(const GgufFile& base, const GgufFile& tuned) {
  constexpr std::string_view kArchitecture = "general.architecture", kTokens = "tokenizer.ggml.tokens";
  const auto architecture = base.metadata().text(kArchitecture).value_or("");
  if (const auto other = tuned.metadata().text(kArchitecture).value_or(""); other != architecture) {
    fail(ErrorCode::invalid_input, "{} is {} and {} {}: an adapter is the difference of two models of one architecture",
         base.name(), printable(architecture), tuned.name(), printable(other));
  }
  if (base.metadata().texts(kTokens) != tuned.metadata().texts(kTokens)) {
    fail(ErrorCode::invalid_input, "{} and {} have different vocabularies ({} and {} tokens)", base.name(),
         tuned.name(), base.metadata().texts(kTokens).size(), tuned.metadata().texts(kTokens).size());
  }
  const std::string own = std::string(architecture) + ".";
  for (const auto& [key, value] : base.metadata().entries()) {
    if (!key.starts_with(own) || key.ends_with(".context_length")) continue;
    const MetadataValue* other = tuned.metadata().find(key);
    if (other == nullptr || *other == value) continue;
    fail(ErrorCode::invalid_input, "{} and {} differ in {}, which no adapter can carry", base.name(), tuned.name(),
         key);
  }
}

void require_same_shapes(const GgufFile& base, const GgufFile& tuned) {
  for (const TensorInfo& tensor : base.tensors()) {
    const TensorInfo* other = tuned.find(tensor.name);
    if (other == nullptr) fail(ErrorCode::invalid_input, "{} has no {}", tuned.name(), printable(tensor.name));
    if (other->shape == tensor.shape) continue;
    fail(ErrorCode::invalid_input, "{} is {} × {} in {} and {} × {} in {}", printable(tensor.name), tensor.n_rows(),
         tensor.row_length(), base.name(), other->n_rows(), other->row_length(), tuned.name());
  }
  for (const TensorInfo& tensor : tuned.tensors()) {
    if (base.find(tensor.name) == nullptr)
      fail(ErrorCode::invalid_input, "{} has no {}", base.name(), printable(tensor.name));
  }
}

std::span<const std::byte> row_of(const GgufFile& file, const TensorInfo& tensor, std::size_t row) {
  const std::size_t bytes = numeric::row_bytes(tensor.format, tensor.row_length());
  return file.data(tensor).subspan(row * bytes, bytes);
}

double sum_of_squares(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

// What tuning did to one tensor.
struct Difference {
  double base_energy = 0, energy = 0;
  std::vector<float> values;  // tuned - base; none unless asked for

  double change() const { return base_energy > 0 ? std::sqrt(energy / base_energy) : energy > 0 ? HUGE_VAL : 0; }
};

Difference difference_of(const GgufFile& base, const GgufFile& tuned, const TensorInfo& tensor, bool keep,
                         ThreadPool& pool) {
  const TensorInfo& other = *tuned.find(tensor.name);
  if (tensor.format == other.format && std::ranges::equal(base.data(tensor), tuned.data(other))) return {};
  const std::size_t n_rows = tensor.n_rows(), n = tensor.row_length();
  Difference found;
  if (keep) found.values.resize(n_rows * n);
  std::vector<double> base_energy(n_rows), energy(n_rows);  // by row, so that no sum depends on the threads
  pool.run(n_rows, [&](std::size_t row) {
    std::vector<float> before(n), after(n);
    numeric::decode(tensor.format, row_of(base, tensor, row), before);
    numeric::decode(other.format, row_of(tuned, other, row), after);
    base_energy[row] = sum_of_squares(before);
    for (std::size_t i = 0; i < n; ++i) after[i] -= before[i];
    energy[row] = sum_of_squares(after);
    if (keep) std::ranges::copy(after, found.values.begin() + static_cast<std::ptrdiff_t>(row * n));
  });
  for (std::size_t row = 0; row < n_rows; ++row) {
    if (std::isfinite(energy[row]) && std::isfinite(base_energy[row])) continue;
    const bool is_base = !std::isfinite(base_energy[row]);
    fail(ErrorCode::invalid_input, "{}: {} holds a value that is no number in row {}", (is_base ? base : tuned).name(),
         printable(tensor.name), row);
  }
  found.base_energy = std::accumulate(base_energy.begin(), base_energy.end(), 0.0);
  found.energy = std::accumulate(energy.begin(), energy.end(), 0.0);
  return found;
}

LowRankChange nearest_change(const TensorInfo& tensor, const Difference& difference, std::size_t rank, ThreadPool& pool,
                             double& kept) {
  const std::size_t rows = tensor.n_rows(), cols = tensor.row_length();
  LowRankFactors near = nearest_low_rank(difference.values, rows, cols, rank, pool);
  const auto is_finite = [](float value) { return std::isfinite(value); };
  if (!std::ranges::all_of(near.a, is_finite) || !std::ranges::all_of(near.b, is_finite)) {
    fail(ErrorCode::invalid_input, "{}: the difference is too large to be computed with", printable(tensor.name));
  }
  kept = near.kept / near.energy;
  return {.rank = near.rank, .rows = rows, .cols = cols, .a = std::move(near.a), .b = std::move(near.b)};
}

}  // namespace

double ExtractedAdapter::energy_share() const {
  double kept = 0, all = 0;
  for (const ExtractedMatrix& matrix : matrices) {
    kept += matrix.energy * matrix.energy_share;
    all += matrix.energy;
  }
  return all > 0 ? kept / all : 0;
}

ExtractedAdapter extract_adapter(const GgufFile& base, const GgufFile& tuned, const ExtractOptions& options,
                                 ThreadPool& pool) {
  require_same_model(base, tuned);
  require_same_shapes(base, tuned);
  ExtractedAdapter found;
  found.adapter.architecture = base.metadata().text("general.architecture").value_or("");
  std::uint64_t total_bytes = 0, done_bytes = 0;
  for (const TensorInfo& tensor : base.tensors()) total_bytes += tensor.size_bytes;
  for (const TensorInfo& tensor : base.tensors()) {
    const Difference difference = difference_of(base, tuned, tensor, is_adaptable(tensor), pool);
    if (difference.energy > 0 && !is_adaptable(tensor)) {
      found.left_out.push_back({tensor.name, difference.change()});
    } else if (difference.energy > 0) {
      ExtractedMatrix matrix{.tensor = tensor.name, .change = difference.change(), .energy = difference.energy};
      LowRankChange change = nearest_change(tensor, difference, options.rank, pool, matrix.energy_share);
      matrix.rank = change.rank;
      found.adapter.changes.emplace(tensor.name, std::move(change));
      found.matrices.push_back(std::move(matrix));
    }
    base.release(tensor);
    tuned.release(*tuned.find(tensor.name));
    if (options.progress) options.progress(done_bytes += tensor.size_bytes, total_bytes);
  }
  if (found.matrices.empty()) {
    fail(ErrorCode::invalid_input, "no matrix of {} differs from {}: there is nothing to extract", tuned.name(),
         base.name());
  }
  return found;
}

}  // namespace minnow::formats
