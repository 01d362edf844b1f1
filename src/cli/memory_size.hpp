// Amounts of memory as people write them.
#pragma once

#include <cstdint>
#include <string_view>

namespace minnow::cli {

// "900MB", "1.5 GB", "512MiB", "800000000", or a device's name ("raspberry-pi-5-8gb"), which stands for what a model
// may take there. MB and GB are powers of ten, MiB and GiB of two; case doesn't matter. Throws Error(invalid_input).
std::uint64_t memory_size_from_text(std::string_view text);

}  // namespace minnow::cli
