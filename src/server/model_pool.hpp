// The models a server knows, loaded when they are first asked for and unloaded again when another one needs their room.
//
//   ModelPool pool({{.id = "small", .load = …}, {.id = "large", .load = …}}, {.most_loaded = 1});
//   pool.acquire("large", [](std::shared_ptr<ServedModel> model, std::exception_ptr failure) { … });
//
// Loading happens on a thread of the pool's own. A model is unloaded when it has no requests and nobody holds it; what
// its scheduler calls back must not hold it, since a scheduler's own thread can't take it apart.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/served_model.hpp"

namespace minnow::server {

struct AdapterEntry {
  std::string name;  // requests ask for "model:name"
  std::string path;  // a GGUF file, or a folder saved by PEFT

  bool operator==(const AdapterEntry&) const = default;
};

struct ModelEntry {
  std::string id;
  std::int64_t created_s = 0;    // seconds since 1970: when the file was written
  std::uint64_t file_bytes = 0;  // of all parts
  std::function<Model()> load;   // called from the pool's thread, perhaps more than once
  std::string stamp{};           // another one whenever what is loaded, adapters included, would be another
  // Throws what is wrong with the entry (which it is given) as far as headers, adapters and memory tell, when
  // `freed_bytes` of what is loaded now are given back.
  std::function<void(const ModelEntry& entry, std::uint64_t freed_bytes)> check{};
  engine::SchedulerOptions scheduler{};
  std::vector<AdapterEntry> adapters{};       // loaded with the model
  std::vector<std::string> pinned_prompts{};  // system prompts that stay in the cache for good
};

// Whether nothing needs to be loaded anew when one takes the other's place.
bool same_model(const ModelEntry& one, const ModelEntry& other);

struct ModelPoolOptions {
  std::size_t most_loaded = 0;  // models at once; 0: all of them
  // Weights, caches and scratch of all loaded ones, when they are more than one; 0: what the device has.
  std::uint64_t memory_bytes = 0;

  bool operator==(const ModelPoolOptions&) const = default;
};

class ModelPool {
 public:
  using Ready = std::function<void(std::shared_ptr<ServedModel>, std::exception_ptr)>;

  ModelPool(std::vector<ModelEntry> entries, const ModelPoolOptions& options);
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;
  // Ends all requests in progress.
  ~ModelPool();

  std::vector<ModelEntry> entries() const;
  // From now on these. Loaded models that are the same stay; the others finish what they have begun and go, and what is
  // asked for meanwhile waits for those that take their place. Returns the names of loaded models that were replaced.
  std::vector<std::string> replace(std::vector<ModelEntry> entries, const ModelPoolOptions& options);

  // `id` is a model's, or "model:adapter". Calls `ready` with the model, at once when it is loaded, else from the
  // pool's thread when it is; or with what went wrong. Throws ApiError(404) for an unknown id, ApiError(503) when too
  // many wait already.
  void acquire(const std::string& id, Ready ready);
  // Whether a model is being loaded now.
  bool loading() const { return is_loading_; }
  // Those loaded now.
  std::vector<std::shared_ptr<ServedModel>> loaded() const;

 private:
  struct Slot {
    explicit Slot(ModelEntry of) : entry(std::move(of)) {}
    const ModelEntry entry;
    std::shared_ptr<ServedModel> model;
    std::vector<Ready> waiting;
    bool loading = false;
    bool replaced = false;
    std::uint64_t last_used = 0;
  };
  using SlotPointer = std::shared_ptr<Slot>;  // a slot may be replaced while its model is loaded

  SlotPointer find(const std::string& id) const;
  SlotPointer find_adapted(const std::string& id) const;
  void remove(Slot& slot, std::vector<std::string>& replaced, std::vector<Ready>& homeless);
  void run();
  void load(const SlotPointer& slot);
  std::shared_ptr<ServedModel> make(const ModelEntry& entry) const;
  void make_room(const SlotPointer& slot, std::uint64_t bytes);
  bool has_predecessor(const ModelEntry& entry) const;
  bool has_room(std::uint64_t bytes) const;
  std::shared_ptr<ServedModel> take_idle(const SlotPointer& except);
  void drop_replaced();

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  ModelPoolOptions options_;
  std::vector<SlotPointer> slots_;  // in the order of the entries
  std::deque<SlotPointer> to_load_;
  std::vector<std::shared_ptr<ServedModel>> replaced_;  // that still answer
  std::uint64_t clock_ = 0;
  bool stopping_ = false;

  std::atomic<bool> is_loading_ = false;
  std::thread thread_;
};

}  // namespace minnow::server
