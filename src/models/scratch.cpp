#include "models/scratch.hpp"

#include <algorithm>

namespace minnow::models {
namespace {

// Values of one token in each buffer.
struct RowSizes {
  std::size_t embedding, query, key, value, attended, ffn, rope, local_rope;

  explicit RowSizes(const DecoderSpec& spec)
      : embedding(spec.embedding_size),
        query(spec.max_heads() * spec.key_size),
        key(spec.max_kv_heads() * spec.key_size),
        value(spec.max_kv_heads() * spec.value_size),
        attended(spec.max_heads() * spec.value_size),
        ffn(spec.max_ffn_size()),
        rope(spec.rope.layout == RopeLayout::none ? 0 : spec.rope.n_dims),
        local_rope(spec.has_local_rope() ? spec.local_rope.n_dims : 0) {}

  std::size_t widest_output() const { return std::max({embedding, query, key, value, ffn}); }
  std::size_t widest_input() const { return std::max({embedding, attended, ffn}); }
  std::size_t total() const { return 3 * embedding + query + key + value + attended + 2 * ffn + rope + local_rope; }
};

}  // namespace

Scratch::Scratch(const DecoderSpec& spec, std::size_t max_tokens)
    : places(max_tokens), activations(max_tokens, RowSizes(spec).widest_input()) {
  const RowSizes sizes(spec);
  const auto rows_of = [&](std::size_t size) { return AlignedBuffer<float>(max_tokens * size); };
  residual = rows_of(sizes.embedding);
  normed = rows_of(sizes.embedding);
  query = rows_of(sizes.query);
  key = rows_of(sizes.key);
  value = rows_of(sizes.value);
  attended = rows_of(sizes.attended);
  gate = rows_of(sizes.ffn);
  up = rows_of(sizes.ffn);
  change = rows_of(sizes.embedding);
  rope = rows_of(sizes.rope);
  local_rope = rows_of(sizes.local_rope);
}

std::uint64_t Scratch::size_bytes(const DecoderSpec& spec, std::size_t max_tokens) {
  const RowSizes sizes(spec);
  return static_cast<std::uint64_t>(max_tokens) * (sizes.total() * sizeof(float) + sizeof(TokenPlace)) +
         kernels::Activations::size_bytes(max_tokens, sizes.widest_input());
}

AdapterScratch::AdapterScratch(const DecoderSpec& spec, std::size_t max_tokens, std::size_t rank)
    : max_rank(rank),
      activations(max_tokens, std::max(rank, RowSizes(spec).widest_input())),
      low(max_tokens * rank),
      high(max_tokens * RowSizes(spec).widest_output()) {}

std::uint64_t AdapterScratch::size_bytes(const DecoderSpec& spec, std::size_t max_tokens, std::size_t max_rank) {
  const RowSizes sizes(spec);
  return static_cast<std::uint64_t>(max_tokens) * (max_rank + sizes.widest_output()) * sizeof(float) +
         kernels::Activations::size_bytes(max_tokens, std::max(max_rank, sizes.widest_input()));
}

void Scratch::make_room_for_adapters(const DecoderSpec& spec, std::size_t max_rank) {
  if (max_rank > 0 && (!adapters || adapters->max_rank < max_rank)) adapters.emplace(spec, max_tokens(), max_rank);
}

}  // namespace minnow::models
