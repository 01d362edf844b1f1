#include "cli/memory_size.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

#include "base/error.hpp"
#include "machine/device_presets.hpp"

namespace minnow::cli {
namespace {

struct Unit {
  std::string_view name;  // in lower case
  double bytes;
};
constexpr Unit kUnits[] = {{"", 1},    {"b", 1},    {"k", 1e3},       {"kb", 1e3},      {"m", 1e6},      {"mb", 1e6},
                           {"g", 1e9}, {"gb", 1e9}, {"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}};

}  // namespace

std::uint64_t memory_size_from_text(std::string_view text) {
  if (const auto device = machine::device_preset(text)) return device->model_budget_bytes();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit;
  for (const char* at = end; at != text.data() + text.size(); ++at) {
    if (*at != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*at)));
  }
  const auto* found = std::ranges::find(kUnits, unit, &Unit::name);
  const double bytes = found == std::end(kUnits) ? -1 : number * found->bytes;
  if (error == std::errc() && bytes >= 1 && bytes <= 1e18) return static_cast<std::uint64_t>(bytes);
  std::string devices;
  for (const auto& preset : machine::device_presets()) devices += ", " + std::string(preset.name);
  fail(ErrorCode::invalid_input, "'{}' is no amount of memory such as 900MB or 1.5GB, nor a device we know{}", text,
       devices);
}

}  // namespace minnow::cli
