#include "text/grammar/schema_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace minnow::text {
namespace {

constexpr std::uint32_t kMostMultiple = 1000;
constexpr double kMostCount = 1'000'000'000;

struct NamedType {
  const char* name;
  JsonTypes types;
};
constexpr NamedType kTypes[] = {
    {"null", kJsonNull},       {"boolean", kJsonBoolean}, {"object", kJsonObject},
    {"array", kJsonArray},     {"string", kJsonString},   {"number", JsonTypes{kJsonInteger | kJsonFraction}},
    {"integer", kJsonInteger},
};

bool equal(const SchemaNode& a, const SchemaNode& b) { return nlohmann::json(a) == nlohmann::json(b); }

class Combiner {
 public:
  explicit Combiner(const SchemaDocument& document) : document_(document) {}

  void add(const SchemaNode& node) {
    add_types(node);
    if (node.contains("enum")) {
      if (!node["enum"].is_array()) document_.refuse(node, "enum", "its value must be a list");
      std::vector<const SchemaNode*> values;
      for (const SchemaNode& value : node["enum"]) values.push_back(&value);
      keep(std::move(values));
    }
    if (node.contains("const")) keep({&node["const"]});
    add_bound(node, "minimum", false, false);
    add_bound(node, "exclusiveMinimum", false, true);
    add_bound(node, "maximum", true, false);
    add_bound(node, "exclusiveMaximum", true, true);
    add_multiple(node);
    add_count(node, "minLength", shape.min_length, true);
    add_count(node, "maxLength", shape.max_length, false);
    add_count(node, "minItems", shape.min_items, true);
    add_count(node, "maxItems", shape.max_items, false);
    add_count(node, "minProperties", shape.min_properties, true);
    add_count(node, "maxProperties", shape.max_properties, false);
  }

  SchemaShape shape;

 private:
  JsonTypes types_named(const SchemaNode& node, const SchemaNode& name) const {
    for (const NamedType& type : kTypes) {
      if (name == type.name) return type.types;
    }
    document_.refuse(node, "type", fmt::format("{} is no type", name.dump().substr(0, 50)));
  }

  void add_types(const SchemaNode& node) {
    if (!node.contains("type")) return;
    JsonTypes types = 0;
    if (node["type"].is_array()) {
      for (const SchemaNode& name : node["type"]) types |= types_named(node, name);
    } else {
      types = types_named(node, node["type"]);
    }
    shape.types &= types;
  }

  void keep(std::vector<const SchemaNode*> values) {
    if (shape.values) {
      std::erase_if(values, [&](const SchemaNode* value) {
        return std::none_of(shape.values->begin(), shape.values->end(),
                            [&](const SchemaNode* other) { return equal(*value, *other); });
      });
    }
    shape.values = std::move(values);
  }

  void add_bound(const SchemaNode& node, const char* keyword, bool is_high, bool exclusive) {
    if (!node.contains(keyword)) return;
    if (!node[keyword].is_number()) document_.refuse(node, keyword, "its value must be a number");
    const std::optional<Decimal> value = decimal(node[keyword]);
    if (!value) document_.refuse(node, keyword, "numbers of more than 40 digits aren't supported");
    std::optional<DecimalBound>& bound = is_high ? shape.numbers.high : shape.numbers.low;
    const int order = bound ? compare(*value, bound->value) : 0;
    if (bound && order == 0) {
      bound->exclusive = bound->exclusive || exclusive;
    } else if (!bound || (order > 0) != is_high) {
      bound = {*value, exclusive};
    }
  }

  void add_multiple(const SchemaNode& node) {
    if (!node.contains("multipleOf")) return;
    const SchemaNode& value = node["multipleOf"];
    const double number = value.is_number() ? value.get<double>() : 0;
    if (!(number > 0)) document_.refuse(node, "multipleOf", "its value must be a number above 0");
    if (std::trunc(number) != number || number > kMostMultiple) {
      document_.refuse(node, "multipleOf", fmt::format("only integers up to {} are supported", kMostMultiple));
    }
    const std::uint32_t both = std::lcm(shape.numbers.multiple_of, static_cast<std::uint32_t>(number));
    if (both > kMostMultiple) document_.refuse(node, "multipleOf", "together with another one it is too large");
    shape.numbers.multiple_of = both;
    shape.types &= static_cast<JsonTypes>(~kJsonFraction);
  }

  void add_count(const SchemaNode& node, const char* keyword, std::uint32_t& bound, bool is_minimum) {
    if (!node.contains(keyword)) return;
    const SchemaNode& value = node[keyword];
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0) || std::trunc(number) != number) {
      document_.refuse(node, keyword, "its value must be an integer of 0 or more");
    }
    const auto count = static_cast<std::uint32_t>(std::min(number, kMostCount));
    bound = is_minimum ? std::max(bound, count) : std::min(bound, count);
  }

  const SchemaDocument& document_;
};

}  // namespace

void insert(SchemaSet& set, const SchemaNode& node) {
  if (std::find(set.begin(), set.end(), &node) == set.end()) set.push_back(&node);
}

JsonTypes json_type(const SchemaNode& value) {
  if (value.is_null()) return kJsonNull;
  if (value.is_boolean()) return kJsonBoolean;
  if (value.is_object()) return kJsonObject;
  if (value.is_array()) return kJsonArray;
  if (value.is_string()) return kJsonString;
  const double number = value.get<double>();
  return value.is_number_float() && std::trunc(number) != number ? kJsonFraction : kJsonInteger;
}

SchemaShape combine(const SchemaSet& schemas, const SchemaDocument& document) {
  Combiner combiner(document);
  for (const SchemaNode* node : schemas) combiner.add(*node);
  SchemaShape& shape = combiner.shape;
  shape.numbers.integers_only = (shape.types & kJsonFraction) == 0;
  if (shape.values) {
    std::erase_if(*shape.values, [&](const SchemaNode* value) { return (json_type(*value) & shape.types) == 0; });
  }
  return shape;
}

std::vector<SchemaSet> SchemaExpansion::alternatives(const SchemaSet& schemas) {
  expand({schemas.begin(), schemas.end()}, {}, {});
  return std::move(found_);
}

void SchemaExpansion::expand(std::vector<const SchemaNode*> todo, SchemaSet done,
                             std::vector<const SchemaNode*> choices) {
  const auto push_all = [&](const SchemaNode& list) {
    for (const SchemaNode& schema : list) todo.push_back(&schema);
  };
  while (!todo.empty()) {
    const SchemaNode& node = *todo.back();
    todo.pop_back();
    if (node == false) return;
    if (node == true || std::find(done.begin(), done.end(), &node) != done.end()) continue;
    done.push_back(&node);
    if (++steps_ > kMostSteps || choices.size() > kMostChoices) {
      document_.refuse(node, "anyOf", "there are too many alternatives, with those of other schemas here");
    }
    if (node.contains("$ref")) todo.push_back(&document_.target(node));
    if (node.contains("allOf")) push_all(node["allOf"]);
    if (node.contains("anyOf")) choices.push_back(&node["anyOf"]);
    if (node.contains("oneOf")) {
      choices.push_back(&node["oneOf"]);
      insert(one_ofs_, node);
    }
  }
  if (choices.empty()) {
    if (found_.size() >= kMostAlternatives) {
      document_.refuse(*done.front(), "anyOf",
                       fmt::format("together with others, it has more than {} alternatives", kMostAlternatives));
    }
    found_.push_back(std::move(done));
    return;
  }
  const SchemaNode& choice = *choices.back();
  choices.pop_back();
  for (const SchemaNode& schema : choice) expand({&schema}, done, choices);
}

}  // namespace minnow::text
