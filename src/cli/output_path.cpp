#include "cli/output_path.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "formats/split_name.hpp"

namespace minnow::cli {
namespace {

bool are_same(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code ignored;
  return std::filesystem::equivalent(one, other, ignored);
}

bool are_parts_of_one(const std::filesystem::path& in, const std::filesystem::path& out) {
  const auto part = formats::parse_split_name(in), other = formats::parse_split_name(out);
  return part && other && part->count == other->count && are_same(split_path(*part, other->index), out);
}

}  // namespace

void require_other_file(const std::string& out, std::initializer_list<std::string> inputs) {
  for (const std::string& in : inputs) {
    if (!are_same(in, out) && !are_parts_of_one(in, out)) continue;
    fail(ErrorCode::invalid_input, "{} is what is read here; write to another file", out);
  }
}

}  // namespace minnow::cli
