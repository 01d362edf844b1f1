// Runs a decoder the way tests want it: all logits of a prompt, in chunks, alone or together.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "models/decoder.hpp"
#include "models/scratch.hpp"

namespace minnow::testing {

using models::TokenId;

inline std::vector<float> all_logits(const models::Decoder& decoder, std::span<const TokenId> tokens, std::size_t chunk,
                                     ThreadPool& pool, kernels::CacheType type = kernels::CacheType::f32) {
  const std::size_t vocabulary = decoder.spec().vocabulary_size;
  models::KvCache cache(decoder.spec(), tokens.size(), type);
  models::Scratch scratch(decoder.spec(), std::min(chunk, tokens.size()));
  std::vector<float> logits(tokens.size() * vocabulary);
  for (std::size_t begin = 0; begin < tokens.size(); begin += chunk) {
    const auto part = tokens.subspan(begin, std::min(chunk, tokens.size() - begin));
    const models::Slice slice{&cache, part, models::Logits::all};
    decoder.forward({&slice, 1}, logits.data() + begin * vocabulary, scratch, pool);
  }
  return logits;
}

}  // namespace minnow::testing
