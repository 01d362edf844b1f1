#include "evaluation/task_results.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/cache_type.hpp"
#include "evaluation/model_json.hpp"
#include "formats/json_document.hpp"

namespace minnow::evaluation {
namespace {

using ordered_json = nlohmann::ordered_json;

constexpr std::size_t kLargestFileBytes = std::size_t{512} << 20;

ordered_json setup_of(const TaskRun& run) {
  const TaskRunOptions& options = run.options();
  const Task* examples = options.prompts.examples;
  return {{"kind", name_of(run.task().kind)},
          {"task", run.task().name},
          {"task_sha256", run.task().sha256},
          {"subject", run.task().items[0].subject},
          {"shots", options.prompts.shots},
          {"examples_sha256", examples == nullptr ? run.task().sha256 : examples->sha256},
          {"seed", options.prompts.seed},
          {"context", options.reading.context},
          {"max_tokens", options.max_tokens},
          {"cache_type", engine::name_of(options.reading.cache_type)},
          {"model_sha256", run.model().sha256()},
          {"arithmetic", run.model().arithmetic()},
          {"version", version()}};
}

ordered_json scores_json(const std::vector<TaskScore>& scores) {
  ordered_json json = ordered_json::object();
  for (const TaskScore& score : scores) {
    json[score.name] = {
        {"value", score.value}, {"stderr", score.standard_error}, {"low", score.low}, {"high", score.high}};
  }
  return json;
}

ordered_json item_json(const TaskItem& item, const TaskAnswer& answer, const TaskDecision& decision) {
  ordered_json json;
  item.choices.empty() ? json["answer"] = item.target : json["answer"] = item.answer;
  for (const auto& [name, number] : decision.numbers) json[name] = number;
  for (const auto& [name, text] : decision.extracted) json[name] = text;
  for (const TaskPoints& points : decision.points) {
    if (points.is_share) json[points.score] = points.right;
  }
  item.choices.empty() ? json["text"] = answer.text : json["log_likelihoods"] = answer.log_likelihoods;
  return json;
}

TaskAnswer kept_answer(const nlohmann::json& item, const std::string& name) {
  TaskAnswer answer;
  const bool has_text = item.is_object() && item.contains("text") && item["text"].is_string();
  if (has_text) {
    answer.text = item["text"].get<std::string>();
    return answer;
  }
  if (!item.is_object() || !item.contains("log_likelihoods") || !item["log_likelihoods"].is_array()) {
    fail(ErrorCode::invalid_input, "{}: an item has neither log-likelihoods nor a text", name);
  }
  for (const nlohmann::json& value : item["log_likelihoods"]) {
    if (!value.is_number()) fail(ErrorCode::invalid_input, "{}: a log-likelihood is no number", name);
    answer.log_likelihoods.push_back(value.get<double>());
  }
  return answer;
}

void require_same_setup(const nlohmann::json& kept, const nlohmann::json& wanted, const std::string& name) {
  for (const auto& [field, value] : wanted.items()) {
    if (field == "task") continue;  // a file may have been renamed
    const auto found = kept.find(field);
    if (found != kept.end() && *found == value) continue;
    fail(ErrorCode::invalid_input, "{} can't be resumed: its {} is {}, and now it is {}", name, field,
         found == kept.end() ? "missing" : found->dump(), value.dump());
  }
}

}  // namespace

ordered_json task_results(const TaskRun& run) {
  ordered_json json{{"setup", setup_of(run)},
                    {"model", model_json(run.model())},
                    {"questions", run.size()},
                    {"answered", run.answers().size()},
                    {"scores", scores_json(run.scores())}};
  for (const auto& [subject, scores] : run.scores_by_subject()) {
    json["subjects"][subject] = scores_json(scores);
    json["subjects"][subject]["questions"] = scores[0].n;
  }
  json["items"] = ordered_json::array();
  for (std::size_t i = 0; i < run.answers().size(); ++i) {
    json["items"].push_back(item_json(run.task().items[i], run.answers()[i], run.decisions()[i]));
  }
  return json;
}

std::string to_line(const ordered_json& results) {
  return results.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

void write_results(const std::filesystem::path& path, const TaskRun& run) {
  write_file(path, to_line(task_results(run)));
}

KeptResults results_from_text(std::string_view text, const std::string& name) {
  nlohmann::json json = formats::parse_json(text, name);
  if (!json.is_object() || !json.contains("setup") || !json["setup"].is_object() || !json.contains("items") ||
      !json["items"].is_array()) {
    fail(ErrorCode::invalid_input, "{} holds no results of a task", name);
  }
  KeptResults kept{.setup = std::move(json["setup"]), .answers = {}};
  for (const nlohmann::json& item : json["items"]) kept.answers.push_back(kept_answer(item, name));
  return kept;
}

void resume_from(const std::filesystem::path& path, TaskRun& run) {
  KeptResults kept = results_from_text(read_file(path, kLargestFileBytes), path.string());
  require_same_setup(kept.setup, setup_of(run), path.string());
  run.resume(std::move(kept.answers));
}

}  // namespace minnow::evaluation
