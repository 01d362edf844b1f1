#include "server/fields.hpp"

#include <fmt/core.h>

#include <cmath>
#include <utility>

#include "engine/bounded_json.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {

Json parse_body(const std::string& body) {
  Json json = engine::parse_bounded_json(body, "the request's body");
  if (!json.is_object()) {
    throw ApiError(400, fmt::format("the request's body must be a JSON object, not a {}", json.type_name()));
  }
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Fields::Fields(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object_.is_object()) {
    throw ApiError(400, fmt::format("'{}' must be an object, not a {}", path_, object_.type_name()), path_);
  }
}

std::string Fields::path_of(const std::string& name) const { return path_.empty() ? name : path_ + "." + name; }

void Fields::refuse(const std::string& name, const std::string& complaint) const {
  throw ApiError(400, fmt::format("'{}' {}", path_of(name), complaint), path_of(name));
}

const Json* Fields::find(const std::string& name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Fields::text(const std::string& name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(name, fmt::format("must be a string, not a {}", value->type_name()));
  return value->get<std::string>();
}

std::optional<double> Fields::number(const std::string& name, double low, double high) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) refuse(name, fmt::format("must be a number, not a {}", value->type_name()));
  const double number = value->get<double>();
  if (!(number >= low && number <= high)) refuse(name, fmt::format("must be from {} to {}, not {}", low, high, number));
  return number;
}

std::optional<std::int64_t> Fields::integer(const std::string& name, std::int64_t low, std::int64_t high) const {
  const auto value = number(name, static_cast<double>(low), static_cast<double>(high));
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) refuse(name, fmt::format("must be a whole number, not {}", *value));
  return find(name)->get<std::int64_t>();
}

bool Fields::flag(const std::string& name, bool otherwise) const {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) refuse(name, fmt::format("must be true or false, not a {}", value->type_name()));
  return value->get<bool>();
}

const Json* Fields::object(const std::string& name) const {
  const Json* value = find(name);
  if (value != nullptr && !value->is_object()) {
    refuse(name, fmt::format("must be an object, not a {}", value->type_name()));
  }
  return value;
}

const Json* Fields::array(const std::string& name) const {
  const Json* value = find(name);
  if (value != nullptr && !value->is_array()) {
    refuse(name, fmt::format("must be an array, not a {}", value->type_name()));
  }
  return value;
}

std::vector<std::string> Fields::texts(const std::string& name) const {
  const Json* value = find(name);
  if (value == nullptr) return {};
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array())
    refuse(name, fmt::format("must be a string or an array of strings, not a {}", value->type_name()));
  std::vector<std::string> texts;
  for (const Json& entry : *value) {
    if (!entry.is_string()) refuse(name, fmt::format("must hold strings, not a {}", entry.type_name()));
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

}  // namespace minnow::server
