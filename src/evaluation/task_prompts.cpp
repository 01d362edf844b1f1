#include "evaluation/task_prompts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "evaluation/python_random.hpp"

namespace minnow::evaluation {
namespace {

const std::string& right_answer(const TaskItem& item) {
  return item.choices.empty() ? item.target : item.choices[item.answer];
}

std::string with_answer(const TaskItem& item) { return item.query + " " + right_answer(item) + "\n\n"; }

// MMLU tells the model what the questions are about.
std::string description(const TaskItem& item) {
  if (item.subject.empty()) return {};
  std::string subject = item.subject;
  std::replace(subject.begin(), subject.end(), '_', ' ');
  return "The following are multiple choice questions (with answers) about " + subject + ".\n\n";
}

void require_enough(const Task& pool, std::size_t available, std::size_t shots) {
  if (available >= shots) return;
  fail(ErrorCode::invalid_input, "{}: {} examples are wanted, and there are {} to choose from", pool.name, shots,
       available);
}

}  // namespace

TaskPrompts::TaskPrompts(const Task& task, const PromptOptions& options)
    : task_(task), pool_(options.examples == nullptr ? task : *options.examples), examples_(task.items.size()) {
  if (pool_.kind != task_.kind) {
    fail(ErrorCode::invalid_input, "{} holds {} questions, and the examples in {} are of {}", task_.name,
         name_of(task_.kind), pool_.name, name_of(pool_.kind));
  }
  if (options.shots == 0) return;
  if (task_.kind == TaskKind::mmlu) {
    for (std::size_t i = 0; i < examples_.size(); ++i) examples_[i] = first_of_subject(task_.items[i], options.shots);
  } else {
    draw_all(options);
  }
}

bool TaskPrompts::may_show(const TaskItem& example, const TaskItem& asked) const {
  return &pool_ != &task_ || example.record != asked.record;
}

TaskPrompts::Examples TaskPrompts::first_of_subject(const TaskItem& item, std::size_t shots) const {
  Examples examples;
  for (std::size_t i = 0; i < pool_.items.size() && examples.size() < shots; ++i) {
    const TaskItem& example = pool_.items[i];
    if (example.subject == item.subject && may_show(example, item)) examples.push_back(i);
  }
  require_enough(pool_, examples.size(), shots);
  return examples;
}

// When the question may be among its own examples one more is drawn, so that it can be left out; when the file has it
// several times, all is drawn again from the rest.
void TaskPrompts::draw_all(const PromptOptions& options) {
  PythonRandom random(options.seed);
  const bool from_itself = &pool_ == &task_;
  const std::size_t n_drawn = options.shots + (from_itself ? 1 : 0);
  require_enough(pool_, pool_.items.size() + options.shots - n_drawn, options.shots);
  for (std::size_t i = 0; i < examples_.size(); ++i) {
    const TaskItem& asked = task_.items[i];
    Examples& examples = examples_[i];
    for (const std::size_t drawn : random.sample(pool_.items.size(), n_drawn)) {
      if (examples.size() < options.shots && may_show(pool_.items[drawn], asked)) examples.push_back(drawn);
    }
    if (examples.size() == options.shots) continue;
    Examples others;
    for (std::size_t other = 0; other < pool_.items.size(); ++other) {
      if (may_show(pool_.items[other], asked)) others.push_back(other);
    }
    require_enough(pool_, others.size(), options.shots);
    examples = random.sample(others.size(), options.shots);
    for (std::size_t& example : examples) example = others[example];
  }
}

std::string TaskPrompts::context(std::size_t item) const {
  const TaskItem& asked = task_.items[item];
  std::string context = task_.kind == TaskKind::mmlu ? description(asked) : "";
  for (const std::size_t example : examples_[item]) context += with_answer(pool_.items[example]);
  return context + asked.query;
}

std::vector<ChatMessage> TaskPrompts::messages(std::size_t item) const {
  std::vector<ChatMessage> messages;
  for (const std::size_t example : examples_[item]) {
    messages.push_back({.role = "user", .content = pool_.items[example].query});
    messages.push_back({.role = "assistant", .content = right_answer(pool_.items[example])});
  }
  messages.push_back({.role = "user", .content = task_.items[item].query});
  return messages;
}

}  // namespace minnow::evaluation
