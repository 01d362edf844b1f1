// Chooses the next token from logits.
//
//   Sampler sampler({.temperature = 0.7f, .seed = 42}, vocabulary_size);
//   TokenId next = sampler.choose(logits, tokens_so_far);
//
// The logit bias is added; penalties change the logits of tokens seen lately; top-k, top-p and min-p then cut the list
// of candidates, best first; temperature sharpens or flattens what is left; one random number draws from it. Ties go to
// the lowest id, and everything after the penalties is in double precision, so the same seed gives the same text on
// every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/random.hpp"
#include "engine/token_constraint.hpp"
#include "minnow/session.hpp"

namespace minnow::engine {

struct Candidate {
  float logit;
  TokenId id;
};

// Where a sampler works: nothing in here outlives one choice, so samplers of one thread may share it.
struct SamplerLists {
  explicit SamplerLists(std::size_t vocabulary_size);
  static std::uint64_t size_bytes(std::size_t vocabulary_size);

  std::vector<Candidate> candidates;  // vocabulary_size
  std::vector<double> weights;
  std::vector<std::uint32_t> counts;  // occurrences in the penalty window; all zero between calls
};

// Throws Error(invalid_input) for options out of range.
void check_sampling(const SamplingOptions& options, std::size_t vocabulary_size);

class Sampler {
 public:
  // Takes all its memory here: SamplerLists::size_bytes(vocabulary_size). Throws Error(invalid_input) for options out
  // of range.
  Sampler(const SamplingOptions& options, std::size_t vocabulary_size);
  // Works in `lists`, which must outlive it.
  Sampler(const SamplingOptions& options, SamplerLists& lists);

  // Allocates nothing. `logits` has vocabulary_size values, `history` every token so far, the latest last; tokens that
  // `allowed` leaves out are not chosen. Throws Error(invalid_input) when no logit is finite.
  TokenId choose(std::span<const float> logits, std::span<const TokenId> history, TokenMask allowed = {});

  // What choose() draws from, best first, and (in the same order) how likely it draws each.
  std::span<const Candidate> candidates(std::span<const float> logits, std::span<const TokenId> history,
                                        TokenMask allowed = {});
  std::span<const double> probabilities() const { return {lists_->weights.data(), n_candidates_}; }

  std::uint64_t seed() const { return seed_; }
  void restart() { random_ = Pcg32(seed_); }

 private:
  void add_bias();
  void penalize(std::span<const TokenId> history);
  void keep_allowed(TokenMask allowed);
  void keep_top_k();
  void keep_top_p();
  void keep_min_p();
  double weigh(double temperature);

  SamplingOptions options_;
  std::uint64_t seed_;
  Pcg32 random_;
  std::unique_ptr<SamplerLists> own_lists_;  // none when they are shared
  SamplerLists* lists_;
  std::size_t n_candidates_ = 0;  // the first ones of the list are left
};

}  // namespace minnow::engine
