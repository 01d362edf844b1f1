// JSON from strangers: bounded in depth, because values are copied and written by recursion, and in keys of one object,
// because objects that keep the order of their keys look them up one by one.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace minnow::engine {

// Keeps the order of keys. Throws Error(invalid_input), calling the source `what`, for what isn't JSON or passes a
// bound.
nlohmann::ordered_json parse_bounded_json(std::string_view source, std::string_view what);

}  // namespace minnow::engine
