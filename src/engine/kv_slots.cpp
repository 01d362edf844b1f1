#include "engine/kv_slots.hpp"

#include <algorithm>
#include <utility>

namespace minnow::engine {
namespace {

// How many tokens two sequences begin with in common.
std::size_t common_prefix(std::span<const TokenId> a, std::span<const TokenId> b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// What of `prompt` a cache can serve: all but the last token, at most.
std::size_t usable(const KvSlot& slot, std::span<const TokenId> prompt, const models::Adapter* adapter) {
  if (slot.adapter.get() != adapter) return 0;
  return common_prefix(slot.cached(), prompt.first(prompt.size() - 1));
}

}  // namespace

std::size_t tokens_to_come(const KvSlot& slot, const KvSlot& other) {
  if (&slot == &other || slot.adapter != other.adapter) return 0;
  const std::span<const TokenId> wanted = std::span(slot.tokens).first(slot.tokens.size() - 1);
  const std::size_t n = common_prefix(other.tokens, wanted);
  return n > other.cache.size() && n > slot.cache.size() ? n - slot.cache.size() : 0;
}

KvSlots::KvSlots(const models::DecoderSpec& spec, std::size_t n_slots, std::size_t context, kernels::CacheType type)
    : spec_(spec), context_(context), type_(type) {
  while (slots_.size() < n_slots) slots_.push_back(std::make_unique<KvSlot>(spec, context, type));
}

bool KvSlots::any_free() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot->busy; });
}

// A cache most of which the prompt repeats is taken as it is: the next turn of a conversation. Otherwise the one that
// was of no use for longest makes room, and the others stay for those to come.
KvSlot& KvSlots::choose(std::span<const TokenId> prompt, const models::Adapter* adapter) {
  KvSlot* best = nullptr;
  KvSlot* oldest = nullptr;
  std::size_t most = 0;
  for (const auto& slot : slots_) {
    if (slot->busy) continue;
    if (oldest == nullptr || slot->last_used < oldest->last_used) oldest = slot.get();
    const std::size_t n = usable(*slot, prompt, adapter);
    if (n <= most || n * 2 < slot->cached().size()) continue;
    most = n;
    best = slot.get();
  }
  return best != nullptr ? *best : *oldest;
}

KvSlot& KvSlots::acquire(std::span<const TokenId> prompt, std::shared_ptr<const models::Adapter> adapter) {
  KvSlot& slot = choose(prompt, adapter.get());
  const std::size_t n = usable(slot, prompt, adapter.get());
  slot.tokens.assign(prompt.begin(), prompt.end());  // has room for it: nothing below can fail
  slot.busy = true;
  slot.cache.truncate(n);
  slot.adapter = std::move(adapter);
  return slot;
}

void KvSlots::adopt_prefix(KvSlot& slot) {
  const KvSlot* best = nullptr;
  std::size_t most = slot.cache.size();
  for (const auto* list : {&slots_, &pinned_}) {
    for (const auto& other : *list) {
      if (other.get() == &slot) continue;
      const std::size_t n = usable(*other, slot.tokens, slot.adapter.get());
      if (n <= most) continue;
      most = n;
      best = other.get();
    }
  }
  if (best != nullptr) slot.cache.copy_prefix(best->cache, most);
}

void KvSlots::release(KvSlot& slot) {
  slot.tokens.resize(slot.cache.size());
  slot.busy = false;
  slot.last_used = ++clock_;
}

KvSlot& KvSlots::add_pinned(std::span<const TokenId> tokens) {
  pinned_.push_back(std::make_unique<KvSlot>(spec_, context_, type_));
  pinned_.back()->tokens.assign(tokens.begin(), tokens.end());
  return *pinned_.back();
}

std::vector<KvSlot*> KvSlots::by_use() {
  std::vector<KvSlot*> slots;
  for (const auto& slot : slots_) slots.push_back(slot.get());
  std::stable_sort(slots.begin(), slots.end(),
                   [](const auto* a, const auto* b) { return a->last_used > b->last_used; });
  return slots;
}

void KvSlots::note_restored(std::span<KvSlot* const> slots) {
  for (std::size_t i = slots.size(); i-- > 0;) slots[i]->last_used = ++clock_;
}

std::size_t KvSlots::cached_tokens() const {
  std::size_t n = 0;
  for (const auto& slot : slots_) n += slot->cache.size();
  for (const auto& slot : pinned_) n += slot->cache.size();
  return n;
}

}  // namespace minnow::engine
