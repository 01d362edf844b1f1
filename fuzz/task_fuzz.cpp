// Any bytes as a file of a task, asked as each kind asks: questions with answers, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "evaluation/task_prompts.hpp"
#include "minnow/error.hpp"

using namespace minnow::evaluation;

namespace {

void use(const Task& task) {
  if (task.items.empty()) std::abort();
  for (const TaskItem& item : task.items) {
    if (is_generative(task.kind) ? item.target.empty() && task.kind == TaskKind::intent
                                 : item.answer >= item.choices.size() || item.query.empty()) {
      std::abort();
    }
  }
  const TaskPrompts prompts(task, {.shots = 2});
  for (std::size_t i = 0; i < task.items.size() && i < 4; ++i) {
    if (!prompts.context(i).ends_with(task.items[i].query)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* kind : {"", "mmlu", "arc", "hellaswag", "gsm8k", "intent"}) {
    try {
      use(task_from_text(text, "fuzzed", {.kind = task_kind(kind)}));
    } catch (const minnow::Error&) {
    }
  }
  return 0;
}
