// Tells systemd, where it started us, how we are: ready, stopping, alive.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace minnow::server {

// sd_notify(3)'s protocol: "READY=1", "STOPPING=1", "WATCHDOG=1". Does nothing without a service manager.
void notify_service_manager(const std::string& state);
// How often it wants to hear "WATCHDOG=1" at least.
std::optional<std::chrono::milliseconds> watchdog_period();

}  // namespace minnow::server
