#include "text/known_templates.hpp"

#include <algorithm>
#include <iterator>

namespace minnow::text {

namespace {

// A template belongs to the first family all of whose markers it holds; the more particular come first.
struct Family {
  std::string_view name;
  std::string_view first;
  std::string_view second;  // empty when the first says enough
};

constexpr Family kFamilies[] = {
    {"gemma-4", "<|turn>", "<turn|>"},
    {"gemma", "<start_of_turn>", ""},
    {"deepseek-r1", "<｜Assistant｜>", ""},
    {"llama-4", "<|header_start|>", "<|eot|>"},
    {"llama-3", "<|start_header_id|>", "<|eot_id|>"},
    {"llama-2", "[INST]", "<<SYS>>"},
    {"mistral-v7", "[SYSTEM_PROMPT]", "[INST]"},
    {"mistral", "[INST]", ""},
    {"smollm3", "<|im_start|>", "## Custom Instructions"},
    {"hermes-2-pro", "<|im_start|>", "You are a function calling AI model"},
    {"lfm2", "<|im_start|>", "List of tools: ["},
    {"qwen3", "<|im_start|>", "reasoning_content"},
    {"qwen2.5", "<|im_start|>", "# Tools\\n\\nYou may call one or more functions"},
    {"phi-4", "<|im_start|>", "<|im_sep|>"},
    {"chatml", "<|im_start|>", ""},
    {"granite", "<|start_of_role|>", ""},
    {"command-r", "<|START_OF_TURN_TOKEN|>", ""},
    {"gpt-oss", "<|start|>", "<|message|>"},
    {"glm-4", "[gMASK]", "<|assistant|>"},
    {"phi-3", "<|assistant|>", "<|end|>"},
    {"zephyr", "<|assistant|>", "<|user|>"},
    {"falcon-3", "<|assistant|>", ""},
    {"deepseek", "### Instruction:", "<|EOT|>"},
    {"alpaca", "### Instruction:", ""},
    {"vicuna", "USER: ", "ASSISTANT:"},
    {"openchat", "GPT4 Correct User:", ""},
};

}  // namespace

std::string_view known_template_name(std::string_view source) {
  const auto holds = [&](std::string_view marker) { return source.find(marker) != std::string_view::npos; };
  const auto* family = std::find_if(std::begin(kFamilies), std::end(kFamilies), [&](const Family& candidate) {
    return holds(candidate.first) && holds(candidate.second);
  });
  return family == std::end(kFamilies) ? std::string_view() : family->name;
}

}  // namespace minnow::text
