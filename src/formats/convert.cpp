#include "formats/convert.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/converted_model.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/huggingface_model.hpp"
#include "formats/llama2c.hpp"

namespace minnow::formats {
namespace {

// A GGUF file in the source's own folder is a result of before and may go; what the folder brought may not.
void refuse_own_file(const std::filesystem::path& folder, const std::filesystem::path& destination) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".gguf" || !std::filesystem::equivalent(entry, destination, ignored)) continue;
    fail(ErrorCode::invalid_input, "{}: the result can't replace its source", destination.string());
  }
}

void convert_folder(const std::filesystem::path& folder, const std::filesystem::path& destination,
                    const ConvertOptions& options) {
  if (!std::filesystem::exists(folder / "config.json")) {
    fail(ErrorCode::not_found, "{}: there is no config.json here; is this a Hugging Face model folder?",
         folder.string());
  }
  refuse_own_file(folder, destination);
  const SafetensorsModel weights = SafetensorsModel::open_folder(folder);
  ConvertedModel model = describe_huggingface_model(folder, weights);
  if (options.note && model.metadata.find("tokenizer.ggml.model") == nullptr) {
    options.note(fmt::format("{} holds no tokenizer (tokenizer.json or tokenizer.model): the new file can't read text",
                             folder.string()));
  }
  write_model(std::move(model), destination, options);
}

// Files that people may well name here, and that are no checkpoint of llama2.c.
void refuse_other_files(const std::filesystem::path& source) {
  if (gguf::has_magic(MappedFile(source).bytes())) {
    fail(ErrorCode::invalid_input, "{} is a GGUF file already; minnow quantize changes the types in one",
         source.string());
  }
  if (source.extension() == ".safetensors" || source.extension() == ".json") {
    fail(ErrorCode::invalid_input, "{}: name the whole folder, config.json and tokenizer are needed too",
         source.string());
  }
}

}  // namespace

void convert(const std::filesystem::path& source, const std::filesystem::path& destination,
             const ConvertOptions& options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored)) return convert_folder(source, destination, options);
  if (!std::filesystem::exists(source, ignored)) {
    fail(ErrorCode::not_found, "{}: there is no such file or folder", source.string());
  }
  refuse_other_files(source);
  const Llama2cCheckpoint checkpoint(source, options.tokenizer);
  for (const auto& own : {source, checkpoint.tokenizer()}) {
    if (!std::filesystem::equivalent(own, destination, ignored)) continue;
    fail(ErrorCode::invalid_input, "{}: the result can't replace its source", own.string());
  }
  write_model(checkpoint.describe(), destination, options);
}

}  // namespace minnow::formats
