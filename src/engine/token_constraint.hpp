// What may come next in one answer: a grammar, a schema, a choice of words. The sampler asks before it chooses, and is
// left with the tokens that are allowed; whoever appends a token tells the constraint.
//
//   sampler.choose(logits, history, constraint.allowed());
//   constraint.accept(token);
//
// One constraint belongs to one answer and is used by one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "minnow/model.hpp"

namespace minnow::engine {

// One bit per token id, the lowest bit first; set: allowed. Empty: every token is.
using TokenMask = std::span<const std::uint64_t>;

inline bool allows(TokenMask mask, TokenId id) {
  const auto index = static_cast<std::size_t>(id);
  return mask.empty() || (mask[index / 64] >> (index % 64) & 1) != 0;
}

class TokenConstraint {
 public:
  virtual ~TokenConstraint() = default;

  // What may come now, tokens that end the generation included (set where the answer is complete). At least one bit
  // of a vocabulary's is set. Valid until accept().
  virtual TokenMask allowed() = 0;
  // `token` was allowed and is now part of the answer. Not called for the token that ends it.
  virtual void accept(TokenId token) = 0;
  // Appends to `tokens` what must come now whatever the model says, and accepts it: jump-ahead. May append nothing.
  virtual void jump(std::vector<TokenId>& tokens) { (void)tokens; }
  // Whether this control token is part of the answer's text: the mark that opens a tool call, for instance.
  virtual bool shows(TokenId token) const {
    (void)token;
    return false;
  }
  // Nothing but the end can come: the answer is done, and the model needn't say so.
  virtual bool finished() const { return false; }
};

}  // namespace minnow::engine
