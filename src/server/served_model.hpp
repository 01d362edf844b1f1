// A loaded model and the scheduler that shares it among requests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/scheduler.hpp"
#include "minnow/model.hpp"
#include "text/tools/tool_dialect.hpp"

namespace minnow::server {

class ServedModel {
 public:
  // Throws what Scheduler does.
  ServedModel(std::string id, Model model, const engine::SchedulerOptions& options);

  const std::string& id() const { return id_; }
  const Model& model() const { return model_; }
  engine::Scheduler& scheduler() const { return *scheduler_; }
  const text::ToolDialect& tool_dialect() const { return tool_dialect_; }
  // Whether its chat template shows tools to the model; if not, the request's reader does.
  bool template_knows_tools() const;
  std::uint64_t memory_bytes() const;  // weights, KV caches and scratch

 private:
  std::string id_;
  Model model_;
  std::unique_ptr<engine::Scheduler> scheduler_;
  text::ToolDialect tool_dialect_;
};

// How every prompt begins that has this system message: what two conversations with it have in common. Without a chat
// template, the text's own tokens.
std::vector<TokenId> system_prompt_tokens(const Model& model, const std::string& text);

}  // namespace minnow::server
