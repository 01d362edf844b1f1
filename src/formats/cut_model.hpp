// A model with tensors left out, renamed, or cut down to some of their rows and columns: what pruning writes.
//
//   std::vector<TensorCut> cuts = {{.source = "blk.3.ffn_down.weight", .name = "blk.2.ffn_down.weight", .columns =
//   kept}}; write_cut_model(source, metadata, cuts, "small.gguf", pool);
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"

namespace minnow::formats {

struct TensorCut {
  std::string source;                  // its name in the source
  std::string name;                    // and in the new file
  std::vector<std::size_t> rows{};     // those kept, ascending; empty: all
  std::vector<std::size_t> columns{};  // of each row, ascending; empty: all
};

struct CutFormat {
  numeric::Format format;     // another than before where the shorter rows don't divide into its blocks
  bool rounds_again = false;  // columns are cut inside blocks, whose values get new scales
};

CutFormat format_of_cut(const TensorInfo& tensor, const TensorCut& cut);

// Rows are copied as they are, and so are columns in whole blocks; other columns of quantized tensors are rounded
// again. A few megabytes at a time. Throws Error(io); then no file is left. Indices must lie in their tensors, which
// have at most two dimensions where they are cut.
void write_cut_model(const GgufFile& source, const Metadata& metadata, std::span<const TensorCut> cuts,
                     const std::filesystem::path& destination, ThreadPool& pool,
                     const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress = {});

}  // namespace minnow::formats
