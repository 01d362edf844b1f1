// What a Hugging Face folder says around its tokenizer: which tokens begin and end a text, and how a chat is written.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "formats/huggingface_config.hpp"
#include "formats/huggingface_vocabulary.hpp"
#include "formats/metadata.hpp"

namespace minnow::formats {

struct TokenizerFiles {
  nlohmann::json tokenizer;         // tokenizer.json; null when there is none
  nlohmann::json tokenizer_config;  // tokenizer_config.json; an empty object when there is none
};

// Ids of bos, eos, unknown, padding…, of the tokens that end a turn or a message, and whether bos and eos are added.
void add_special_tokens(const std::filesystem::path& folder, const HuggingFaceConfig& config,
                        const TokenizerFiles& files, const Vocabulary& vocabulary, Metadata& metadata);

void add_chat_template(const std::filesystem::path& folder, const TokenizerFiles& files, Metadata& metadata);

}  // namespace minnow::formats
