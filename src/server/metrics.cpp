#include "server/metrics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace minnow::server {
namespace {

const char* word(engine::EndReason reason) {
  switch (reason) {
    case engine::EndReason::stop:
      return "stop";
    case engine::EndReason::length:
      return "length";
    case engine::EndReason::cancelled:
      return "cancelled";
    case engine::EndReason::deadline:
      return "deadline";
    case engine::EndReason::failed:
      return "failed";
  }
  return "failed";
}

void write_head(std::string& text, const std::string& name, const std::string& type, const std::string& help) {
  text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::add(double value) {
  ++counts_[static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin())];
  sum_ += value;
  ++n_;
}

void Histogram::write(std::string& text, const std::string& name, const std::string& help) const {
  write_head(text, name, "histogram", help);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    below += counts_[i];
    text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bounds_[i], below);
  }
  text += fmt::format("{}_bucket{{le=\"+Inf\"}} {}\n{}_sum {}\n{}_count {}\n", name, n_, name, sum_, name, n_);
}

Metrics::Metrics()
    : first_token_s_({0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60}),
      per_token_s_({0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5}),
      duration_s_({0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92}),
      queue_s_({0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60}) {}

void Metrics::ended(const engine::RequestEnd& end) {
  const std::scoped_lock lock(mutex_);
  ++ends_[word(end.reason)];
  prompt_tokens_ += end.prompt_tokens;
  cached_tokens_ += end.cached_tokens;
  completion_tokens_ += end.completion_tokens;
  duration_s_.add(end.total_ms / 1000);
  queue_s_.add(end.queue_ms / 1000);
  if (end.completion_tokens == 0) return;
  first_token_s_.add(end.first_token_ms / 1000);
  if (end.completion_tokens > 1) {
    per_token_s_.add((end.total_ms - end.first_token_ms) / 1000 / static_cast<double>(end.completion_tokens - 1));
  }
}

void Metrics::replied(const std::string& route, int status) {
  const std::scoped_lock lock(mutex_);
  ++replies_[{route, status}];
}

std::string Metrics::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  first_token_s_.write(text, "gen_ai_server_time_to_first_token_seconds",
                       "From a request's arrival to its first token.");
  per_token_s_.write(text, "gen_ai_server_time_per_output_token_seconds",
                     "Between tokens after the first, by request.");
  duration_s_.write(text, "gen_ai_server_request_duration_seconds", "From a request's arrival to its end.");
  queue_s_.write(text, "minnow_request_queue_seconds", "From a request's arrival to its place in the batch.");
  write_head(text, "gen_ai_client_token_usage_total", "counter", "Tokens of ended requests.");
  text += fmt::format("gen_ai_client_token_usage_total{{gen_ai_token_type=\"input\"}} {}\n", prompt_tokens_);
  text += fmt::format("gen_ai_client_token_usage_total{{gen_ai_token_type=\"output\"}} {}\n", completion_tokens_);
  write_head(text, "minnow_prompt_tokens_cached_total", "counter", "Prompt tokens found in the prefix cache.");
  text += fmt::format("minnow_prompt_tokens_cached_total {}\n", cached_tokens_);
  write_head(text, "minnow_answers_total", "counter", "Answers, by how they ended.");
  for (const auto& [reason, n] : ends_) text += fmt::format("minnow_answers_total{{reason=\"{}\"}} {}\n", reason, n);
  write_head(text, "minnow_http_requests_total", "counter", "HTTP requests, by route and status.");
  for (const auto& [key, n] : replies_) {
    text += fmt::format("minnow_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first, key.second, n);
  }
  return text;
}

void write_metric(std::string& text, const std::string& name, const std::string& type, const std::string& help,
                  double value) {
  write_head(text, name, type, help);
  text += fmt::format("{} {}\n", name, value);
}

std::string label_value(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace minnow::server
