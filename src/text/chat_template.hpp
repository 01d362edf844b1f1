// Renders the chat template a model file carries: Jinja2 as `transformers.apply_chat_template` runs it, by an
// interpreter of our own whose steps, recursion and output are bounded.
//
//   ChatTemplate chat(source);
//   std::string prompt = chat.render({.messages = messages, .add_generation_prompt = true});
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace minnow::text {

struct TemplateLimits {
  std::size_t steps = 1'000'000;
  std::size_t depth = 200;
  std::size_t output_bytes = 16u << 20;
};

class ChatTemplate {
 public:
  // Throws Error(invalid_input) with line and column for a template that doesn't parse, Error(unsupported)
  // for one that uses what we lack.
  explicit ChatTemplate(std::string_view source, const TemplateLimits& limits = {});
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  // `context` is a JSON object with the template's variables: messages, tools, add_generation_prompt, bos_token,
  // eos_token and whatever else it reads (enable_thinking…). Key order is kept (ordered_json).
  // Throws Error(invalid_input) when the template itself refuses (raise_exception) or runs past a limit.
  std::string render(const nlohmann::ordered_json& context) const;

  const std::string& source() const;

 private:
  struct Program;
  std::unique_ptr<const Program> program_;
};

}  // namespace minnow::text
