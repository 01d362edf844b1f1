// A conversation through the model's own chat template.
//
//   minnow::Chat chat(model, {.context = 4096}, {.system = "You are brief."});
//   std::cout << chat.answer("What is a minnow?").text;
//
// Each turn renders the whole conversation again and evaluates only what differs from the tokens already in the cache.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "minnow/session.hpp"

namespace minnow {

struct ChatSetup {
  std::string system{};      // empty: no system message
  std::string tools_json{};  // see ChatOptions
  std::string extra_json{};
};

class Chat {
 public:
  // Throws Error(unsupported) when the model has no chat template, and what Session throws.
  explicit Chat(const Model& model, const SessionOptions& options = {}, const ChatSetup& setup = {});

  // One turn. Throws Error(context_full) when the conversation no longer fits; after any exception the
  // conversation is as it was. A cancelled answer stays in the conversation as far as it came.
  Generation answer(std::string_view user_text, const GenerateOptions& options = {});
  // The same for any message, a tool's result for instance.
  Generation answer(const ChatMessage& message, const GenerateOptions& options = {});

  std::span<const ChatMessage> messages() const { return messages_; }
  // Starts over, with the system message only.
  void clear();
  // The same with another system message; empty: none.
  void restart(std::string_view system);
  Session& session() { return session_; }

 private:
  Session session_;
  ChatSetup setup_;
  std::vector<ChatMessage> messages_;
};

}  // namespace minnow
