// How likely a model finds each of several continuations of one text.
//
//   ChoiceScorer scorer(model, {});
//   std::vector<double> log_likelihoods = scorer.score("Question: …\nAnswer:", {"fog", "rain"});
//
// What the continuations have in common is evaluated once, and so is what one text has in common with the one before.
// Tokens are those of text and continuation written together, parted where the text's own tokens end; what the context
// can't hold is left out at the beginning. Both as in the evaluation harness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/growing_session.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

class ChoiceScorer {
 public:
  ChoiceScorer(const Model& model, const ReadingOptions& options);

  // The sum of the log-probabilities, in nats, of each choice's tokens after `text` and a space. Throws
  // Error(invalid_input) for a choice that adds no token or more than the context holds, Error(out_of_memory).
  std::vector<double> score(std::string_view text, std::span<const std::string> choices);

  std::uint64_t evaluated_tokens() const { return evaluated_tokens_; }

 private:
  struct Candidate {
    std::vector<TokenId> read;    // question and choice without the last token: nothing is predicted from it
    std::vector<TokenId> scored;  // the choice's

    std::size_t first_predictor() const { return read.size() - scored.size(); }  // read[this] predicts scored[0]
  };

  Candidate candidate(std::span<const TokenId> head, std::string_view text) const;
  // Brings the session to the candidates' common beginning and returns its length.
  std::size_t read_common(std::span<const Candidate> candidates, Session& session);
  void add_first(std::span<const Candidate> candidates, std::size_t common, std::span<const float> logits,
                 std::span<double> sums) const;

  Model model_;
  GrowingSession reader_;
  std::uint64_t evaluated_tokens_ = 0;
};

}  // namespace minnow::evaluation
