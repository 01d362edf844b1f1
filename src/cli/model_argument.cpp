#include "cli/model_argument.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "cli/terminal.hpp"
#include "engine/cache_type.hpp"

namespace minnow::cli {

bool names_a_model(const std::string& argument) {
  std::error_code ignored;
  if (argument.empty()) return false;
  if (argument.ends_with(".gguf") || std::filesystem::exists(argument, ignored)) return true;
  return argument.find_first_of(" \t\n") == std::string::npos;
}

// Not CLI11's own transformer, whose message would hold the numbers behind the names: as bytes, since that is what they
// are.
CLI::Option& add_cache_type(CLI::App& command, CacheType& type) {
  const auto set = [&type](const std::string& word) {
    for (const auto& [name, named] : engine::kCacheTypes) {
      if (CLI::detail::to_lower(word) != name) continue;
      type = named;
      return;
    }
    throw CLI::ValidationError("--cache-type", "'" + word + "' is none of f16, q8_0 and f32");
  };
  return *command
              .add_option_function<std::string>(
                  "--cache-type", set,
                  "Number format of the KV cache: f16, q8_0 (9/16 of its memory) or f32; default: " +
                      std::string(engine::name_of(type)))
              ->option_text("f16|q8_0|f32");
}

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option("-t,--threads", options.threads, "Threads; 0: the physical cores this process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command
      .add_option(
          "--arithmetic", options.arithmetic,
          "exact: the same bits on every machine; fast: prompts through bfloat16 matrix units where the machine "
          "has them, else exact")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Arithmetic>{{"exact", Arithmetic::exact}, {"fast", Arithmetic::fast}}));
  command
      .add_option("--pack-dir", options.pack_dir,
                  "Keep packed weights in this folder; off: pack in memory (default: beside MODEL)")
      ->envname("MINNOW_PACK_DIR");
  command.add_flag("--verify-pack", options.verify_pack, "Check all packed weights before using them");
}

Model load_model(const std::string& path, ModelOptions options) {
  ProgressBar bar("loading");
  options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  if (path.empty()) return Model::embedded(options);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    fail(ErrorCode::not_found,
         "no model file '{}' (MODEL is a path to a GGUF file; a prompt of one word needs MODEL too)", path);
  }
  return Model::load(path, options);
}

}  // namespace minnow::cli
