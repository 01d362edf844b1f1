// Any bytes as a file of API keys: a list of them, or one minnow::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "minnow/error.hpp"
#include "server/api_keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto keys = minnow::server::parse_api_keys({reinterpret_cast<const char*>(data), size}, "fuzzed");
    if (keys.empty()) __builtin_trap();
  } catch (const minnow::Error&) {
  }
  return 0;
}
