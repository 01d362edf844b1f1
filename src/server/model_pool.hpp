// The models a server knows, loaded when they are first asked for and unloaded again when another one needs their room.
//
//   ModelPool pool({{.id = "small", .load = …}, {.id = "large", .load = …}}, {.most_loaded = 1});
//   pool.acquire("large", [](std::shared_ptr<ServedModel> model, std::exception_ptr failure) { … });
//
// Loading happens on a thread of the pool's own. A model is unloaded when it has no requests and nobody holds it; what
// its scheduler calls back must not hold it, since a scheduler's own thread can't take it apart.
#pragma once

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
#include <vector>

#include "server/served_model.hpp"

namespace minnow::server {

struct AdapterEntry {
  std::string name;  // requests ask for "model:name"
  std::string path;  // a GGUF file, or a folder saved by PEFT
};

struct ModelEntry {
  std::string id;
  std::int64_t created_s = 0;  // seconds since 1970: when the file was written
  std::uint64_t file_bytes = 0;
  std::function<Model()> load;  // called from the pool's thread, perhaps more than once
  engine::SchedulerOptions scheduler{};
  std::vector<AdapterEntry> adapters{};       // loaded with the model
  std::vector<std::string> pinned_prompts{};  // system prompts that stay in the cache for good
};

struct ModelPoolOptions {
  std::size_t most_loaded = 0;     // models at once; 0: all of them
  std::uint64_t memory_bytes = 0;  // weights, caches and scratch of all loaded ones; 0: what the device has
};

class ModelPool {
 public:
  using Ready = std::function<void(std::shared_ptr<ServedModel>, std::exception_ptr)>;

  ModelPool(std::vector<ModelEntry> entries, const ModelPoolOptions& options);
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;
  // Ends all requests in progress.
  ~ModelPool();

  const std::vector<ModelEntry>& entries() const { return entries_; }
  // The entry of that name, the first for an empty one; null when there is none.
  const ModelEntry* find(const std::string& id) const;

  // `id` is a model's, or "model:adapter". Calls `ready` with the model, at once when it is loaded, else from the
  // pool's thread when it is; or with what went wrong. Throws ApiError(404) for an unknown id, ApiError(503) when too
  // many wait already.
  void acquire(const std::string& id, Ready ready);
  // Those loaded now.
  std::vector<std::shared_ptr<ServedModel>> loaded() const;

 private:
  struct Slot {
    std::shared_ptr<ServedModel> model;
    std::vector<Ready> waiting;
    bool loading = false;
    std::uint64_t last_used = 0;
  };

  const ModelEntry* find_adapted(const std::string& id) const;
  void run();
  void load(std::size_t index);
  std::shared_ptr<ServedModel> make(const ModelEntry& entry) const;
  void make_room(std::size_t index);
  std::shared_ptr<ServedModel> take_idle(std::size_t except);

  std::vector<ModelEntry> entries_;
  ModelPoolOptions options_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::vector<Slot> slots_;  // one for each entry
  std::deque<std::size_t> to_load_;
  std::uint64_t clock_ = 0;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace minnow::server
