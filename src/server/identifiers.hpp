// Names the server gives to what it makes.
#pragma once

#include <cstdint>
#include <string>

namespace minnow::server {

// `prefix` and 24 letters and digits that nobody can guess.
std::string random_id(const std::string& prefix);

std::int64_t unix_time_s();

}  // namespace minnow::server
