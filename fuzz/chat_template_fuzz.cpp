// Any bytes as a chat template: either text or minnow::Error, within the limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "minnow/error.hpp"
#include "text/chat_template.hpp"
#include "text/known_templates.hpp"

namespace {

constexpr minnow::text::TemplateLimits kLimits{
    .steps = 200'000, .output_bytes = 1u << 20, .memory_bytes = 16u << 20, .source_bytes = 64u << 10};

const nlohmann::ordered_json& context() {
  static const auto value = nlohmann::ordered_json::parse(R"({
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a,b é👍\n"},
                 {"role": "assistant", "content": null, "tool_calls": [{"id": "123456789", "type": "function",
                  "function": {"name": "f", "arguments": {"x": [1, 2.5, true, null]}}}]}, {"role": "tool", "content": "r"}],
    "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object",
               "properties": {"x": {"type": "array"}}, "required": ["x"]}}}],
    "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": true, "n": -7, "f": 0.125})");
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  (void)minnow::text::known_template_name(source);
  try {
    const std::string text = minnow::text::ChatTemplate(source, kLimits).render(context(), 1767323045);
    if (text.size() > kLimits.output_bytes) std::abort();
  } catch (const minnow::Error&) {
  }
  return 0;
}
