#include "engine/kv_slots.hpp"
#include "engine/common_prefix.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace minnow::engine {
namespace {

// What of a slot's tokens may come from elsewhere: all but the last.
std::span<const TokenId> shareable(const KvSlot& slot) { return std::span(slot.tokens).first(slot.tokens.size() - 1); }

}  // namespace

std::size_t tokens_to_come(const KvSlot& slot, const KvSlot& other) {
  if (&slot == &other || slot.adapter != other.adapter) return 0;
  const std::size_t n = common_prefix(other.tokens, shareable(slot));
  return n > other.cache.size() && n > slot.cache.size() ? n - slot.cache.size() : 0;
}

std::size_t KvSlots::pages_for(std::size_t n_slots, std::size_t context, std::span<const std::vector<TokenId>> pinned) {
  // One more: a sequence that goes on from a shared page holds that page and its copy for a moment.
  std::size_t n = n_slots * models::KvPages::pages_for(context) + 1;
  for (const std::vector<TokenId>& tokens : pinned) n += models::KvPages::pages_for(tokens.size());
  return n;
}

KvSlots::KvSlots(const models::DecoderSpec& spec, std::size_t n_slots, std::size_t n_pages, std::size_t context,
                 kernels::CacheType type)
    : pages_(spec, n_pages, context, type), tree_(pages_, context), context_(context) {
  pages_.on_shortage([this] { return tree_.evict_one(); });
  while (slots_.size() < n_slots) slots_.push_back(std::make_unique<KvSlot>(pages_, context));
}

bool KvSlots::any_free() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot->busy; });
}

KvSlot& KvSlots::acquire(std::span<const TokenId> prompt, std::shared_ptr<const models::Adapter> adapter) noexcept {
  KvSlot& slot = **std::find_if(slots_.begin(), slots_.end(), [](const auto& each) { return !each->busy; });
  slot.tokens.assign(prompt.begin(), prompt.end());  // has room for it
  slot.busy = true;
  slot.adapter = std::move(adapter);
  const PrefixTree::Match match = tree_.find(shareable(slot), slot.adapter.get());
  slot.cache.share_prefix(match.pages, match.n_tokens);
  return slot;
}

void KvSlots::adopt_prefix(KvSlot& slot) noexcept {
  const PrefixTree::Match match = tree_.find(shareable(slot), slot.adapter.get());
  const KvSlot* best = nullptr;
  std::size_t most = std::max(slot.cache.size(), match.n_tokens);
  for (const auto& other : slots_) {
    if (other.get() == &slot || !other->busy || other->adapter != slot.adapter) continue;
    const std::size_t n = common_prefix(other->cached(), shareable(slot));
    if (n <= most) continue;
    most = n;
    best = other.get();
  }
  if (best != nullptr) return slot.cache.share_prefix(best->cache, most);
  if (match.n_tokens > slot.cache.size()) slot.cache.share_prefix(match.pages, match.n_tokens);
}

void KvSlots::publish(const KvSlot& slot) noexcept {
  try {
    tree_.insert(slot.cached(), slot.cache.pages(), slot.adapter);
  } catch (const std::exception&) {  // without memory for it nothing is remembered
  }
}

void KvSlots::release(KvSlot& slot) noexcept {
  publish(slot);
  slot.cache.truncate(0);
  slot.tokens.clear();
  slot.adapter.reset();
  slot.busy = false;
}

KvSlot& KvSlots::add_pinned(std::span<const TokenId> tokens) {
  pinned_.push_back(std::make_unique<KvSlot>(pages_, context_));
  pinned_.back()->tokens.assign(tokens.begin(), tokens.end());
  return *pinned_.back();
}

}  // namespace minnow::engine
