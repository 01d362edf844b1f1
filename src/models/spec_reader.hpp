// Reads a DecoderSpec from a GGUF file: what all families have in common, then the family's own reader.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf_reader.hpp"
#include "models/spec.hpp"

namespace minnow::models {

// Throws Error(unsupported) for an architecture we don't know, naming those we do, and Error(invalid_input) for
// metadata that is missing, of the wrong type or absurd. Allocates nothing that the file's size doesn't justify.
DecoderSpec read_spec(const formats::GgufFile& file);

// The metadata of one architecture: "llama" and "block_count" make the key "llama.block_count".
class SpecReader {
 public:
  SpecReader(const formats::GgufFile& file, std::string_view architecture);

  // Without a fallback a missing key is an Error(invalid_input).
  std::size_t count(std::string_view key, std::optional<std::size_t> fallback = {}) const;
  double number(std::string_view key, std::optional<double> fallback = {}) const;  // finite
  bool flag(std::string_view key, bool fallback) const;
  std::string_view text(std::string_view key, std::string_view fallback) const;
  // One number for all layers or an array with one for each.
  std::vector<std::size_t> per_layer(std::string_view key, std::size_t n_layers,
                                     const std::vector<std::size_t>& fallback = {}) const;
  bool has(std::string_view key) const;

  bool has_tensor(std::string_view name) const { return file_.find(name) != nullptr; }
  const formats::GgufFile& file() const { return file_; }
  std::string key_name(std::string_view key) const;

 private:
  std::size_t checked(std::uint64_t value, std::string_view key) const;

  const formats::GgufFile& file_;
  std::string prefix_;
};

}  // namespace minnow::models
