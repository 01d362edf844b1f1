#include "evaluation/perplexity.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "engine/probability.hpp"

namespace minnow::evaluation {
namespace {

// Tokens to evaluate together, of which those from `first_scored` on count.
struct Passage {
  std::vector<TokenId> tokens;
  std::size_t first_scored;
};

// Mean and spread of negative log-likelihoods, added in text order.
class Tally {
 public:
  void add(double negative_log_likelihood) {
    sum_ += negative_log_likelihood;
    sum_of_squares_ += negative_log_likelihood * negative_log_likelihood;
    ++count_;
  }

  Perplexity result(std::size_t chunks) const {
    const auto n = static_cast<double>(count_);
    const double mean = sum_ / n;
    const double variance = std::max(0.0, sum_of_squares_ / n - mean * mean);
    const double error_of_mean = count_ > 1 ? std::sqrt(variance / (n - 1)) : 0;
    const double perplexity = std::exp(mean);
    return {.perplexity = perplexity, .error = perplexity * error_of_mean, .tokens = count_, .chunks = chunks};
  }

 private:
  double sum_ = 0;
  double sum_of_squares_ = 0;
  std::size_t count_ = 0;
};

std::vector<Passage> chunks_of(const Model& model, std::string_view text, const PerplexityOptions& options) {
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

std::vector<Passage> documents_of(const Model& model, std::string_view text, const PerplexityOptions& options) {
  std::vector<Passage> passages;
  while (!text.empty() && (options.chunks == 0 || passages.size() < options.chunks)) {
    const std::size_t end = std::min(text.find(options.separator), text.size());
    const std::string_view document = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + options.separator.size()));
    std::vector<TokenId> tokens = model.tokenize(document);
    tokens.resize(std::min(tokens.size(), options.context));
    if (!document.empty() && tokens.size() > 1) passages.push_back({std::move(tokens), 1});
  }
  if (passages.empty()) fail(ErrorCode::invalid_input, "the text holds no document with a token to score");
  return passages;
}

void score(Session& session, const Passage& passage, Tally& tally) {
  session.reset();
  // The last token's logits would predict what comes after the passage.
  const auto evaluated = std::span(passage.tokens).first(passage.tokens.size() - 1);
  session.evaluate(evaluated, [&](std::size_t index, std::span<const float> logits) {
    if (index + 1 < passage.first_scored) return;
    const auto actual = static_cast<std::size_t>(passage.tokens[index + 1]);
    tally.add(engine::log_sum_exp(logits) - static_cast<double>(logits[actual]));
  });
}

}  // namespace

Perplexity perplexity(const Model& model, std::string_view text, const PerplexityOptions& options) {
  if (options.context < 2) fail(ErrorCode::invalid_input, "a context of {} can't score a token", options.context);
  Session session(model, {.context = options.context});
  const std::vector<Passage> passages =
      options.separator.empty() ? chunks_of(model, text, options) : documents_of(model, text, options);
  Tally tally;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    score(session, passages[i], tally);
    if (options.progress) options.progress(i + 1, passages.size());
  }
  return tally.result(passages.size());
}

}  // namespace minnow::evaluation
