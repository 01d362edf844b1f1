// The tokenizers of real models, where the shared test data is at hand.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/tokenizer_from_gguf.hpp"
#include "formats/gguf_reader.hpp"
#include "test_data.hpp"
#include "text/tokenizer.hpp"

namespace minnow::testing {

// The names of the shared vocabularies.
inline constexpr const char* kVocabularies[] = {"llama-spm", "phi-3", "gemma-4",      "gpt-2",
                                                "llama-bpe", "qwen2", "deepseek-llm", "bert-bge"};

inline std::filesystem::path vocabulary_path(const std::string& name) {
  return shared_data() / "vocab" / ("ggml-vocab-" + name + ".gguf");
}

inline text::TokenizerSpec read_vocabulary(const std::string& name) {
  return engine::tokenizer_spec(formats::GgufFile::open(vocabulary_path(name)).metadata());
}

// "llama-spm" as gtest wants the names of instances.
inline std::string instance_name(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

}  // namespace minnow::testing
