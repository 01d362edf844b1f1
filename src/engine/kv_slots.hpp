// The sequences that a Scheduler runs at once, and the keys and values that they share with each other and with those
// before them.
//
// A sequence takes its beginning from what is in memory: pages of one that runs, or of the prefix tree, where every
// sequence goes that has ended. When memory runs out the tree gives up what costs least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/loaded_model.hpp"
#include "engine/prefix_tree.hpp"
#include "models/adapter.hpp"
#include "models/kv_cache.hpp"

namespace minnow::engine {

struct KvSlot {
  KvSlot(models::KvPages& pages, std::size_t context) : cache(pages, context) { tokens.reserve(context + 1); }

  // Those whose keys and values are there: the cache may lag behind the tokens.
  std::span<const TokenId> cached() const { return std::span(tokens).first(cache.size()); }
  std::span<const TokenId> pending() const { return std::span(tokens).subspan(cache.size()); }

  models::KvCache cache;
  std::vector<TokenId> tokens;
  std::shared_ptr<const models::Adapter> adapter{};  // that the keys and values are computed with
  bool busy = false;
};

// How many more tokens `slot` could share once `other` has evaluated all of its own.
std::size_t tokens_to_come(const KvSlot& slot, const KvSlot& other);

class KvSlots {
 public:
  // Throws std::bad_alloc.
  KvSlots(const models::DecoderSpec& spec, std::size_t n_slots, std::size_t n_pages, std::size_t context,
          kernels::CacheType type);
  // What that many sequences need, and those that are pinned beside them.
  static std::size_t pages_for(std::size_t n_slots, std::size_t context, std::span<const std::vector<TokenId>> pinned);

  bool any_free() const;
  // A free slot for a prompt, with as much of the prompt in its cache as the tree holds. Precondition: any_free().
  KvSlot& acquire(std::span<const TokenId> prompt, std::shared_ptr<const models::Adapter> adapter = nullptr) noexcept;
  // Shares more of the slot's tokens if a sequence or the tree holds more by now. Leaves at least one token pending,
  // because its logits choose what comes next.
  void adopt_prefix(KvSlot& slot) noexcept;
  // Frees the slot; what is in its cache goes to the tree.
  void release(KvSlot& slot) noexcept;
  // One more slot, that is never given away and never gives up its pages.
  KvSlot& add_pinned(std::span<const TokenId> tokens);
  // Once all its tokens are evaluated, others find them.
  void publish(const KvSlot& slot) noexcept;

  std::size_t cached_tokens() const { return tree_.n_tokens(); }  // in the tree
  PrefixTree& tree() { return tree_; }
  models::KvPages& pages() { return pages_; }

 private:
  models::KvPages pages_;
  PrefixTree tree_;
  std::size_t context_;
  std::vector<std::unique_ptr<KvSlot>> slots_;
  std::vector<std::unique_ptr<KvSlot>> pinned_;
};

}  // namespace minnow::engine
