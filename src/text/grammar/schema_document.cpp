#include "text/grammar/schema_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kMostBytes = 1u << 20;
constexpr int kDeepest = 100;

using Value = nlohmann::ordered_json::value_t;

// What holds a text to something.
constexpr std::string_view kConstraints[] = {
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "prefixItems",
    "minProperties",
    "maxProperties",
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "$ref",
    "anyOf",
    "oneOf",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "allOf",
    "patternProperties",
};
// What only says something about it, or holds schemas that are used by reference; the last four are OpenAPI's.
constexpr std::string_view kHarmless[] = {
    "title",       "description",     "default",          "examples",      "$schema",
    "$comment",    "deprecated",      "readOnly",         "writeOnly",     "$defs",
    "definitions", "contentEncoding", "contentMediaType", "contentSchema", "$anchor",
    "$vocabulary", "discriminator",   "example",          "externalDocs",  "xml",
};

template <typename List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// Keywords that ask for nothing with this value.
bool is_idle(std::string_view keyword, const SchemaNode& value) {
  if (keyword == "uniqueItems") return value == false;
  // Of older drafts and of OpenAPI: they allow more than is written here, and it needn't be used.
  if (keyword == "optional") return value == true;
  if (keyword == "nullable") return value.is_boolean();
  if (keyword.starts_with("x-")) return true;
  if (keyword == "unevaluatedProperties" || keyword == "unevaluatedItems" || keyword == "propertyNames") {
    return value == true;
  }
  return false;
}

SchemaNode parse(std::string_view source) {
  if (source.size() > kMostBytes) {
    fail(ErrorCode::invalid_input, "JSON schema: {} bytes are too many; at most {} are allowed", source.size(),
         kMostBytes);
  }
  const auto limit_depth = [](int depth, SchemaNode::parse_event_t, SchemaNode&) {
    if (depth > kDeepest) fail(ErrorCode::invalid_input, "JSON schema: it is nested more than {} deep", kDeepest);
    return true;
  };
  try {
    return SchemaNode::parse(source, limit_depth);
  } catch (const nlohmann::json::parse_error& error) {
    fail(ErrorCode::invalid_input, "JSON schema: it isn't JSON (byte {})", error.byte);
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::invalid_input, "JSON schema: it holds a number that is too large");
  }
}

std::string escaped(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// "%25" to "%".
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const auto digits = text.substr(i + 1, 2);
    const bool hex = text[i] == '%' && digits.size() == 2 && std::all_of(digits.begin(), digits.end(), [](char c) {
                       return std::isxdigit(static_cast<unsigned char>(c)) != 0;
                     });
    if (hex) {
      value = static_cast<unsigned>(std::stoul(std::string(digits), nullptr, 16));
      i += 2;
    }
    out += hex ? static_cast<char>(value) : text[i];
  }
  return out;
}

}  // namespace

SchemaDocument::SchemaDocument(std::string_view source) : root_(parse(source)) {
  find_anchors(root_);
  register_schema(root_, "#");
  // One after the other, not each inside the last: a chain of references may be long.
  while (!unresolved_.empty()) {
    const SchemaNode* node = unresolved_.back();
    unresolved_.pop_back();
    resolve(*node);
  }
}

void SchemaDocument::refuse(const SchemaNode& node, std::string_view keyword, std::string_view why) const {
  fail(ErrorCode::unsupported, "JSON schema, {}/{}: {}", where(node), escaped(keyword), why);
}

std::string SchemaDocument::where(const SchemaNode& node) const {
  const auto found = pointers_.find(&node);
  return found == pointers_.end() ? "#" : found->second;
}

// Everything below a schema that is itself a schema in use is checked at once, so that an unsupported keyword is
// refused whether or not a text would come to it.
void SchemaDocument::register_schema(const SchemaNode& node, const std::string& pointer) {
  if (!pointers_.try_emplace(&node, pointer).second) return;
  if (node.is_boolean()) return;
  if (!node.is_object()) fail(ErrorCode::invalid_input, "JSON schema, {}: a schema is an object or a boolean", pointer);
  check_keywords(node);
  for (const char* keyword : {"properties", "patternProperties"}) {
    if (!node.contains(keyword)) continue;
    if (!node[keyword].is_object()) refuse(node, keyword, "its value must be an object");
    for (const auto& [name, schema] : node[keyword].items()) {
      register_schema(schema, fmt::format("{}/{}/{}", pointer, keyword, escaped(name)));
    }
  }
  for (const char* keyword : {"anyOf", "oneOf", "allOf", "prefixItems"}) {
    if (!node.contains(keyword)) continue;
    if (!node[keyword].is_array() || node[keyword].empty())
      refuse(node, keyword, "its value must be a list of schemas");
    for (std::size_t i = 0; i < node[keyword].size(); ++i) {
      register_schema(node[keyword][i], fmt::format("{}/{}/{}", pointer, keyword, i));
    }
  }
  for (const char* keyword : {"additionalProperties", "items"}) {
    if (node.contains(keyword)) register_schema(node[keyword], fmt::format("{}/{}", pointer, keyword));
  }
  if (node.contains("$ref")) {
    if (!node["$ref"].is_string()) refuse(node, "$ref", "its value must be a string");
    unresolved_.push_back(&node);
  }
}

void SchemaDocument::check_keywords(const SchemaNode& node) const {
  for (const auto& [keyword, value] : node.items()) {
    if (contains(kConstraints, keyword) || contains(kHarmless, keyword) || is_idle(keyword, value)) continue;
    if (keyword == "$id" && &node == &root_) continue;
    if (keyword == "items" && value.is_array())
      refuse(node, keyword, "a list here is of older drafts; use prefixItems");
    refuse(node, keyword, fmt::format("the keyword '{}' isn't supported", keyword));
  }
}

void SchemaDocument::find_anchors(const SchemaNode& node) {
  if (!node.is_structured()) return;
  const auto anchor = node.is_object() ? node.find("$anchor") : node.end();
  if (anchor != node.end() && anchor->is_string()) anchors_.try_emplace(anchor->get<std::string>(), &node);
  for (const SchemaNode& child : node) find_anchors(child);
}

void SchemaDocument::resolve(const SchemaNode& from) {
  const auto& reference = from["$ref"].get_ref<const std::string&>();
  std::string_view rest = reference;
  const SchemaNode id = root_.is_object() ? root_.value("$id", SchemaNode()) : SchemaNode();
  if (id.is_string() && !id.get_ref<const std::string&>().empty() && reference.starts_with(id.get<std::string>())) {
    rest.remove_prefix(id.get_ref<const std::string&>().size());
    if (rest.empty()) rest = "#";
  }
  if (!rest.starts_with('#')) refuse(from, "$ref", fmt::format("'{}' is in another document", reference));
  const std::string fragment = percent_decoded(rest.substr(1));
  const SchemaNode* target = &root_;
  if (!fragment.empty() && fragment[0] != '/') {
    const auto anchor = anchors_.find(fragment);
    target = anchor == anchors_.end() ? nullptr : anchor->second;
  } else if (!fragment.empty()) {
    try {
      target = &std::as_const(root_).at(SchemaNode::json_pointer(fragment));
    } catch (const nlohmann::json::exception&) {
      target = nullptr;
    }
  }
  if (target == nullptr) refuse(from, "$ref", fmt::format("there is nothing at '{}'", reference));
  targets_[&from] = target;
  register_schema(*target, "#" + fragment);
}

}  // namespace minnow::text
