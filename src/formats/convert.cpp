#include "formats/convert.hpp"

#include "base/error.hpp"
#include "formats/converted_model.hpp"
#include "formats/huggingface_model.hpp"
#include "formats/llama2c.hpp"

namespace minnow::formats {
namespace {

void convert_folder(const std::filesystem::path& folder, const std::filesystem::path& destination,
                    const ConvertOptions& options) {
  if (!std::filesystem::exists(folder / "config.json")) {
    fail(ErrorCode::not_found, "{}: there is no config.json here; is this a Hugging Face model folder?",
         folder.string());
  }
  const SafetensorsModel weights = SafetensorsModel::open_folder(folder);
  write_model(describe_huggingface_model(folder, weights), destination, options);
}

}  // namespace

void convert(const std::filesystem::path& source, const std::filesystem::path& destination,
             const ConvertOptions& options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored)) return convert_folder(source, destination, options);
  if (!std::filesystem::exists(source, ignored)) {
    fail(ErrorCode::not_found, "{}: there is no such file or folder", source.string());
  }
  if (std::filesystem::equivalent(source, destination, ignored)) {
    fail(ErrorCode::invalid_input, "{}: the result can't replace its source", source.string());
  }
  const Llama2cCheckpoint checkpoint(source, options.tokenizer);
  write_model(checkpoint.describe(), destination, options);
}

}  // namespace minnow::formats
