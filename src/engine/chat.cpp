#include "minnow/chat.hpp"

#include <utility>

#include "base/error.hpp"
#include "engine/common_prefix.hpp"

namespace minnow {

Chat::Chat(const Model& model, const SessionOptions& options, const ChatSetup& setup)
    : session_(model, options), setup_(setup) {
  if (!model.has_chat_template()) {
    fail(ErrorCode::unsupported, "{} has no chat template; send it a raw prompt", model.name());
  }
  clear();
}

void Chat::clear() {
  messages_.clear();
  if (!setup_.system.empty()) messages_.push_back({.role = "system", .content = setup_.system});
}

void Chat::restart(std::string_view system) {
  setup_.system = system;
  clear();
}

Generation Chat::answer(std::string_view user_text, const GenerateOptions& options) {
  return answer({.role = "user", .content = std::string(user_text)}, options);
}

Generation Chat::answer(const ChatMessage& message, const GenerateOptions& options) {
  messages_.push_back(message);
  try {
    const std::vector<TokenId> ids =
        session_.model().chat_tokens(messages_, {.tools_json = setup_.tools_json, .extra_json = setup_.extra_json});
    if (ids.size() > session_.context()) {
      fail(ErrorCode::context_full, "the conversation has {} tokens and the context holds {}; start a new one",
           ids.size(), session_.context());
    }
    const std::size_t common = engine::keep_common(session_, ids);  // the turns before are in the cache already
    Generation generation = session_.generate(std::span(ids).subspan(common), options);
    generation.prompt_tokens = ids;
    messages_.push_back({.role = "assistant", .content = generation.text});
    return generation;
  } catch (...) {
    messages_.pop_back();
    throw;
  }
}

}  // namespace minnow
