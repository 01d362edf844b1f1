#include "evaluation/task.hpp"

#include <array>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/sha256.hpp"
#include "evaluation/task_formats.hpp"
#include "formats/json_document.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kLargestFileBytes = std::size_t{256} << 20;

struct Format {
  TaskKind kind;
  std::string_view name;
  TaskItem (*item)(const TaskLine&);
};
constexpr std::array kFormats{
    Format{TaskKind::mmlu, "mmlu", mmlu_item},
    Format{TaskKind::arc, "arc", arc_item},
    Format{TaskKind::hellaswag, "hellaswag", hellaswag_item},
    Format{TaskKind::gsm8k, "gsm8k", gsm8k_item},
    Format{TaskKind::intent, "intent", intent_item},
};

const Format& format_of(TaskKind kind) {
  for (const Format& format : kFormats) {
    if (format.kind == kind) return format;
  }
  fail(ErrorCode::invalid_input, "there is no such kind of task");
}

TaskKind kind_of(const TaskLine& line) {
  if (line.has("ctx_a")) return TaskKind::hellaswag;
  if (line.has("centerpiece")) {
    fail(ErrorCode::invalid_input, "{}: it may be asked as mmlu or as arc asks; say which with --kind", line.name);
  }
  if (line.has("choices")) return line.field("choices").is_object() ? TaskKind::arc : TaskKind::mmlu;
  if (line.has("intent") && line.has("text")) return TaskKind::intent;
  if (line.has("question") && line.has("answer")) return TaskKind::gsm8k;
  fail(ErrorCode::invalid_input, "{}: its fields are those of no task we know; say which it is with --kind", line.name);
}

nlohmann::json fields_of(std::string_view line, const std::string& name) {
  nlohmann::json fields = formats::parse_json(line, name);
  if (!fields.is_object()) fail(ErrorCode::invalid_input, "{}: it is not a JSON object", name);
  return fields;
}

}  // namespace

std::string_view name_of(TaskKind kind) { return format_of(kind).name; }

std::optional<TaskKind> task_kind(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return format.kind;
  }
  return std::nullopt;
}

Task task_from_text(std::string_view text, const std::string& name, const TaskOptions& options) {
  Task task{.name = name, .sha256 = sha256_hex(std::as_bytes(std::span(text))), .items = {}};
  std::optional<TaskKind> kind = options.kind;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string line_name = name + " line " + std::to_string(number);
    const nlohmann::json fields = fields_of(line, line_name);
    const TaskLine fields_and_name{fields, line_name};
    if (!kind) kind = kind_of(fields_and_name);
    TaskItem item = format_of(*kind).item(fields_and_name);
    if (item.subject.empty()) item.subject = options.subject;
    item.record = line;
    task.items.push_back(std::move(item));
  }
  if (task.items.empty()) fail(ErrorCode::invalid_input, "{}: there is no question in it", name);
  task.kind = *kind;
  return task;
}

Task read_task(const std::filesystem::path& path, const TaskOptions& options) {
  return task_from_text(read_file(path, kLargestFileBytes), path.filename().string(), options);
}

}  // namespace minnow::evaluation
