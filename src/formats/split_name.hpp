// The file names of a model split into parts: "model-00002-of-00003.gguf" is the second of three.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace minnow::formats {

struct SplitName {
  std::filesystem::path prefix;  // folder and name up to the first dash of the numbers: "models/model"
  std::uint64_t index = 0;       // from 0
  std::uint64_t count = 0;
};

// No value for a name that isn't one of a part, or whose numbers make no sense.
std::optional<SplitName> parse_split_name(const std::filesystem::path& path);

// The name of another part of the same model, and of all of them.
std::filesystem::path split_path(const SplitName& name, std::uint64_t index);
std::vector<std::filesystem::path> all_split_paths(const SplitName& name);

}  // namespace minnow::formats
