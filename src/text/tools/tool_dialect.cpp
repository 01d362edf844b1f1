#include "text/tools/tool_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"

namespace minnow::text {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostTools = 128;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostBytes = 1u << 20;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

Json parse_list(std::string_view source) {
  if (source.size() > kMostBytes) fail(ErrorCode::invalid_input, "tools: more than {} bytes", kMostBytes);
  const auto limit_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > 100) fail(ErrorCode::invalid_input, "tools: they are nested too deep");
    return true;
  };
  try {
    Json list = Json::parse(source, limit_depth);
    if (list.is_array()) return list;
  } catch (const nlohmann::json::exception&) {
  }
  fail(ErrorCode::invalid_input, "tools: they must be a JSON list");
}

Tool parse_tool(const Json& entry, std::size_t index) {
  const bool wrapped = entry.is_object() && entry.contains("function");
  const Json& function = wrapped ? entry["function"] : entry;
  if (!function.is_object() || !function.contains("name") || !function["name"].is_string()) {
    fail(ErrorCode::invalid_input, "tools: number {} has no function with a name", index);
  }
  Tool tool{function["name"].get<std::string>(), Json::object()};
  if (!is_name(tool.name)) {
    fail(ErrorCode::invalid_input, "tools: the name of number {} must be 1 to {} letters, digits, '_', '-' or '.'",
         index, kLongestName);
  }
  if (function.contains("parameters") && !function["parameters"].is_null()) tool.parameters = function["parameters"];
  if (!tool.parameters.is_object()) {
    fail(ErrorCode::invalid_input, "tools: the parameters of '{}' must be a JSON Schema", tool.name);
  }
  // A call has the arguments its tool knows, unless the tool says that it takes any.
  if (!tool.parameters.contains("type")) tool.parameters["type"] = "object";
  const bool plain = !tool.parameters.contains("$ref") && !tool.parameters.contains("allOf") &&
                     !tool.parameters.contains("anyOf") && !tool.parameters.contains("oneOf");
  if (plain && !tool.parameters.contains("additionalProperties")) tool.parameters["additionalProperties"] = false;
  return tool;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

std::vector<Tool> parse_tools(std::string_view tools_json) {
  const Json list = parse_list(tools_json);
  if (list.size() > kMostTools) {
    fail(ErrorCode::invalid_input, "tools: {} are too many; at most {} are allowed", list.size(), kMostTools);
  }
  std::vector<Tool> tools;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i) {
    tools.push_back(parse_tool(list[i], i));
    if (!names.insert(tools.back().name).second) {
      fail(ErrorCode::invalid_input, "tools: there are two named '{}'", tools.back().name);
    }
  }
  return tools;
}

ToolDialect ToolDialect::of_template(std::string_view source) {
  if (contains(source, "[TOOL_CALLS]") && contains(source, "[ARGS]")) {
    return {Layout::named, "[TOOL_CALLS]", "", "", {"[TOOL_CALLS]", "[ARGS]"}};
  }
  if (contains(source, "[TOOL_CALLS]")) return {Layout::list, "[TOOL_CALLS]", "", "arguments", {"[TOOL_CALLS]"}};
  if (contains(source, "<|tool_call|>")) {
    return {Layout::list, "<|tool_call|>", "<|/tool_call|>", "arguments", {"<|tool_call|>", "<|/tool_call|>"}};
  }
  // Gemma's "<|tool_call>" is not this tag.
  if (contains(source, "<tool_call>") || contains(source, "xml_tools") || contains(source, "named SmolLM")) {
    return {Layout::tagged, "<tool_call>", "</tool_call>", "arguments", {"<tool_call>", "</tool_call>"}};
  }
  const bool llama = contains(source, "<|start_header_id|>") || contains(source, "\"parameters\"");
  return {Layout::bare, "{\"name\": \"", "", llama ? "parameters" : "arguments", {}};
}

}  // namespace minnow::text
