// A Hugging Face folder (config.json, safetensors, a tokenizer) as a model on its way to GGUF.
#pragma once

#include <filesystem>

#include "formats/converted_model.hpp"
#include "formats/safetensors.hpp"

namespace minnow::formats {

// `weights` are the folder's and must outlive the result.
ConvertedModel describe_huggingface_model(const std::filesystem::path& folder, const SafetensorsModel& weights);

}  // namespace minnow::formats
