// Takes a model's tensors out of a GGUF file by name, holding each to the shape the model needs.
//
// What is missing, misshapen, not finite, or left over at the end becomes one Error that names the tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/aligned_buffer.hpp"
#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/pack_file.hpp"
#include "formats/pack_writer.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/matrix.hpp"

namespace minnow::models {

// y = W x + b; without a bias `bias` is empty.
struct Linear {
  kernels::Matrix matrix;
  AlignedBuffer<float> bias;
};

// Rows that are only looked up: they stay where the file is mapped, and only those used ever come into memory.
struct RowTable {
  numeric::Format format = numeric::Format::f32;
  std::size_t row_length = 0;
  std::span<const std::byte> bytes;

  bool empty() const { return bytes.empty(); }
  void read(std::size_t row, float* values) const;
};

// Where matrices that the kernels want repacked come from; with neither, they are packed in memory. At most one is set.
struct PackedWeights {
  const formats::PackFile* pack = nullptr;  // there already; the model's weights were checked when it was written
  formats::PackWriter* writer = nullptr;    // written there, and the Linear is left without a matrix
};

class TensorReader {
 public:
  using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

  TensorReader(const formats::GgufFile& file, const kernels::KernelTable& kernels, ThreadPool& pool, Progress progress,
               const PackedWeights& packed = {});

  bool has(std::string_view name) const { return file_.find(name) != nullptr; }

  // `name`.weight with cols × rows values, and `name`.bias where there is one.
  Linear linear(const std::string& name, std::size_t rows, std::size_t cols);
  // One tensor that holds several matrices, one after another: a Linear for each number of rows.
  void split_linear(const std::string& name, std::span<const std::size_t> rows, std::size_t cols,
                    std::span<Linear* const> parts);
  RowTable table(const std::string& name, std::size_t rows, std::size_t cols);
  // Floats of any float format.
  AlignedBuffer<float> vector(const std::string& name, std::size_t size);
  AlignedBuffer<float> optional_vector(const std::string& name, std::size_t size);
  // One vector of `size` or, in a tensor of two dimensions, one for each of `n`.
  AlignedBuffer<float> vectors(const std::string& name, std::size_t size, std::size_t n);

  // Throws Error(unsupported) when the file holds a tensor that nothing asked for: the model would not be itself.
  void require_nothing_left() const;
  std::uint64_t bytes() const { return bytes_; }  // of weights that are kept
  // Of those, what lies in mapped files and is read with every token: the system counts it as memory it could free.
  std::uint64_t mapped_bytes() const { return mapped_bytes_; }

 private:
  const formats::TensorInfo& take(const std::string& name);
  const formats::TensorInfo& take_matrix(const std::string& name, std::size_t rows, std::size_t cols);
  AlignedBuffer<float> decoded(const formats::TensorInfo& tensor);
  kernels::Matrix matrix(const std::string& name, numeric::Format format, std::size_t rows, std::size_t cols,
                         std::span<const std::byte> bytes);
  void write_packed(const std::string& name, numeric::Format format, std::size_t rows, std::size_t cols,
                    std::span<const std::byte> bytes);
  kernels::Matrix find_packed(const std::string& name, numeric::Format format, std::size_t rows,
                              std::size_t cols) const;
  void require_finite(const formats::TensorInfo& tensor) const;
  void report(const formats::TensorInfo& tensor);
  [[noreturn]] void refuse_shape(const formats::TensorInfo& tensor, const std::string& wanted) const;

  const formats::GgufFile& file_;
  const kernels::KernelTable& kernels_;
  ThreadPool& pool_;
  Progress progress_;
  PackedWeights packed_;
  std::unordered_set<std::string_view> taken_;  // views into the file's names
  std::uint64_t bytes_ = 0;
  std::uint64_t mapped_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace minnow::models
