// JSON from files we don't trust: parsed with a bound on its size and depth, so that a small file can't take much
// memory, and errors that name the file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace minnow::formats {

// Throws Error(invalid_input) for what isn't JSON, repeats a key of the outermost object or nests deeper than 64.
nlohmann::json parse_json(std::string_view text, const std::string& name);

// Throws also Error(not_found, io); Error(invalid_input) for a file larger than `limit_bytes`.
nlohmann::json read_json(const std::filesystem::path& path, std::size_t limit_bytes);

}  // namespace minnow::formats
