#include "evaluation/task_formats.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

using text::jinja::capitalize;
using text::jinja::strip_space;

// Files in which questions of many sets have one shape.
bool is_common_shape(const TaskLine& line) { return line.has("centerpiece"); }

std::size_t common_answer(const TaskLine& line, std::size_t n_choices) {
  const nlohmann::json& right = line.field("correct_options_idx");
  if (right.is_array() && !right.empty() && right[0].is_number_unsigned() && right[0].get<std::size_t>() < n_choices) {
    return right[0].get<std::size_t>();
  }
  fail(ErrorCode::invalid_input, "{}: \"correct_options_idx\" does not begin with the number of a choice", line.name);
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out;
  for (;;) {
    const std::size_t found = text.find(what);
    out += text.substr(0, found);
    if (found == std::string_view::npos) return out;
    out += by;
    text.remove_prefix(found + what.size());
  }
}

// Without what stands in square brackets, which don't nest and don't go over a line's end.
std::string without_brackets(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('[');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t end = text.find_first_of("]\n");
    const bool closed = end != std::string_view::npos && text[end] == ']';
    if (!closed) out += text.substr(0, end);  // nothing before `end` can be closed
    text.remove_prefix(closed ? end + 1 : std::min(end, text.size()));
  }
  return out;
}

// WikiHow's marks are taken out of HellaSwag.
std::string tidy(std::string_view text) {
  return replaced(without_brackets(replaced(strip_space(text), " [title]", ". ")), "  ", " ");
}

std::string letter(std::size_t choice) { return std::string(1, static_cast<char>('A' + choice)); }

std::size_t mmlu_answer(const TaskLine& line, std::size_t n_choices) {
  const nlohmann::json& answer = line.field("answer");
  for (std::size_t choice = 0; choice < n_choices; ++choice) {
    if (answer.is_string() && answer.get_ref<const std::string&>() == letter(choice)) return choice;
  }
  return line.index("answer", n_choices);
}

}  // namespace

TaskItem mmlu_item(const TaskLine& line) {
  const bool common = is_common_shape(line);
  const std::vector<std::string> choices = line.choices(common ? "options" : "choices");
  TaskItem item;
  item.query = strip_space(line.text(common ? "centerpiece" : "question"));
  for (std::size_t choice = 0; choice < choices.size(); ++choice) {
    item.query += fmt::format("\n{}. {}", letter(choice), choices[choice]);
    item.choices.push_back(letter(choice));
  }
  item.query += "\nAnswer:";
  item.answer = common ? common_answer(line, choices.size()) : mmlu_answer(line, choices.size());
  if (line.has("subject")) item.subject = line.text("subject");
  return item;
}

TaskItem arc_item(const TaskLine& line) {
  const bool common = is_common_shape(line);
  TaskItem item;
  item.query = fmt::format("Question: {}\nAnswer:", line.text(common ? "centerpiece" : "question"));
  if (common) {
    item.choices = line.choices("options");
    item.answer = common_answer(line, item.choices.size());
    return item;
  }
  const nlohmann::json& choices = line.field("choices");
  if (!choices.is_object()) fail(ErrorCode::invalid_input, "{}: \"choices\" has no \"text\" and \"label\"", line.name);
  const TaskLine inner{choices, line.name};
  item.choices = inner.choices("text");
  const nlohmann::json& labels = inner.field("label");
  const std::string& key = line.text("answerKey");
  for (item.answer = 0; item.answer < item.choices.size() && labels.is_array(); ++item.answer) {
    if (item.answer < labels.size() && labels[item.answer] == key) return item;
  }
  fail(ErrorCode::invalid_input, "{}: \"answerKey\" is none of the labels of the choices", line.name);
}

TaskItem hellaswag_item(const TaskLine& line) {
  TaskItem item;
  const std::string context = line.text("ctx_a") + " " + capitalize(line.text("ctx_b"));
  item.query = tidy(line.text("activity_label") + ": " + context);
  for (const std::string& ending : line.choices("endings")) {
    item.choices.push_back(tidy(ending));
    if (item.choices.back().empty()) fail(ErrorCode::invalid_input, "{}: an ending is empty", line.name);
  }
  item.answer = line.index("label", item.choices.size());
  return item;
}

TaskItem gsm8k_item(const TaskLine& line) {
  return {.query = fmt::format("Question: {}\nAnswer:", line.text("question")),
          .choices = {},
          .target = line.text("answer")};
}

// No harness asks these; a chat model hears the text as it is.
TaskItem intent_item(const TaskLine& line) {
  if (!line.field("slots").is_object()) fail(ErrorCode::invalid_input, "{}: \"slots\" is not an object", line.name);
  const nlohmann::ordered_json target{{"intent", line.text("intent")}, {"slots", line.field("slots")}};
  return {.query = line.text("text"), .choices = {}, .target = target.dump()};
}

}  // namespace minnow::evaluation
