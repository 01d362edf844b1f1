#include "cli/model_argument.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "cli/terminal.hpp"

namespace minnow::cli {

bool names_a_model(const std::string& argument) {
  std::error_code ignored;
  if (argument.empty()) return false;
  if (argument.ends_with(".gguf") || std::filesystem::exists(argument, ignored)) return true;
  return argument.find_first_of(" \t\n") == std::string::npos;
}

Model load_model(const std::string& path, std::size_t threads) {
  ProgressBar bar("loading");
  const ModelOptions options{.threads = threads,
                             .progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); }};
  if (path.empty()) return Model::embedded(options);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    fail(ErrorCode::not_found,
         "no model file '{}' (MODEL is a path to a GGUF file; a prompt of one word needs MODEL too)", path);
  }
  return Model::load(path, options);
}

}  // namespace minnow::cli
