#include "server/served_model.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "engine/common_prefix.hpp"
#include "engine/loaded_model.hpp"

namespace minnow::server {
namespace {

std::size_t longest_piece(const Model& model) {
  std::size_t longest = 1;
  for (std::size_t id = 0; id < model.vocabulary_size(); ++id) {
    longest = std::max(longest, model.piece(static_cast<TokenId>(id), /*show_control=*/true).size());
  }
  return longest;
}

}  // namespace

ServedModel::ServedModel(std::string id, Model model, std::map<std::string, Model> adapted,
                         const engine::SchedulerOptions& options)
    : id_(std::move(id)),
      model_(std::move(model)),
      adapted_(std::move(adapted)),
      scheduler_(std::make_unique<engine::Scheduler>(model_, options)),
      tool_dialect_(text::ToolDialect::of_template(engine::loaded_model(model_)->tool_template_source())),
      longest_piece_(longest_piece(model_)) {}

const Model& ServedModel::variant(const std::string& asked) const {
  return asked.empty() || asked == id_ ? model_ : adapted_.at(asked.substr(asked.rfind(':') + 1));
}

bool ServedModel::template_knows_tools() const {
  return engine::loaded_model(model_)->tool_template_source().find("tools") != std::string::npos;
}

bool ServedModel::busy() const {
  {
    const std::scoped_lock lock(worker_mutex_);
    if (embedding_worker_ && embedding_worker_->busy()) return true;
  }
  const engine::SchedulerStats stats = scheduler_->stats();
  return stats.running + stats.waiting > 0;
}

std::uint64_t ServedModel::memory_bytes() const {
  return model_.weights_bytes() + scheduler_->plan().kv_bytes + scheduler_->plan().scratch_bytes;
}

std::size_t ServedModel::most_text_bytes() const { return scheduler_->plan().context * longest_piece_; }

void ServedModel::require_room_for(std::size_t text_bytes) const {
  if (text_bytes <= most_text_bytes()) return;
  fail(ErrorCode::context_full, "the text has {} bytes and the context holds {} tokens, at most {} bytes", text_bytes,
       scheduler_->plan().context, most_text_bytes());
}

bool ServedModel::embed(EmbeddingJob job) {
  const std::scoped_lock lock(worker_mutex_);
  if (!embedding_worker_) embedding_worker_.emplace(model_, scheduler_->plan().context);
  return embedding_worker_->add(std::move(job));
}

std::vector<TokenId> system_prompt_tokens(const Model& model, const std::string& text) {
  if (!model.has_chat_template()) return model.tokenize(text);
  const auto tokens = [&](const char* question) {
    const std::vector<ChatMessage> messages{{.role = "system", .content = text}, {.role = "user", .content = question}};
    return model.chat_tokens(messages);
  };
  std::vector<TokenId> one = tokens("a");
  const std::vector<TokenId> other = tokens("What?");
  one.resize(engine::common_prefix(one, other));
  return one;
}

bool leaves_out_system_prompt(const Model& model, const std::string& text) {
  return model.has_chat_template() && system_prompt_tokens(model, text) == system_prompt_tokens(model, text + "x");
}

}  // namespace minnow::server
