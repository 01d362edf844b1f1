// What is going on right now, for /metrics.
#pragma once

#include <string>

#include "server/model_pool.hpp"

namespace minnow::server {

// Models, queues, caches, memory and, where the system tells them, temperature and energy, as Prometheus' text format.
std::string status_metrics(const ModelPool& pool);

}  // namespace minnow::server
