#include "server/model_pool.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

constexpr std::size_t kMostWaiting = 256;          // requests for one model that is being loaded
constexpr std::chrono::seconds kRoomPatience{30};  // for requests in progress to leave a model that must go
constexpr std::chrono::milliseconds kLook{20};     // between two looks whether they have

}  // namespace

bool same_model(const ModelEntry& one, const ModelEntry& other) {
  return one.id == other.id && one.stamp == other.stamp && one.scheduler == other.scheduler &&
         one.adapters == other.adapters && one.pinned_prompts == other.pinned_prompts;
}

ModelPool::ModelPool(std::vector<ModelEntry> entries, const ModelPoolOptions& options) : options_(options) {
  for (ModelEntry& entry : entries) slots_.push_back(std::make_shared<Slot>(std::move(entry)));
  thread_ = std::thread([this] { run(); });
}

ModelPool::~ModelPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::vector<ModelEntry> ModelPool::entries() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ModelEntry> entries;
  for (const SlotPointer& slot : slots_) entries.push_back(slot->entry);
  return entries;
}

// Both are called with the mutex held.
ModelPool::SlotPointer ModelPool::find(const std::string& id) const {
  if (id.empty()) return slots_.empty() ? nullptr : slots_.front();
  const auto found = std::find_if(slots_.begin(), slots_.end(), [&](const auto& slot) { return slot->entry.id == id; });
  return found == slots_.end() ? nullptr : *found;
}

ModelPool::SlotPointer ModelPool::find_adapted(const std::string& id) const {
  const auto colon = id.rfind(':');
  if (colon == std::string::npos || colon == 0) return nullptr;
  SlotPointer slot = find(id.substr(0, colon));
  if (!slot) return nullptr;
  const auto& list = slot->entry.adapters;
  const auto named = [&](const AdapterEntry& adapter) { return adapter.name == id.substr(colon + 1); };
  return std::any_of(list.begin(), list.end(), named) ? slot : nullptr;
}

void ModelPool::acquire(const std::string& id, Ready ready) {
  std::shared_ptr<ServedModel> model;
  {
    const std::scoped_lock lock(mutex_);
    SlotPointer slot = find(id);
    if (!slot) slot = find_adapted(id);
    if (!slot) {
      throw ApiError(404, fmt::format("there is no model '{}'; /v1/models lists those there are", id), "model",
                     "model_not_found");
    }
    slot->last_used = ++clock_;
    model = slot->model;
    if (!model) {
      if (stopping_ || slot->waiting.size() >= kMostWaiting) throw ApiError(503, "the model is not loaded yet");
      slot->waiting.push_back(std::move(ready));
      if (!std::exchange(slot->loading, true)) to_load_.push_back(slot);
    }
  }
  if (model) return ready(std::move(model), nullptr);
  wake_.notify_all();
}

std::vector<std::string> ModelPool::replace(std::vector<ModelEntry> entries, const ModelPoolOptions& options) {
  std::vector<std::string> replaced;
  std::vector<Ready> homeless;  // they wait for a model that is gone
  {
    const std::scoped_lock lock(mutex_);
    options_ = options;
    const std::vector<SlotPointer> old = std::exchange(slots_, {});
    for (ModelEntry& entry : entries) {
      const auto same = [&](const SlotPointer& slot) { return same_model(slot->entry, entry); };
      const auto kept = std::find_if(old.begin(), old.end(), same);
      slots_.push_back(kept != old.end() ? *kept : std::make_shared<Slot>(std::move(entry)));
    }
    for (const SlotPointer& slot : old) {
      if (std::find(slots_.begin(), slots_.end(), slot) == slots_.end()) remove(*slot, replaced, homeless);
    }
    std::erase_if(to_load_, [](const SlotPointer& slot) { return slot->replaced; });
  }
  wake_.notify_all();
  for (const Ready& ready : homeless) {
    ready(nullptr, std::make_exception_ptr(ApiError(404, "the model is no longer served", "model", "model_not_found")));
  }
  return replaced;
}

// A slot that is none any more: its model leaves when it has answered, and whoever waits for it waits for its
// successor. Called with the mutex held.
void ModelPool::remove(Slot& slot, std::vector<std::string>& replaced, std::vector<Ready>& homeless) {
  slot.replaced = true;
  const SlotPointer successor = find(slot.entry.id);
  if (slot.model) {
    replaced_.push_back(std::exchange(slot.model, nullptr));
    if (successor) replaced.push_back(slot.entry.id);
  }
  auto& heirs = successor ? successor->waiting : homeless;
  std::move(slot.waiting.begin(), slot.waiting.end(), std::back_inserter(heirs));
  slot.waiting.clear();
  if (successor && !successor->waiting.empty() && !std::exchange(successor->loading, true)) {
    to_load_.push_back(successor);
  }
}

std::vector<std::shared_ptr<ServedModel>> ModelPool::loaded() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<ServedModel>> models;
  for (const SlotPointer& slot : slots_) {
    if (slot->model) models.push_back(slot->model);
  }
  return models;
}

void ModelPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto work = [&] { return stopping_ || !to_load_.empty(); };
    if (replaced_.empty())
      wake_.wait(lock, [&] { return work() || !replaced_.empty(); });
    else
      wake_.wait_for(lock, kLook, work);
    if (stopping_) break;
    SlotPointer next;
    if (!to_load_.empty()) {
      next = std::move(to_load_.front());
      to_load_.pop_front();
    }
    lock.unlock();
    drop_replaced();
    if (next) load(next);
    next.reset();
    lock.lock();
  }
  std::vector<Ready> waiting;
  for (const SlotPointer& slot : slots_) {
    std::move(slot->waiting.begin(), slot->waiting.end(), std::back_inserter(waiting));
  }
  lock.unlock();
  for (const Ready& ready : waiting) ready(nullptr, std::make_exception_ptr(ApiError(503, "the server is stopping")));
}

void ModelPool::load(const SlotPointer& slot) {
  std::shared_ptr<ServedModel> model;
  std::exception_ptr failure;
  try {
    make_room(slot, slot->entry.file_bytes);
    is_loading_ = true;
    model = make(slot->entry);
    is_loading_ = false;
    make_room(slot, model->memory_bytes());  // now that its caches are known
  } catch (...) {
    failure = std::current_exception();
    model = nullptr;
    is_loading_ = false;
  }
  std::vector<Ready> waiting;
  {
    const std::scoped_lock lock(mutex_);
    if (slot->replaced) {
      if (model) replaced_.push_back(model);
    } else {
      slot->model = model;
    }
    slot->loading = false;
    waiting.swap(slot->waiting);
  }
  for (const Ready& ready : waiting) ready(model, failure);
}

std::shared_ptr<ServedModel> ModelPool::make(const ModelEntry& entry) const {
  Model model = entry.load();
  engine::SchedulerOptions options = entry.scheduler;
  for (const std::string& prompt : entry.pinned_prompts) options.pinned.push_back(system_prompt_tokens(model, prompt));
  std::map<std::string, Model> adapted;
  for (const AdapterEntry& adapter : entry.adapters) {
    const Model& with = adapted.emplace(adapter.name, model.with_adapter(adapter.path)).first->second;
    options.max_adapter_rank = std::max(options.max_adapter_rank, engine::adapter_of(with)->max_rank());
  }
  return std::make_shared<ServedModel>(entry.id, std::move(model), std::move(adapted), options);
}

// Whether the model whose place it takes still answers.
bool ModelPool::has_predecessor(const ModelEntry& entry) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(replaced_.begin(), replaced_.end(), [&](const auto& model) { return model->id() == entry.id; });
}

// Whether a model of so many bytes fits beside those that are loaded, replaced ones included.
bool ModelPool::has_room(std::uint64_t bytes) const {
  const std::scoped_lock lock(mutex_);
  std::uint64_t used_bytes = bytes;
  std::size_t n_loaded = replaced_.size();
  for (const auto& model : replaced_) used_bytes += model->memory_bytes();
  for (const SlotPointer& slot : slots_) {
    if (!slot->model) continue;
    used_bytes += slot->model->memory_bytes();
    ++n_loaded;
  }
  const bool too_many = options_.most_loaded > 0 && n_loaded >= options_.most_loaded;
  const bool too_large = options_.memory_bytes > 0 && used_bytes > options_.memory_bytes && n_loaded > 0;
  return !too_many && !too_large;
}

// Unloads what was used least lately until the newcomer fits. A model in use is waited for.
void ModelPool::make_room(const SlotPointer& slot, std::uint64_t bytes) {
  const auto deadline = std::chrono::steady_clock::now() + kRoomPatience;
  for (;;) {
    drop_replaced();
    if (!has_predecessor(slot->entry)) {
      if (has_room(bytes)) return;
      if (take_idle(slot)) continue;  // dropped here, on the pool's thread
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw ApiError(503, fmt::format("no room for model '{}': the others are in use", slot->entry.id));
    }
    std::this_thread::sleep_for(kLook);
  }
}

// On the pool's thread, which takes apart what nobody needs any more.
void ModelPool::drop_replaced() {
  std::vector<std::shared_ptr<ServedModel>> done;
  const std::scoped_lock lock(mutex_);
  const auto needed = [](const auto& model) { return model.use_count() > 1 || model->busy(); };
  const auto first = std::stable_partition(replaced_.begin(), replaced_.end(), needed);
  std::move(first, replaced_.end(), std::back_inserter(done));
  replaced_.erase(first, replaced_.end());
}

std::shared_ptr<ServedModel> ModelPool::take_idle(const SlotPointer& except) {
  const std::scoped_lock lock(mutex_);
  Slot* oldest = nullptr;
  for (const SlotPointer& slot : slots_) {
    if (slot == except || !slot->model || slot->model.use_count() > 1) continue;
    if (slot->model->busy()) continue;
    if (oldest == nullptr || slot->last_used < oldest->last_used) oldest = slot.get();
  }
  return oldest == nullptr ? nullptr : std::exchange(oldest->model, nullptr);
}

}  // namespace minnow::server
