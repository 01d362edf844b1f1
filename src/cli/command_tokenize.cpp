// minnow tokenize MODEL [TEXT]: text to token ids.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "engine/tokenizer_from_gguf.hpp"
#include "formats/gguf_reader.hpp"
#include "text/tokenizer.hpp"

namespace minnow::cli {
namespace {

struct TokenizeWords {
  std::string model;
  std::optional<std::string> text;
  bool no_special = false;
  bool no_parse_special = false;
  bool pieces = false;
  bool json = false;
};

// Reads the vocabulary only: files without weights, and models too large for this device, tokenize too.
void tokenize(const TokenizeWords& words) {
  const auto file = formats::GgufFile::open(words.model);
  const auto tokenizer = text::make_tokenizer(engine::tokenizer_spec(file.metadata()));
  const std::string text = words.text ? *words.text : read_stdin();
  const auto ids =
      tokenizer->encode(text, {.add_special = !words.no_special, .parse_special = !words.no_parse_special});
  if (words.json) {
    print(nlohmann::ordered_json{{"tokens", ids}}.dump() + "\n");
    return;
  }
  std::string out;
  for (const auto id : ids) {
    if (words.pieces) {
      const nlohmann::json piece = tokenizer->piece(id, true);
      out += fmt::format("{:>8}  {}\n", id, piece.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      out += fmt::format("{}{}", out.empty() ? "" : " ", id);
    }
  }
  print(words.pieces ? out : out + "\n");
}

}  // namespace

void add_tokenize(CLI::App& app) {
  CLI::App* command = app.add_subcommand("tokenize", "Text to token ids");
  auto words = std::make_shared<TokenizeWords>();
  command->add_option("MODEL", words->model, "A GGUF file; only its vocabulary is read")->required();
  command->add_option("TEXT", words->text, "Left out: standard input");
  command->add_flag("--no-special", words->no_special, "Add no BOS, EOS or the like");
  command->add_flag("--no-parse-special", words->no_parse_special, "Treat <|…|> in the text as plain text");
  command->add_flag("--pieces", words->pieces, "One token a line, with its text");
  command->add_flag("--json", words->json, "Print {\"tokens\": [id…]}");
  command->callback([words] { tokenize(*words); });
}

}  // namespace minnow::cli
