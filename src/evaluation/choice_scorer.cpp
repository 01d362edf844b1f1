#include "evaluation/choice_scorer.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "engine/probability.hpp"
#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

std::size_t common_length(std::span<const TokenId> a, std::span<const TokenId> b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

// Spaces at the text's end begin the continuation, as tokenizers like them.
std::string_view without_trailing_space(std::string_view text) {
  return text::jinja::strip_space(text, text::jinja::Side::right);
}

}  // namespace

ChoiceScorer::ChoiceScorer(const Model& model, const ScorerOptions& options)
    : model_(model),
      options_(options),
      limit_(std::max<std::size_t>(2, options.context == 0 ? model.context_length() : options.context)) {}

ChoiceScorer::Candidate ChoiceScorer::candidate(std::span<const TokenId> head, std::string_view text) const {
  std::vector<TokenId> whole = model_.tokenize(text);
  if (head.empty() || whole.size() <= head.size()) {
    fail(ErrorCode::invalid_input, "an answer adds no token to its question, so it can't be scored");
  }
  const std::size_t n_scored = whole.size() - head.size();
  if (n_scored > limit_) {
    fail(ErrorCode::context_full, "an answer has {} tokens and the context holds {}", n_scored, limit_);
  }
  // Where a token reaches over the border the whole's tokens begin otherwise; what counts is the question's own.
  std::copy(head.begin(), head.end(), whole.begin());
  Candidate candidate{.read = whole, .scored = {whole.end() - static_cast<std::ptrdiff_t>(n_scored), whole.end()}};
  candidate.read.pop_back();
  const std::size_t excess = candidate.read.size() - std::min(candidate.read.size(), limit_);
  candidate.read.erase(candidate.read.begin(), candidate.read.begin() + static_cast<std::ptrdiff_t>(excess));
  return candidate;
}

// A cache for all a model could read may be far larger than questions are, so it grows with them.
void ChoiceScorer::make_room(std::span<const Candidate> candidates) {
  constexpr std::size_t kStep = 256;
  std::size_t needed = 0;
  for (const Candidate& candidate : candidates) needed = std::max(needed, candidate.read.size());
  if (session_ && session_->context() >= needed) return;
  const std::size_t grown = session_ ? 2 * session_->context() : 0;
  const std::size_t context = std::min(limit_, std::max(grown, (needed + kStep - 1) / kStep * kStep));
  session_.reset();
  session_.emplace(model_, SessionOptions{.context = context, .cache_type = options_.cache_type});
}

std::size_t ChoiceScorer::read_common(std::span<const Candidate> candidates) {
  // Of what follows the last of these, only the logits are there.
  std::size_t common = candidates[0].read.size();
  for (const Candidate& candidate : candidates) {
    common = std::min({common, common_length(candidates[0].read, candidate.read), candidate.first_predictor() + 1});
  }
  const std::span<const TokenId> shared = std::span(candidates[0].read).first(common);
  // Only exact arithmetic gives the same bits wherever the evaluation of a text is cut.
  const bool keeps = model_.arithmetic() == "exact";
  std::size_t known = keeps ? common_length(session_->tokens(), shared) : 0;
  if (known == common && known > 0) --known;  // the logits after the last one are wanted
  session_->truncate(known);
  session_->prefill(shared.subspan(known));
  evaluated_tokens_ += common - known;
  return common;
}

std::vector<double> ChoiceScorer::score(std::string_view text, std::span<const std::string> choices) {
  const std::vector<TokenId> head = model_.tokenize(without_trailing_space(text));
  std::vector<Candidate> candidates;
  for (const std::string& choice : choices) candidates.push_back(candidate(head, std::string(text) + " " + choice));
  make_room(candidates);
  const std::size_t common = read_common(candidates);
  std::vector<double> sums(candidates.size(), 0);
  if (common > 0) add_first(candidates, common, sums);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    const auto rest = std::span(candidate.read).subspan(common);
    session_->truncate(common);
    session_->evaluate(rest, [&](std::size_t index, std::span<const float> logits) {
      const std::size_t position = common + index;
      if (position < candidate.first_predictor()) return;
      const auto id = static_cast<std::size_t>(candidate.scored[position - candidate.first_predictor()]);
      sums[i] += static_cast<double>(logits[id]) - engine::log_sum_exp(logits);
    });
    evaluated_tokens_ += rest.size();
  }
  return sums;
}

// The logits after the common beginning predict the first token of those candidates whose own part begins there.
void ChoiceScorer::add_first(std::span<const Candidate> candidates, std::size_t common, std::span<double> sums) const {
  const std::span<const float> logits = session_->logits();
  const double normalizer = engine::log_sum_exp(logits);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].first_predictor() + 1 != common) continue;
    sums[i] = static_cast<double>(logits[static_cast<std::size_t>(candidates[i].scored[0])]) - normalizer;
  }
}

}  // namespace minnow::evaluation
