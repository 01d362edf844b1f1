// minnow run [MODEL] [PROMPT]: one answer, or a chat at a terminal.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/generation_json.hpp"
#include "cli/interactive_chat.hpp"
#include "cli/model_argument.hpp"
#include "cli/sampling_options.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"
#include "minnow/minnow.hpp"
#include "text/unicode.hpp"

namespace minnow::cli {
namespace {

constexpr std::size_t kMostConstraintBytes = 1u << 20;

struct RunOptions {
  std::vector<std::string> words;  // [MODEL] [PROMPT]
  ModelOptions load;
  long max_tokens = -1;
  SessionOptions session;
  std::optional<float> temperature;
  std::vector<std::string> stop;
  std::string system;
  std::string schema_file, grammar_file, regex;
  bool json_object = false;
  std::optional<std::size_t> logprobs;
  std::string draft_model;
  std::string adapter;
  float adapter_scale = 1;
  bool raw = false;
  bool json = false;

  std::string model() const {
    if (words.size() == 2 || (words.size() == 1 && names_a_model(words[0]))) return words[0];
    return "";
  }
  std::optional<std::string> prompt() const {
    if (words.size() == 2) return words[1];
    if (words.size() == 1 && !names_a_model(words[0])) return words[0];
    return std::nullopt;
  }
};

void add_words(CLI::App& command, RunOptions& options) {
  command
      .add_option("words", options.words,
                  "[MODEL] a GGUF file, left out: the embedded model; [PROMPT] left out: piped text, or a chat")
      ->expected(0, 2)
      ->option_text("[MODEL] [PROMPT]");
  command
      .add_option("-n,--n-predict", options.max_tokens,
                  "At most N tokens; -1: until the model ends or the context is full")
      ->capture_default_str()
      ->check(CLI::Range(-1L, 1L << 40));
  command.add_option("-c,--ctx-size", options.session.context, "Context in tokens; 0: the model's, at most 4096")
      ->capture_default_str()
      ->check(CLI::Range(0L, 1L << 40));
  add_model_options(command, options.load);
  command.add_option("--lora", options.adapter, "A LoRA adapter: a GGUF file, or a folder saved by PEFT");
  command.add_option("--lora-scale", options.adapter_scale, "Multiplies the adapter's change")
      ->capture_default_str()
      ->check(between(-100.0, 100.0));
  command.add_option("--batch-size", options.session.batch_tokens, "Prompt tokens evaluated at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 16));
  add_cache_type(command, options.session.cache_type);
  command.add_option("--stop", options.stop, "Ends the answer where this text would appear; may be repeated")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--system", options.system, "The system message");
  command.add_flag("--raw", options.raw, "Send the prompt as it is, without the model's chat template");
  command.add_flag("--json", options.json, "Print one JSON object");
  command
      .add_option("--logprobs", options.logprobs, "With --json: log-probabilities of each token and the K likeliest")
      ->check(CLI::Range(0, 1000));
}

void add_constraint_options(CLI::App& command, RunOptions& options) {
  const std::string group = "What the answer must look like";
  CLI::Option_group& one = *command.add_option_group(group);
  one.add_option("--schema", options.schema_file, "JSON that satisfies the JSON Schema in this file");
  one.add_option("--grammar", options.grammar_file, "Text that the GBNF grammar in this file matches");
  one.add_option("--regex", options.regex, "Text that this regular expression matches as a whole");
  one.add_flag("--json-object", options.json_object, "Any JSON object");
  one.require_option(0, 1);
}

Constraint constraint(const RunOptions& options) {
  using Kind = Constraint::Kind;
  if (!options.schema_file.empty()) return {Kind::json_schema, read_file(options.schema_file, kMostConstraintBytes)};
  if (!options.grammar_file.empty()) return {Kind::grammar, read_file(options.grammar_file, kMostConstraintBytes)};
  if (!options.regex.empty()) return {Kind::regex, options.regex};
  if (options.json_object) return {Kind::json_object, ""};
  return {};
}

void add_speculation_options(CLI::App& command, RunOptions& options) {
  const std::string group = "Speculation (the same answer, sooner)";
  command.add_flag("--prompt-lookup", options.session.speculation.prompt_lookup, "Draft what the text repeats")
      ->group(group);
  command
      .add_option("--model-draft", options.draft_model, "A smaller model with the same vocabulary that drafts; a file")
      ->group(group);
  command.add_option("--draft-max", options.session.speculation.max_draft, "At most N tokens drafted at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64))
      ->group(group);
}

void check(const RunOptions& options) {
  if (options.logprobs && !options.json) throw CLI::ValidationError("--logprobs needs --json");
  for (const std::string& stop : options.stop) {
    if (stop.empty()) throw CLI::ValidationError("--stop needs a text");
  }
}

void answer_once(const Model& model, const RunOptions& options, const std::string& prompt, GenerateOptions generate) {
  const bool raw = options.raw || !model.has_chat_template();
  if (!raw && prompt.find_first_not_of(" \t\r\n") == std::string::npos) {
    fail(ErrorCode::invalid_input, "the prompt is empty");
  }
  if (!options.json) {
    generate.on_token = [](const TokenOutput& token) {
      print(token.text);
      return true;
    };
  }
  const auto finish = [&](const Session& session, const Generation& generation) {
    if (options.json) {
      print(generation_json(session, generation, options.logprobs.has_value()) + "\n");
    } else if (!raw || stdout_is_terminal()) {  // --raw into a pipe gives the model's bytes and nothing else
      print("\n");
    }
  };
  if (raw) {
    Session session(model, options.session);
    if (!options.raw) note("this model has no chat template; the prompt is sent as it is");
    finish(session, session.generate(prompt, generate));
  } else {
    Chat chat(model, options.session, {.system = options.system});
    finish(chat.session(), chat.answer(prompt, generate));
  }
}

std::string piped_prompt(const RunOptions& options) {
  std::string text = read_stdin();
  if (!options.raw && text.ends_with('\n')) text.pop_back();
  return text;
}

void run(RunOptions options) {
  check(options);
  auto prompt = options.prompt();
  const bool chats = !prompt && stdin_is_terminal() && stdout_is_terminal() && !options.json && !options.raw;
  if (!prompt && !chats) {
    if (stdin_is_terminal()) throw CLI::ValidationError("no prompt: give PROMPT or pipe it in");
    prompt = piped_prompt(options);
  }
  for (const std::string& text : {prompt.value_or(""), options.system}) {
    if (!text::is_valid_utf8(text)) fail(ErrorCode::invalid_input, "the prompt is not valid UTF-8");
  }
  const std::string path = options.model();
  Model model = load_model(path, options.load);
  if (!options.adapter.empty()) model = model.with_adapter(options.adapter, options.adapter_scale);
  if (!options.draft_model.empty()) {
    options.session.speculation.draft_model = load_model(options.draft_model, options.load);
  }
  // The embedded model answers with JSON for programs: its likeliest answer is the one wanted.
  options.session.sampling.temperature = options.temperature.value_or(path.empty() ? 0.0f : 0.8f);
  const GenerateOptions generate{.max_tokens = static_cast<std::size_t>(options.max_tokens),
                                 .stop = options.stop,
                                 .constraint = constraint(options),
                                 .logprobs = options.logprobs};
  if (chats) {
    interactive_chat(model, options.session, {.system = options.system}, generate);
  } else {
    answer_once(model, options, *prompt, generate);
  }
}

}  // namespace

void add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "One answer (PROMPT or piped text), or a chat at a terminal");
  auto options = std::make_shared<RunOptions>();
  add_words(*command, *options);
  add_sampling_options(*command, options->session.sampling, options->temperature);
  add_constraint_options(*command, *options);
  add_speculation_options(*command, *options);
  command->callback([options] { run(*options); });
}

}  // namespace minnow::cli
