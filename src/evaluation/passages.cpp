#include "evaluation/passages.hpp"

#include <algorithm>
#include <span>

#include "base/error.hpp"

namespace minnow::evaluation {
namespace {

std::vector<Passage> chunks_of(const Model& model, std::string_view text, const PassageOptions& options) {
  const std::vector<TokenId> all = model.tokenize(text);
  const std::vector<TokenId> beginning = model.tokenize("");  // BOS where the model asks for it
  const std::size_t available = all.size() / options.context;
  if (available == 0) {
    fail(ErrorCode::invalid_input,
         "the text has {} tokens and one chunk takes {}; use a longer text or a smaller context", all.size(),
         options.context);
  }
  const std::size_t n_chunks = options.chunks == 0 ? available : std::min(options.chunks, available);
  std::vector<Passage> passages;
  for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
    const auto part = std::span(all).subspan(chunk * options.context, options.context);
    Passage& passage = passages.emplace_back(Passage{{part.begin(), part.end()}, options.context / 2 + 1});
    if (!beginning.empty()) passage.tokens[0] = beginning[0];
  }
  return passages;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::size_t first_scored(const Model& model, std::string_view document, std::string_view score_after) {
  if (score_after.empty()) return 1;
  const std::size_t found = document.find(score_after);
  if (found == std::string_view::npos) return document.size() + 1;  // more than there are tokens
  return std::max<std::size_t>(1, model.tokenize(document.substr(0, found + score_after.size())).size());
}

std::vector<Passage> documents_of(const Model& model, std::string_view text, const PassageOptions& options) {
  std::vector<Passage> passages;
  while (!text.empty() && (options.chunks == 0 || passages.size() < options.chunks)) {
    const std::size_t end = std::min(text.find(options.separator), text.size());
    const std::string_view document = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + options.separator.size()));
    std::vector<TokenId> tokens = model.tokenize(document);
    tokens.resize(std::min(tokens.size(), options.context));
    const std::size_t first = first_scored(model, document, options.score_after);
    if (!document.empty() && tokens.size() > first) passages.push_back({std::move(tokens), first});
  }
  if (passages.empty()) fail(ErrorCode::invalid_input, "the text holds no document with a token to score");
  return passages;
}

}  // namespace

std::vector<Passage> passages_of(const Model& model, std::string_view text, const PassageOptions& options) {
  if (!options.score_after.empty() && options.separator.empty()) {
    fail(ErrorCode::invalid_input, "scoring what comes after a mark needs a text of documents, so a separator too");
  }
  // A chunk's first half and the token after it score nothing.
  const std::size_t least = options.separator.empty() ? 3 : 2;
  if (options.context < least) fail(ErrorCode::invalid_input, "a context of {} can't score a token", options.context);
  return options.separator.empty() ? chunks_of(model, text, options) : documents_of(model, text, options);
}

std::size_t longest(const std::vector<Passage>& passages) {
  std::size_t most = 0;
  for (const Passage& passage : passages) most = std::max(most, passage.tokens.size());
  return most;
}

void each_scored(Session& session, const Passage& passage,
                 FunctionRef<void(std::size_t i, std::span<const float> logits, TokenId actual)> take) {
  session.reset();
  // The last token's logits would predict what comes after the passage.
  const auto evaluated = std::span(passage.tokens).first(passage.tokens.size() - 1);
  const std::size_t silent = passage.first_scored - 1;  // tokens whose predictions nobody wants
  const auto take_logits = [&](std::size_t index, std::span<const float> logits) {
    take(index - silent, logits, passage.tokens[index + 1]);
  };
  session.evaluate(evaluated, take_logits, silent);
}

}  // namespace minnow::evaluation
