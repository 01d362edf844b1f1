#include "evaluation/choice_scorer.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "engine/common_prefix.hpp"
#include "engine/probability.hpp"
#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

// Spaces at the text's end begin the continuation, as tokenizers like them.
std::string_view without_trailing_space(std::string_view text) {
  return text::jinja::strip_space(text, text::jinja::Side::right);
}

}  // namespace

ChoiceScorer::ChoiceScorer(const Model& model, const ReadingOptions& options)
    : model_(model), reader_(model, options) {}

ChoiceScorer::Candidate ChoiceScorer::candidate(std::span<const TokenId> head, std::string_view text) const {
  std::vector<TokenId> whole = model_.tokenize(text);
  if (head.empty() || whole.size() <= head.size()) {
    fail(ErrorCode::invalid_input, "an answer adds no token to its question, so it can't be scored");
  }
  const std::size_t n_scored = whole.size() - head.size();
  if (n_scored > reader_.limit()) {
    fail(ErrorCode::context_full, "an answer has {} tokens and the context holds {}", n_scored, reader_.limit());
  }
  // Where a token reaches over the border the whole's tokens begin otherwise; what counts is the question's own.
  std::copy(head.begin(), head.end(), whole.begin());
  Candidate candidate{.read = whole, .scored = {whole.end() - static_cast<std::ptrdiff_t>(n_scored), whole.end()}};
  candidate.read.pop_back();
  const std::size_t excess = candidate.read.size() - std::min(candidate.read.size(), reader_.limit());
  candidate.read.erase(candidate.read.begin(), candidate.read.begin() + static_cast<std::ptrdiff_t>(excess));
  return candidate;
}

std::size_t ChoiceScorer::read_common(std::span<const Candidate> candidates, Session& session) {
  // Of what follows the last of these, only the logits are there.
  std::size_t common = candidates[0].read.size();
  for (const Candidate& candidate : candidates) {
    common =
        std::min({common, engine::common_prefix(candidates[0].read, candidate.read), candidate.first_predictor() + 1});
  }
  const std::span<const TokenId> shared = std::span(candidates[0].read).first(common);
  const std::size_t known = reader_.keep_common(shared);
  session.prefill(shared.subspan(known));
  evaluated_tokens_ += common - known;
  return common;
}

std::vector<double> ChoiceScorer::score(std::string_view text, std::span<const std::string> choices) {
  const std::vector<TokenId> head = model_.tokenize(without_trailing_space(text));
  std::vector<Candidate> candidates;
  std::size_t longest = 0;
  for (const std::string& choice : choices) {
    candidates.push_back(candidate(head, std::string(text) + " " + choice));
    longest = std::max(longest, candidates.back().read.size());
  }
  Session& session = reader_.with_room(longest);
  const std::size_t common = read_common(candidates, session);
  std::vector<double> sums(candidates.size(), 0);
  if (common > 0) add_first(candidates, common, session.logits(), sums);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    const auto rest = std::span(candidate.read).subspan(common);
    session.truncate(common);
    const auto add = [&](std::size_t index, std::span<const float> logits) {
      sums[i] += engine::log_probability(logits, candidate.scored[common + index - candidate.first_predictor()]);
    };
    session.evaluate(rest, add, std::max(common, candidate.first_predictor()) - common);
    evaluated_tokens_ += rest.size();
  }
  return sums;
}

// The logits after the common beginning predict the first token of those candidates whose own part begins there.
void ChoiceScorer::add_first(std::span<const Candidate> candidates, std::size_t common, std::span<const float> logits,
                             std::span<double> sums) const {
  const double normalizer = engine::log_sum_exp(logits);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].first_predictor() + 1 != common) continue;
    sums[i] = static_cast<double>(logits[static_cast<std::size_t>(candidates[i].scored[0])]) - normalizer;
  }
}

}  // namespace minnow::evaluation
