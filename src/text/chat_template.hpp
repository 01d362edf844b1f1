// Renders the chat template a model file carries: Jinja2 as `transformers.apply_chat_template` runs it, by an
// interpreter of our own whose steps, recursion, memory and output are bounded.
//
//   ChatTemplate chat(source);
//   std::string prompt = chat.render({{"messages", messages}, {"add_generation_prompt", true}});
//
// Python's rules hold where they show: truth, printing, slices, string methods, integer division. Integers have
// 64 bits, and a result beyond that is an error. Templates may not include, import or extend others.
//
// A ChatTemplate is read-only after construction; threads may render with the same one at once.
#pragma once

#include <cstddef>
#include <ctime>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace minnow::text {

struct TemplateLimits {
  std::size_t steps = 20'000'000;         // expressions and statements evaluated, plus one per 64 bytes touched
  std::size_t depth = 1000;               // nested evaluations: expressions, blocks and macro calls together
  std::size_t output_bytes = 16u << 20;   // the rendered text, and any one string on the way to it
  std::size_t memory_bytes = 128u << 20;  // values alive at once
  std::size_t source_bytes = 512u << 10;  // the template's own text
};

class ChatTemplate {
 public:
  // Throws Error(invalid_input) with the line for a template that doesn't parse, Error(unsupported) for one that
  // uses what we lack.
  explicit ChatTemplate(std::string_view source, const TemplateLimits& limits = {});
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  // `context` is a JSON object with the template's variables: messages, tools, add_generation_prompt, bos_token,
  // eos_token and whatever else it reads (enable_thinking…). Key order is kept (ordered_json).
  // Throws Error(invalid_input) when the template itself refuses (raise_exception) or runs past a limit.
  std::string render(const nlohmann::ordered_json& context) const;
  // The same at a chosen time, in the local time zone: what strftime_now sees.
  std::string render(const nlohmann::ordered_json& context, std::time_t now) const;

  const std::string& source() const;

 private:
  struct Program;
  std::unique_ptr<const Program> program_;
};

}  // namespace minnow::text
