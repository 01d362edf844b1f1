#include "engine/bounded_json.hpp"

#include <array>
#include <cstddef>

#include "base/error.hpp"

namespace minnow::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDeepest = 64;
constexpr std::size_t kMostKeys = 1024;

}  // namespace

Json parse_bounded_json(std::string_view source, std::string_view what) {
  std::array<std::size_t, kDeepest + 2> n_keys{};  // of the object that is open at each depth
  const auto check = [&](int depth, Json::parse_event_t event, const Json&) {
    if (depth > kDeepest) fail(ErrorCode::invalid_input, "{} nests deeper than {} levels", what, kDeepest);
    const auto level = static_cast<std::size_t>(depth);
    if (event == Json::parse_event_t::object_start) n_keys[level + 1] = 0;
    if (event == Json::parse_event_t::key && ++n_keys[level] > kMostKeys) {
      fail(ErrorCode::invalid_input, "{} has an object of more than {} keys", what, kMostKeys);
    }
    return true;
  };
  try {
    return Json::parse(source.begin(), source.end(), check);
  } catch (const Json::parse_error& error) {
    fail(ErrorCode::invalid_input, "{} is not valid JSON (at byte {})", what, error.byte);
  } catch (const Json::out_of_range&) {  // 1e999: the grammar allows what no double holds
    fail(ErrorCode::invalid_input, "{} is not valid JSON: it holds a number too large to read", what);
  }
}

}  // namespace minnow::engine
