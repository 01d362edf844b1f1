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

void add_arithmetic(CLI::App& command, std::string& word) {
  command
      .add_option(
          "--arithmetic", word,
          "exact: the same bits on every machine; fast: prompts through bfloat16 matrix units where the machine "
          "has them, else exact")
      ->check(CLI::IsMember({"exact", "fast"}));
}

Arithmetic arithmetic_named(const std::string& word) { return word == "fast" ? Arithmetic::fast : Arithmetic::exact; }

Model load_model(const std::string& path, std::size_t threads, Arithmetic arithmetic) {
  ProgressBar bar("loading");
  const ModelOptions options{.threads = threads,
                             .arithmetic = arithmetic,
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
