#include "formats/json_document.hpp"

#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats {
namespace {

constexpr int kDepthLimit = 64;

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& name) {
  using json = nlohmann::json;
  std::set<std::string> outer_keys;
  const auto check = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kDepthLimit) {
      fail(ErrorCode::invalid_input, "{}: the JSON nests deeper than {} levels", name, kDepthLimit);
    }
    if (event == json::parse_event_t::key && depth == 1) {
      const auto& key = value.get_ref<const std::string&>();
      if (!outer_keys.insert(key).second) {
        fail(ErrorCode::invalid_input, "{}: {} appears twice", name, printable(key));
      }
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), check);
  } catch (const json::parse_error& error) {
    fail(ErrorCode::invalid_input, "{}: not valid JSON (at byte {})", name, error.byte);
  } catch (const json::out_of_range&) {  // 1e999: the grammar allows what no double holds
    fail(ErrorCode::invalid_input, "{}: the JSON holds a number too large to read", name);
  }
}

nlohmann::json read_json(const std::filesystem::path& path, std::size_t limit_bytes) {
  return parse_json(read_file(path, limit_bytes), path.string());
}

}  // namespace minnow::formats
