// minnow serve [MODEL…]: an OpenAI-compatible server.
#include <fmt/core.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/model_argument.hpp"
#include "cli/sampling_options.hpp"
#include "cli/served_model_check.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"
#include "engine/embedded_model.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/split_name.hpp"
#include "server/serve.hpp"

namespace minnow::cli {
namespace {

constexpr std::size_t kMostPinnedBytes = 1 << 20;
constexpr const char* kEmbeddedId = "minnow-home";

struct ServeWords {
  std::vector<std::string> models;  // PATH or NAME=PATH; none: the embedded model
  ModelOptions load;
  engine::SchedulerOptions scheduler;
  std::optional<float> temperature;
  long max_tokens = -1;
  std::vector<std::string> pinned_files;
  std::string cache_folder;
  std::vector<std::string> adapters;  // [MODEL:]NAME=PATH
  server::ServeOptions serve;
  server::TlsFiles tls;
  double idle_s = 75, request_s = 60, drain_s = 30;
  std::uint64_t memory_mb = 0;
  std::size_t body_mb = 8;
};

void add_socket_options(CLI::App& command, ServeWords& words) {
  const std::string group = "Where it listens";
  command
      .add_option("--host", words.serve.host, "Address to listen on (default 127.0.0.1); others need --api-key-file")
      ->group(group);
  command.add_option("--port", words.serve.port, "TCP port (default 8080); 0: any free one")->group(group);
  command.add_option("--socket", words.serve.unix_socket, "A Unix socket; alone, no TCP port is opened")->group(group);
  command.add_option("--api-key-file", words.serve.api_key_file, "Keys that clients must show, one line each")
      ->group(group);
  auto* certificate = command.add_option("--tls-cert", words.tls.certificate, "Certificate chain, PEM")->group(group);
  auto* key = command.add_option("--tls-key", words.tls.private_key, "Its private key, PEM")->group(group);
  certificate->needs(key);
  key->needs(certificate);
}

void add_batch_options(CLI::App& command, ServeWords& words) {
  const std::string group = "How it answers";
  engine::SchedulerOptions& scheduler = words.scheduler;
  command.add_option("-c,--ctx-size", scheduler.context, "Tokens of one request; 0: the model's, at most 4096")
      ->check(CLI::Range(0L, 1L << 40))
      ->group(group);
  command
      .add_option("-p,--parallel", scheduler.max_sequences, "Requests answered at once; 0: as many as fit, at most 32")
      ->check(CLI::Range(0, 4096))
      ->group(group);
  command.add_option("--queue", scheduler.max_waiting, "Requests that may wait; more are told to come back later")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20))
      ->group(group);
  command.add_option("--batch-size", scheduler.batch_tokens, "Tokens evaluated at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 16))
      ->group(group);
  command.add_option("--max-step-ms", scheduler.max_step_ms, "Prompts are read in pieces that delay others no longer")
      ->capture_default_str()
      ->check(between(1.0, 60'000.0))
      ->group(group);
  add_cache_type(command, scheduler.cache_type).group(group);
  command.add_option("-n,--n-predict", words.max_tokens, "At most N tokens of any answer; -1: what the context holds")
      ->capture_default_str()
      ->check(CLI::Range(-1L, 1L << 40))
      ->group(group);
  command
      .add_option("--lora", words.adapters,
                  "[MODEL:]NAME=PATH: a LoRA adapter that requests ask for as MODEL:NAME; repeatable")
      ->allow_extra_args(false)  // what follows is a model
      ->group(group);
  command
      .add_option("--cache-dir", words.cache_folder,
                  "Keep what prompts were read in this folder, so that a restart begins warm")
      ->check(CLI::ExistingDirectory)
      ->group(group);
  command.add_option("--pin", words.pinned_files, "A file with a system prompt that stays in the cache; repeatable")
      ->allow_extra_args(false)
      ->check(CLI::ExistingFile)
      ->group(group);
}

void add_limit_options(CLI::App& command, ServeWords& words) {
  const std::string group = "Limits";
  command.add_option("--models-max", words.serve.pool.most_loaded, "Models loaded at once; 0: all")
      ->check(CLI::Range(0, 1024))
      ->group(group);
  command.add_option("--models-memory", words.memory_mb, "MB for weights and caches of all loaded models; 0: no limit")
      ->check(CLI::Range(0L, 1L << 40))
      ->group(group);
  command.add_option("--max-body", words.body_mb, "MB of a request")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024))
      ->group(group);
  command.add_option("--max-connections", words.serve.limits.connections, "Open connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20))
      ->group(group);
  command.add_option("--idle-timeout", words.idle_s, "Seconds a connection may wait for its next request")
      ->capture_default_str()
      ->check(between(0.1, 86'400.0))
      ->group(group);
  command.add_option("--request-timeout", words.request_s, "Seconds a request may take to arrive")
      ->capture_default_str()
      ->check(between(0.1, 86'400.0))
      ->group(group);
  command.add_option("--drain-timeout", words.drain_s, "Seconds that requests in progress get when it is stopped")
      ->capture_default_str()
      ->check(between(0.0, 86'400.0))
      ->group(group);
}

// Tells whether a file, or what a folder of an adapter holds, has been changed.
std::string stamp_of(const std::filesystem::path& path) {
  std::string stamp;
  for (const auto& file : {path, path / "adapter_model.safetensors", path / "adapter_config.json"}) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) continue;
    stamp += fmt::format("{} {} {} {}.{}\n", file.string(), status.st_ino, status.st_size, status.st_mtim.tv_sec,
                         status.st_mtim.tv_nsec);
  }
  return stamp;
}

std::string stamp_of(const ModelOptions& load) {
  return fmt::format("{} {} {} {}\n", load.threads, static_cast<int>(load.arithmetic), load.pack_dir, load.verify_pack);
}

// "MODEL:NAME=PATH", or "NAME=PATH" for the first model.
void add_adapter(const std::string& word, std::vector<server::ModelEntry>& entries) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    throw CLI::ValidationError("--lora is [MODEL:]NAME=PATH, not " + word);
  const std::string name = word.substr(0, equals);
  const auto colon = name.rfind(':');
  server::ModelEntry* entry = colon == std::string::npos ? &entries.front() : nullptr;
  for (server::ModelEntry& candidate : entries) {
    if (colon != std::string::npos && candidate.id == name.substr(0, colon)) entry = &candidate;
  }
  if (entry == nullptr) throw CLI::ValidationError("--lora: there is no model '" + name.substr(0, colon) + "'");
  const std::string path = word.substr(equals + 1);
  if (!std::filesystem::exists(path)) fail(ErrorCode::not_found, "--lora {}: there is no '{}'", word, path);
  entry->adapters.push_back({colon == std::string::npos ? name : name.substr(colon + 1), path});
  entry->stamp += stamp_of(path);
}

// All of a split model, or the file alone.
std::vector<std::filesystem::path> parts_of(const std::filesystem::path& path) {
  const auto name = formats::parse_split_name(path);
  return name ? formats::all_split_paths(*name) : std::vector{path};
}

template <typename Open>
auto checking(Open open) {
  return [open](const server::ModelEntry& entry, std::uint64_t freed_bytes) {
    check_served_model(open(), entry, freed_bytes);
  };
}

// "NAME=PATH", or PATH, whose name is the file's without ".gguf".
server::ModelEntry entry_of(const std::string& word, const ModelOptions& load) {
  const auto equals = word.find('=');
  const bool named = equals != std::string::npos && equals > 0 && !std::filesystem::exists(word);
  const std::filesystem::path path = named ? word.substr(equals + 1) : word;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail(ErrorCode::not_found, "no model file '{}'", path.string());
  std::uint64_t n_bytes = 0;
  std::string stamp = stamp_of(load);
  for (const auto& part : parts_of(path)) {
    std::error_code missing;  // loading says so
    const auto size = std::filesystem::file_size(part, missing);
    if (!missing) n_bytes += size;
    stamp += stamp_of(part);
  }
  return {.id = named ? word.substr(0, equals) : path.stem().string(),
          .created_s = status.st_mtime,
          .file_bytes = n_bytes,
          .load = [path, load] { return Model::load(path, load); },
          .stamp = std::move(stamp),
          .check = checking([path] { return formats::GgufFile::open(path); })};
}

// Any model's id as the name of a file, another one for each.
std::string file_name_of(const std::string& id) {
  std::string name;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '.' || c == '-';
    name += plain ? std::string(1, c) : fmt::format("_{:02x}", byte);
  }
  return name + ".kv";
}

formats::GgufFile open_embedded() { return formats::GgufFile::from_memory(engine::embedded_model(), kEmbeddedId); }

std::vector<server::ModelEntry> entries_of(const ServeWords& words) {
  std::vector<server::ModelEntry> entries;
  for (const std::string& word : words.models) entries.push_back(entry_of(word, words.load));
  if (entries.empty()) {
    entries.push_back({.id = kEmbeddedId,
                       .load = [load = words.load] { return Model::embedded(load); },
                       .stamp = stamp_of(words.load),
                       .check = checking(open_embedded)});
  }
  std::vector<std::string> pinned;
  for (const std::string& file : words.pinned_files) pinned.push_back(read_file(file, kMostPinnedBytes));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].scheduler = words.scheduler;
    entries[i].pinned_prompts = pinned;
    if (!words.cache_folder.empty()) {
      entries[i].scheduler.cache_file = std::filesystem::path(words.cache_folder) / file_name_of(entries[i].id);
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (entries[i].id != entries[j].id) continue;
      throw CLI::ValidationError(fmt::format("two models are called '{}'; name one with NAME=PATH", entries[i].id));
    }
  }
  for (const std::string& word : words.adapters) add_adapter(word, entries);
  return entries;
}

std::chrono::milliseconds seconds(double value) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000));
}

server::ServeOptions options_of(const ServeWords& words) {
  server::ServeOptions options = words.serve;
  options.models = entries_of(words);
  options.pool.memory_bytes = words.memory_mb * 1'000'000;
  // The embedded model answers with JSON for programs: its likeliest answer is the one wanted.
  options.defaults.sampling.temperature = words.temperature.value_or(words.models.empty() ? 0.0f : 0.8f);
  options.defaults.max_tokens = static_cast<std::size_t>(words.max_tokens);
  if (!words.tls.certificate.empty()) options.tls = words.tls;
  options.limits.body_bytes = words.body_mb << 20;
  options.limits.idle = seconds(words.idle_s);
  options.limits.body = seconds(words.request_s);
  options.limits.header = std::min(options.limits.header, options.limits.body);
  options.drain = seconds(words.drain_s);
  options.log = [](const std::string& line) { note(line); };
  return options;
}

}  // namespace

void add_serve(CLI::App& app, std::function<void(server::ServeOptions)> use) {
  CLI::App* command = app.add_subcommand("serve", "An OpenAI-compatible server with a page to chat");
  auto words = std::make_shared<ServeWords>();
  command
      ->add_option("models", words->models,
                   "GGUF files, PATH or NAME=PATH, loaded when they are asked for; none: the embedded model")
      ->option_text("[MODEL…]");
  command->fallthrough();  // so that --config may stand behind it
  add_model_options(*command, words->load);
  add_socket_options(*command, *words);
  add_batch_options(*command, *words);
  add_sampling_options(*command, words->serve.defaults.sampling, words->temperature);
  add_limit_options(*command, *words);
  command->add_flag("--no-page{false}", words->serve.page, "Nothing at /");
  command->callback([words, use = std::move(use)] { use(options_of(*words)); });
}

}  // namespace minnow::cli
