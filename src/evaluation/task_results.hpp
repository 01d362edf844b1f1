// A task's results as one JSON object, and the file of it from which an interrupted run goes on.
//
//   {"setup": {…}, "model": {…}, "questions": 1172, "answered": 1172,
//    "scores": {"acc": {"value", "stderr", "low", "high"}, …}, "subjects": {"marketing": {"questions", "acc": …}, …},
//    "items": [{"answer", "choice", "choice_norm", "acc", "acc_norm", "log_likelihoods": […]}, …]}
//
// An item of a task that is answered in words has "text" instead of log-likelihoods, and what was found in it.
//
// "setup" is everything the answers depend on: task, examples, shots, seed, context, model's SHA-256, arithmetic and
// version. A run goes on only from results with the same setup.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/task_run.hpp"

namespace minnow::evaluation {

nlohmann::ordered_json task_results(const TaskRun& run);
std::string to_line(const nlohmann::ordered_json& results);  // with a line's end

// Under its name only when it is whole.
void write_results(const std::filesystem::path& path, const TaskRun& run);

// Gives `run` the answers kept in a file of results. Throws Error(not_found, io), Error(invalid_input) for what is no
// such file or comes from another setup, naming what differs.
void resume_from(const std::filesystem::path& path, TaskRun& run);

struct KeptResults {
  nlohmann::json setup;
  std::vector<TaskAnswer> answers;
};
KeptResults results_from_text(std::string_view text, const std::string& name);

}  // namespace minnow::evaluation
