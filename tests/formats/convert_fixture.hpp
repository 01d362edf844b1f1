// Folders to convert: copies of the golden models that a test may change.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/convert.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/safetensors.hpp"
#include "minnow/error.hpp"
#include "temporary_folder.hpp"
#include "test_data.hpp"

namespace minnow::formats {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

inline std::vector<float> gguf_values(const GgufFile& file, std::string_view name) {
  const TensorInfo* tensor = file.find(name);
  if (tensor == nullptr) throw std::runtime_error("no tensor " + std::string(name));
  std::vector<float> values(tensor->row_length() * tensor->n_rows());
  numeric::decode(tensor->format, file.data(*tensor), values);
  return values;
}

inline std::vector<float> source_values(const SafetensorsModel& model, std::string_view name) {
  const SafetensorsTensor* tensor = model.find(name);
  if (tensor == nullptr) throw std::runtime_error("no tensor " + std::string(name));
  std::vector<float> values(tensor->n_values);
  read_values(*tensor, 0, values);
  return values;
}

class ConvertTest : public ::testing::Test {
 protected:
  static std::filesystem::path family(const std::string& name) { return testing::golden("families") / name; }

  // A copy of a golden model.
  std::filesystem::path copy_of(const std::string& name) const {
    const auto copy = folder_ / name;
    std::filesystem::create_directories(copy);
    for (const char* file : {"config.json", "model.safetensors"}) {
      std::filesystem::copy_file(family(name) / file, copy / file, std::filesystem::copy_options::overwrite_existing);
    }
    return copy;
  }

  static void edit_json(const std::filesystem::path& path, const std::function<void(nlohmann::json&)>& edit) {
    auto value = nlohmann::json::parse(read_text(path));
    edit(value);
    write_text(path, value.dump());
  }

  GgufFile converted(const std::filesystem::path& source, const ConvertOptions& options = {}) const {
    convert(source, result(), options);
    return GgufFile::open(result());
  }

  // The error's sentence; empty when there was none.
  std::string refusal(const std::filesystem::path& source, const ConvertOptions& options = {}) const {
    try {
      convert(source, result(), options);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::filesystem::path result() const { return folder_ / "result.gguf"; }

  const testing::TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
};

}  // namespace minnow::formats
