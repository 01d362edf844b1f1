#include "models/family_data.hpp"

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "temporary_folder.hpp"
#include "test_data.hpp"

namespace minnow::testing {
namespace {

const nlohmann::json& manifest() {
  static const nlohmann::json all = nlohmann::json::parse(std::ifstream(golden("families/manifest.json")));
  return all;
}

std::vector<float> read_floats(const std::filesystem::path& path) {
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  return values;
}

}  // namespace

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const auto& family : manifest().at("families")) names.push_back(family.at("name"));
  return names;
}

GoldenFamily golden_family(const std::string& name) {
  for (const auto& family : manifest().at("families")) {
    if (family.at("name") != name) continue;
    GoldenFamily found{.name = name};
    for (const auto& prompt : family.at("prompts")) {
      const auto logits = golden("families") / prompt.at("logits").get<std::string>();
      found.prompts.push_back({.tokens = prompt.at("tokens"), .logits = read_floats(logits)});
    }
    return found;
  }
  throw std::runtime_error("no golden family " + name);
}

std::filesystem::path family_gguf(const std::string& name, formats::OutputType type) {
  const auto path = process_folder() / (name + "-" + std::to_string(static_cast<int>(type)) + ".gguf");
  if (!std::filesystem::exists(path)) formats::convert(golden("families") / name, path, {.type = type});
  return path;
}

}  // namespace minnow::testing
