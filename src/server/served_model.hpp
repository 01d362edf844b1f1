// A loaded model and the scheduler that shares it among requests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/scheduler.hpp"
#include "minnow/model.hpp"
#include "server/embedding_worker.hpp"
#include "text/tools/tool_dialect.hpp"

namespace minnow::server {

class ServedModel {
 public:
  // Throws what Scheduler does.
  ServedModel(std::string id, Model model, std::map<std::string, Model> adapted,
              const engine::SchedulerOptions& options);

  const std::string& id() const { return id_; }
  const Model& model() const { return model_; }
  // What "id" or "id:adapter" means. Precondition: there is such an adapter.
  const Model& variant(const std::string& asked) const;
  engine::Scheduler& scheduler() const { return *scheduler_; }
  const text::ToolDialect& tool_dialect() const { return tool_dialect_; }
  // Whether its chat template shows tools to the model; if not, the request's reader does.
  bool template_knows_tools() const;
  // Whether anything is answered now, or waits for it.
  bool busy() const;
  std::uint64_t memory_bytes() const;  // weights, KV caches and scratch
  // How many bytes of text may fit the context, were all its tokens as long as the longest.
  std::size_t most_text_bytes() const;
  // Throws Error(context_full) for a text that can't fit, without the work of tokenizing it.
  void require_room_for(std::size_t text_bytes) const;

  // False when too many wait already.
  bool embed(EmbeddingJob job);

 private:
  std::string id_;
  Model model_;
  std::map<std::string, Model> adapted_;  // by the adapter's name
  std::unique_ptr<engine::Scheduler> scheduler_;
  text::ToolDialect tool_dialect_;
  std::size_t longest_piece_;        // in bytes
  mutable std::mutex worker_mutex_;  // guards the making of the worker
  std::optional<EmbeddingWorker> embedding_worker_;
};

// How every prompt begins that has this system message: what two conversations with it have in common. Without a chat
// template, the text's own tokens.
std::vector<TokenId> system_prompt_tokens(const Model& model, const std::string& text);
// Whether it makes no difference to a prompt: some chat templates leave system messages out.
bool leaves_out_system_prompt(const Model& model, const std::string& text);

}  // namespace minnow::server
