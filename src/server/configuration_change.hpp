// What a configuration that was read again changes, for people who read the log.
#pragma once

#include <string>
#include <vector>

#include "server/serve.hpp"

namespace minnow::server {

struct ConfigurationChange {
  bool keys = false;
  bool certificates = false;            // have been read again
  std::vector<std::string> changed{};   // in force from now on
  std::vector<std::string> restarts{};  // options whose change waits for a restart

  // "read the configuration again: keys, limits, model 'chat'; a restart is needed for --port"
  std::string sentence() const;
};

// All but the keys.
ConfigurationChange compare(const ServeOptions& before, const ServeOptions& now);

}  // namespace minnow::server
