#include "server/status_text.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "server/metrics.hpp"

namespace minnow::server {
namespace {

using Models = std::vector<std::shared_ptr<ServedModel>>;

void write_by_model(std::string& text, const Models& models, const std::string& name, const std::string& type,
                    const std::string& help, const std::function<double(const ServedModel&)>& value) {
  text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  for (const auto& model : models) {
    text += fmt::format("{}{{gen_ai_request_model=\"{}\"}} {}\n", name, label_value(model->id()), value(*model));
  }
}

void write_models(std::string& text, const Models& models) {
  using Stats = engine::SchedulerStats;
  const auto write = [&](const char* name, const char* type, const char* help, double (*value)(const Stats&)) {
    write_by_model(text, models, name, type, help, [&](const auto& model) { return value(model.scheduler().stats()); });
  };
  write("minnow_requests_running", "gauge", "Answers in the batch.",
        [](const Stats& stats) { return static_cast<double>(stats.running); });
  write("minnow_requests_waiting", "gauge", "Requests in the queue.",
        [](const Stats& stats) { return static_cast<double>(stats.waiting); });
  write("minnow_kv_cache_tokens", "gauge", "Tokens whose keys and values are kept.",
        [](const Stats& stats) { return static_cast<double>(stats.cached_tokens); });
  write("minnow_kv_cache_restored_tokens", "gauge", "Tokens that came back from the disk at the start.",
        [](const Stats& stats) { return static_cast<double>(stats.restored_tokens); });
  write("minnow_forward_passes_total", "counter", "Forward passes.",
        [](const Stats& stats) { return static_cast<double>(stats.steps); });
  write("minnow_evaluated_tokens_total", "counter", "Tokens evaluated, of prompts and answers.",
        [](const Stats& stats) { return static_cast<double>(stats.evaluated_tokens); });
  write("minnow_forward_seconds_total", "counter", "Time spent in forward passes.",
        [](const Stats& stats) { return stats.busy_ms / 1000; });
  write_by_model(text, models, "minnow_model_memory_bytes", "gauge", "Weights, KV caches and scratch.",
                 [](const ServedModel& model) { return static_cast<double>(model.memory_bytes()); });
}

std::optional<double> read_number(const std::filesystem::path& path) {
  std::ifstream file(path);
  double number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The hottest thermal zone.
std::optional<double> temperature_celsius() {
  std::optional<double> hottest;
  std::error_code ignored;
  for (const auto& zone : std::filesystem::directory_iterator("/sys/class/thermal", ignored)) {
    const auto millidegrees = read_number(zone.path() / "temp");
    if (millidegrees) hottest = std::max(hottest.value_or(*millidegrees), *millidegrees);
  }
  return hottest ? std::optional(*hottest / 1000) : std::nullopt;
}

// Since the system's start; most systems let only root read it.
std::optional<double> package_joules() {
  const auto microjoules = read_number("/sys/class/powercap/intel-rapl:0/energy_uj");
  return microjoules ? std::optional(*microjoules * 1e-6) : std::nullopt;
}

}  // namespace

std::string status_metrics(const ModelPool& pool) {
  std::string text;
  write_models(text, pool.loaded());
  write_metric(text, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
  write_metric(text, "process_cpu_seconds_total", "counter", "Time of all cores.", cpu_seconds());
  if (const auto celsius = temperature_celsius()) {
    write_metric(text, "minnow_temperature_celsius", "gauge", "The hottest thermal zone.", *celsius);
  }
  if (const auto joules = package_joules()) {
    write_metric(text, "minnow_package_energy_joules_total", "counter", "Energy of the processor package.", *joules);
  }
  return text;
}

}  // namespace minnow::server
