// Arbitrary bytes as one of the files of a Hugging Face folder; the first byte says which. Settings are taken as far as
// the table of tensors, tokenizers all the way.
#include <unistd.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "formats/huggingface_model.hpp"
#include "formats/huggingface_tokenizer.hpp"
#include "minnow/error.hpp"

namespace {

using namespace minnow::formats;

constexpr const char* kFiles[] = {
    "config.json",       "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "generation_config.json",
    "added_tokens.json", "vocab.json"};
constexpr const char* kTokenizer =
    R"({"added_tokens":[{"id":2,"content":"<s>","special":true}],"pre_tokenizer":{"type":"ByteLevel"},)"
    R"("model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":3},"merges":["a b"]}})";

std::filesystem::path folder() {
  static const auto path = std::filesystem::temp_directory_path() / ("minnow-hf-fuzz-" + std::to_string(::getpid()));
  return path;
}

void write(const std::filesystem::path& path, const char* bytes, std::size_t size) {
  std::ofstream(path, std::ios::binary).write(bytes, static_cast<std::streamsize>(size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t which = data[0] % std::size(kFiles);
  std::filesystem::remove_all(folder());
  std::filesystem::create_directories(folder());
  if (which >= 3) write(folder() / "tokenizer.json", kTokenizer, std::char_traits<char>::length(kTokenizer));
  if (which == 6) std::filesystem::remove(folder() / "tokenizer.json");
  if (which == 6) write(folder() / "merges.txt", "a b\n", 4);
  write(folder() / kFiles[which], reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    if (which == 0) {
      describe_huggingface_model(folder(), SafetensorsModel());
    } else {
      const HuggingFaceConfig config(nlohmann::json{{"eos_token_id", {1, 2}}}, "config.json");
      ModelPlan plan(config, "gpt2");
      plan.vocabulary = 300;
      add_huggingface_tokenizer(folder(), config, plan);
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
