// What `minnow show` tells of a file: metadata, tensors, chat template, and the memory a session would take.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "formats/gguf_reader.hpp"

namespace minnow::cli {

struct SummaryOptions {
  std::size_t context = 0;   // for the memory plan; 0: the model's, at most 4096
  bool all_tensors = false;  // one line a tensor
};

nlohmann::ordered_json summary_json(const formats::GgufFile& file, const SummaryOptions& options);
// The same object for people.
std::string summary_text(const nlohmann::ordered_json& summary);

}  // namespace minnow::cli
