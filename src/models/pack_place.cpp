#include "models/pack_place.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <system_error>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSmallestModelBytes = std::uint64_t{16} << 20;

// The file behind all symbolic links, or the path as it is when they can't be followed.
fs::path real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

std::string digits_of(const fs::path& path) {
  const std::string text = path.string();
  return fmt::format("{:016x}", checksum(std::as_bytes(std::span(text)))).substr(0, 8);
}

}  // namespace

PackOptions pack_options(const std::string& pack_dir, bool verify) {
  using enum PackOptions::Place;
  std::string wish = pack_dir;
  if (const char* variable = std::getenv("MINNOW_PACK_DIR"); wish.empty() && variable != nullptr) wish = variable;
  if (wish.empty()) return {.place = beside_model, .verify = verify};
  if (wish == "off") return {.place = none};
  return {.place = folder, .folder = wish, .verify = verify};
}

std::string pack_layout(const kernels::KernelTable& kernels) {
  std::size_t row_tile = 0;
  for (const kernels::MatmulKernel* kernel : kernels.matmul) row_tile = std::max(row_tile, kernel->row_tile);
  return row_tile == 0 ? "plain" : fmt::format("rows{}", row_tile);
}

fs::path pack_path(const formats::GgufFile& file, const kernels::KernelTable& kernels, const PackOptions& options) {
  if (options.place == PackOptions::Place::none || file.stamps().empty()) return {};
  const fs::path model = real_path(file.name());
  const std::string ending = fmt::format(".{}.pack", pack_layout(kernels));
  if (options.place == PackOptions::Place::folder) {
    return options.folder / fmt::format("{}-{}{}", model.filename().string(), digits_of(model), ending);
  }
  return file.size_bytes() < kSmallestModelBytes ? fs::path() : fs::path(model.string() + ending);
}

}  // namespace minnow::models
