// The tokenizer beside a Hugging Face model, as GGUF's tokenizer.ggml.* keys.
#pragma once

#include <filesystem>

#include "formats/huggingface_plan.hpp"

namespace minnow::formats {

// Reads tokenizer.json, tokenizer.model (SentencePiece) or vocab.json with merges.txt, whichever there is, and what
// tokenizer_config.json, generation_config.json and chat_template.jinja add. A folder without any of them gives a
// model without a tokenizer.
void add_huggingface_tokenizer(const std::filesystem::path& folder, const HuggingFaceConfig& config, ModelPlan& plan);

}  // namespace minnow::formats
