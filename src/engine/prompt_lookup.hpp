// Drafts what followed when the text's last tokens stood there before: answers quote their prompts, and JSON repeats
// its keys. (Saxena 2023, "Prompt Lookup Decoding".)
#pragma once

#include <cstddef>
#include <span>

#include "minnow/model.hpp"

namespace minnow::engine {

// The tokens that followed the longest earlier match of the end of `tokens`, the latest of several; at least two tokens
// must match. Where what followed another match as long differs, the draft ends: such a place in JSON has a value, and
// a new one comes there. A view into `tokens`, at most `limit` long; empty when nothing matches.
std::span<const TokenId> look_up_continuation(std::span<const TokenId> tokens, std::size_t limit);

}  // namespace minnow::engine
