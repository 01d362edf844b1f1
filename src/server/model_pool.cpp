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

}  // namespace

ModelPool::ModelPool(std::vector<ModelEntry> entries, const ModelPoolOptions& options)
    : entries_(std::move(entries)), options_(options), slots_(entries_.size()), thread_([this] { run(); }) {}

ModelPool::~ModelPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

const ModelEntry* ModelPool::find(const std::string& id) const {
  if (id.empty()) return entries_.empty() ? nullptr : &entries_.front();
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

const ModelEntry* ModelPool::find_adapted(const std::string& id) const {
  const auto colon = id.rfind(':');
  if (colon == std::string::npos || colon == 0) return nullptr;
  const ModelEntry* entry = find(id.substr(0, colon));
  if (entry == nullptr) return nullptr;
  const auto& list = entry->adapters;
  const auto named = [&](const AdapterEntry& adapter) { return adapter.name == id.substr(colon + 1); };
  return std::any_of(list.begin(), list.end(), named) ? entry : nullptr;
}

void ModelPool::acquire(const std::string& id, Ready ready) {
  const ModelEntry* entry = find(id);
  if (entry == nullptr) entry = find_adapted(id);
  if (entry == nullptr) {
    throw ApiError(404, fmt::format("there is no model '{}'; /v1/models lists those there are", id), "model",
                   "model_not_found");
  }
  std::shared_ptr<ServedModel> model;
  {
    const std::scoped_lock lock(mutex_);
    Slot& slot = slots_[static_cast<std::size_t>(entry - entries_.data())];
    slot.last_used = ++clock_;
    model = slot.model;
    if (!model) {
      if (stopping_ || slot.waiting.size() >= kMostWaiting) throw ApiError(503, "the model is not loaded yet");
      slot.waiting.push_back(std::move(ready));
      if (!std::exchange(slot.loading, true)) to_load_.push_back(static_cast<std::size_t>(entry - entries_.data()));
    }
  }
  if (model) return ready(std::move(model), nullptr);
  wake_.notify_all();
}

std::vector<std::shared_ptr<ServedModel>> ModelPool::loaded() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<ServedModel>> models;
  for (const Slot& slot : slots_) {
    if (slot.model) models.push_back(slot.model);
  }
  return models;
}

void ModelPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !to_load_.empty(); });
    if (stopping_) break;
    const std::size_t next = to_load_.front();
    to_load_.pop_front();
    lock.unlock();
    load(next);
    lock.lock();
  }
  std::vector<Ready> waiting;
  for (Slot& slot : slots_) std::move(slot.waiting.begin(), slot.waiting.end(), std::back_inserter(waiting));
  lock.unlock();
  for (const Ready& ready : waiting) ready(nullptr, std::make_exception_ptr(ApiError(503, "the server is stopping")));
}

void ModelPool::load(std::size_t index) {
  std::shared_ptr<ServedModel> model;
  std::exception_ptr failure;
  try {
    make_room(index);
    model = make(entries_[index]);
  } catch (...) {
    failure = std::current_exception();
  }
  std::vector<Ready> waiting;
  {
    const std::scoped_lock lock(mutex_);
    Slot& slot = slots_[index];
    slot.model = model;
    slot.loading = false;
    waiting.swap(slot.waiting);
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

// Unloads what was used least lately until the newcomer fits. A model in use is waited for.
void ModelPool::make_room(std::size_t index) {
  const auto deadline = std::chrono::steady_clock::now() + kRoomPatience;
  for (;;) {
    std::uint64_t used_bytes = entries_[index].file_bytes;
    std::size_t n_loaded = 0;
    for (const auto& model : loaded()) {
      used_bytes += model->memory_bytes();
      ++n_loaded;
    }
    const bool too_many = options_.most_loaded > 0 && n_loaded >= options_.most_loaded;
    const bool too_large = options_.memory_bytes > 0 && used_bytes > options_.memory_bytes && n_loaded > 0;
    if (!too_many && !too_large) return;
    if (take_idle(index)) continue;  // dropped here, on the pool's thread
    if (std::chrono::steady_clock::now() > deadline) {
      throw ApiError(503, fmt::format("no room for model '{}': the others are in use", entries_[index].id));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::shared_ptr<ServedModel> ModelPool::take_idle(std::size_t except) {
  const std::scoped_lock lock(mutex_);
  Slot* oldest = nullptr;
  for (Slot& slot : slots_) {
    if (&slot == &slots_[except] || !slot.model || slot.model.use_count() > 1) continue;
    if (slot.model->busy()) continue;
    if (oldest == nullptr || slot.last_used < oldest->last_used) oldest = &slot;
  }
  return oldest == nullptr ? nullptr : std::exchange(oldest->model, nullptr);
}

}  // namespace minnow::server
