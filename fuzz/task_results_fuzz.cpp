// Any bytes as a file of a task's results: answers to go on from, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "evaluation/task_results.hpp"
#include "minnow/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow::evaluation;
  try {
    const KeptResults kept = results_from_text({reinterpret_cast<const char*>(data), size}, "fuzzed");
    const TaskItem choice{.query = "q", .choices = {"a", "bc"}, .answer = 1};
    const TaskItem number{.query = "q", .choices = {}, .target = "so #### 4"};
    const TaskItem intent{.query = "q", .choices = {}, .target = R"({"intent": "a", "slots": {"b": 1}})"};
    for (const TaskAnswer& answer : kept.answers) {
      decide(TaskKind::gsm8k, number, answer);
      decide(TaskKind::intent, intent, answer);
      if (decide(TaskKind::arc, choice, answer).numbers[0].second >= choice.choices.size()) __builtin_trap();
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
