// Where a model's packed weights are kept between starts.
#pragma once

#include <filesystem>
#include <string>

#include "formats/gguf_reader.hpp"
#include "kernels/kernel_table.hpp"

namespace minnow::models {

struct PackOptions {
  enum class Place { none, beside_model, folder };
  Place place = Place::none;
  std::filesystem::path folder{};  // with Place::folder; made when it is missing
  bool verify = false;             // read the whole pack and compare its checksums before it is used
};

// "off": none; empty: what the environment variable MINNOW_PACK_DIR says, else beside the model; else a folder.
PackOptions pack_options(const std::string& pack_dir, bool verify);

// What tells packs of one model apart: "rows16" for kernels that interleave 16 rows, whatever their instruction set;
// "plain" when all weights are used as the file has them.
std::string pack_layout(const kernels::KernelTable& kernels);

// Empty when there is to be none. Beside the model it is the model's file name with ".rows16.pack", after symbolic
// links have been followed, so that all names of a file share a pack; of a split model the first part names it. In a
// folder of the user's, digits of the model's path keep models of the same name apart. Models in memory have none, and
// beside a file of less than 16 MiB, which packs in an instant, none is left either.
std::filesystem::path pack_path(const formats::GgufFile& file, const kernels::KernelTable& kernels,
                                const PackOptions& options);

}  // namespace minnow::models
