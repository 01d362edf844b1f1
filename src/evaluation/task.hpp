// A task: questions with known answers, read from JSON lines as the data sets publish them, and already in the words
// that EleutherAI's lm-evaluation-harness puts them to a model.
//
//   const Task task = read_task("ARC-Challenge.jsonl");
//   std::cout << task.items[0].query;   // "Question: … \nAnswer:"
//
// The fields of a line are those of the data sets on Hugging Face:
//   mmlu       {"question", "choices": [text…], "answer": index or letter, "subject"}
//   arc        {"question", "choices": {"text": […], "label": […]}, "answerKey"}
//   hellaswag  {"ctx_a", "ctx_b", "activity_label", "endings": […], "label"}
//   gsm8k      {"question", "answer": "… #### number"}
//   intent     {"text", "intent", "slots": {name: value…}}
// and for mmlu and arc also {"centerpiece", "options": […], "correct_options_idx": [index]}.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::evaluation {

enum class TaskKind { mmlu, arc, hellaswag, gsm8k, intent };

// Whether it is answered in words, not by a choice.
inline bool is_generative(TaskKind kind) { return kind == TaskKind::gsm8k || kind == TaskKind::intent; }

std::string_view name_of(TaskKind kind);
// "mmlu", "arc", …; no value for another word.
std::optional<TaskKind> task_kind(std::string_view name);

struct TaskItem {
  std::string query;                 // what is asked, without examples before it
  std::vector<std::string> choices;  // what may follow it after a space
  std::size_t answer = 0;            // index of the right choice
  std::string target{};              // what should be said where there are no choices
  std::string subject{};             // MMLU's; empty: none
  std::string record{};              // the line it came from
};

struct Task {
  TaskKind kind = TaskKind::mmlu;
  std::string name;    // the file's
  std::string sha256;  // of the file
  std::vector<TaskItem> items;
};

struct TaskOptions {
  std::optional<TaskKind> kind{};  // no value: what the first line's fields say
  std::string subject{};           // of lines that don't name one
};

// At least one item. Throws Error(not_found, io), and Error(invalid_input), naming the line, for what isn't a question
// with an answer.
Task read_task(const std::filesystem::path& path, const TaskOptions& options = {});
Task task_from_text(std::string_view text, const std::string& name, const TaskOptions& options = {});

}  // namespace minnow::evaluation
