// The KV caches of a Scheduler, one for each sequence it can run at once, and what they remember.
//
// A cache keeps its tokens after its sequence has ended. A new sequence begins in the cache that holds most of its
// prompt, or copies what another one holds: keys and values depend on nothing but the tokens before them, so an answer
// has the same bits with the cache as without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/loaded_model.hpp"
#include "models/adapter.hpp"
#include "models/kv_cache.hpp"

namespace minnow::engine {

struct KvSlot {
  KvSlot(const models::DecoderSpec& spec, std::size_t context, kernels::CacheType type) : cache(spec, context, type) {
    tokens.reserve(context + 1);
  }

  // Those whose keys and values are there: the cache may lag behind the tokens.
  std::span<const TokenId> cached() const { return std::span(tokens).first(cache.size()); }
  std::span<const TokenId> pending() const { return std::span(tokens).subspan(cache.size()); }

  models::KvCache cache;
  std::vector<TokenId> tokens;
  std::shared_ptr<const models::Adapter> adapter{};  // that the keys and values were computed with
  bool busy = false;
  std::uint64_t last_used = 0;
};

// How many more tokens `slot` could copy once `other` has evaluated all of its own.
std::size_t tokens_to_come(const KvSlot& slot, const KvSlot& other);

class KvSlots {
 public:
  // Throws std::bad_alloc.
  KvSlots(const models::DecoderSpec& spec, std::size_t n_slots, std::size_t context, kernels::CacheType type);

  bool any_free() const;
  // A free slot for a prompt, with as much of the prompt in its cache as it happens to hold; what another adapter
  // computed is of no use. Precondition: any_free().
  KvSlot& acquire(std::span<const TokenId> prompt, std::shared_ptr<const models::Adapter> adapter = nullptr);
  // Copies more of the slot's tokens from another cache if one holds more. Leaves at least one token pending, because
  // its logits choose what comes next.
  void adopt_prefix(KvSlot& slot);
  // Frees the slot; what is in its cache may serve another sequence.
  void release(KvSlot& slot);
  // One more slot that is never given away, for others to copy from.
  KvSlot& add_pinned(std::span<const TokenId> tokens);

  std::size_t cached_tokens() const;

  // All but the pinned ones, the latest used first: what is kept on disk, and where it comes back to. Only while
  // nothing runs.
  std::vector<KvSlot*> by_use();
  // Slots that were filled from outside, the first as if it had been used last.
  void note_restored(std::span<KvSlot* const> slots);

 private:
  KvSlot& choose(std::span<const TokenId> prompt, const models::Adapter* adapter);

  const models::DecoderSpec& spec_;
  std::size_t context_;
  kernels::CacheType type_;
  std::vector<std::unique_ptr<KvSlot>> slots_;
  std::vector<std::unique_ptr<KvSlot>> pinned_;
  std::uint64_t clock_ = 0;
};

}  // namespace minnow::engine
