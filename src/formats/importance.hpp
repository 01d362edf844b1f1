// How strongly each column of a model's matrices is used: the mean square of what it is multiplied with on some text.
// Kept in the ecosystem's importance matrix files, GGUF files with
//
//   general.type "imatrix", imatrix.datasets, imatrix.chunk_count, imatrix.chunk_size
//   NAME.in_sum2   F32 [columns, matrices]   the sum of squares of each column's inputs
//   NAME.counts    F32 [1, matrices]         over how many tokens
//
// where NAME is the tensor's ("blk.0.ffn_down.weight") and `matrices` is 1 but for a stack of experts. The .dat files
// of older programs are read too (importance_dat.cpp draws them).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf_reader.hpp"

namespace minnow::formats {

struct ColumnSums {
  std::vector<float> sum_of_squares;  // [matrices][columns]
  std::vector<float> counts;          // [matrices]; one for all in files that don't say more
};

class Importance {
 public:
  // Throws Error(not_found, io, invalid_input), and Error(invalid_input) for a file that is no importance matrix.
  static Importance read(const std::filesystem::path& path);
  static Importance from(const GgufFile& file);
  static Importance from_dat(std::span<const std::byte> bytes, const std::string& name);  // `name` for errors
  void write(const std::filesystem::path& path) const;

  void set(std::string name, ColumnSums sums) { tensors_[std::move(name)] = std::move(sums); }
  const std::map<std::string, ColumnSums, std::less<>>& tensors() const { return tensors_; }

  // The weights of the squared errors of `tensor`, [matrices][columns], about 1 on average; a column that nothing used
  // keeps a thousandth, because other text may use it. Empty when there is nothing about this tensor. Throws
  // Error(invalid_input) when it is about another shape: the file was made from another model.
  std::vector<float> weights_of(const TensorInfo& tensor) const;

  // What the file says about itself.
  std::vector<std::string> datasets;
  std::uint64_t chunk_count = 0;
  std::uint64_t chunk_size = 0;  // tokens

 private:
  std::string name_ = "the importance matrix";
  std::map<std::string, ColumnSums, std::less<>> tensors_;
};

}  // namespace minnow::formats
