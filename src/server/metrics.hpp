// What /metrics tells Prometheus. Names follow OpenTelemetry's conventions for generative AI where they have one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/request.hpp"

namespace minnow::server {

class Histogram {
 public:
  // `bounds`: upper ends of the buckets, rising; one more takes what is above.
  explicit Histogram(std::vector<double> bounds);
  void add(double value);
  // Lines in Prometheus' text format.
  void write(std::string& text, const std::string& name, const std::string& help) const;

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
  std::uint64_t n_ = 0;
};

// Any thread may use it.
class Metrics {
 public:
  Metrics();
  void ended(const engine::RequestEnd& end);
  void replied(const std::string& route, int status);

  // Everything counted here, as Prometheus' text format.
  std::string text() const;

 private:
  mutable std::mutex mutex_;
  Histogram first_token_s_, per_token_s_, duration_s_, queue_s_;
  std::uint64_t prompt_tokens_ = 0, cached_tokens_ = 0, completion_tokens_ = 0;
  std::map<std::string, std::uint64_t> ends_;                     // by reason
  std::map<std::pair<std::string, int>, std::uint64_t> replies_;  // by route and status
};

// One metric without labels, with its lines of explanation.
void write_metric(std::string& text, const std::string& name, const std::string& type, const std::string& help,
                  double value);
// Backslashes, quotes and line ends escaped, as a label's value wants them.
std::string label_value(const std::string& text);

}  // namespace minnow::server
