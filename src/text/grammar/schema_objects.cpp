// Objects under a JSON Schema: the named members in their order, each there or not, then any others.
#include <fmt/format.h>

#include <algorithm>

#include "text/grammar/schema_compiler.hpp"

namespace minnow::text {
namespace {

constexpr std::uint32_t kMostCounted = 64;
constexpr std::size_t kMostPatterns = 4;
constexpr std::uint32_t kEndless = 0xFFFFFFFF;

std::string quoted(const std::string& text) { return nlohmann::ordered_json(text).dump(); }

}  // namespace

// In order of appearance, and whether each must be there.
std::vector<std::pair<std::string, bool>> SchemaCompiler::named_properties(const SchemaSet& schemas) const {
  std::vector<std::pair<std::string, bool>> names;
  std::map<std::string, std::size_t> places;
  const auto place_of = [&](const std::string& name) {
    const auto [at, is_new] = places.try_emplace(name, names.size());
    if (is_new) names.emplace_back(name, false);
    return at->second;
  };
  for (const SchemaNode* node : schemas) {
    if (!node->contains("properties")) continue;
    for (const auto& [name, schema] : (*node)["properties"].items()) (void)place_of(name);
  }
  for (const SchemaNode* node : schemas) {
    if (!node->contains("required")) continue;
    const SchemaNode& list = (*node)["required"];
    if (!list.is_array()) document_.refuse(*node, "required", "its value must be a list of names");
    for (const SchemaNode& name : list) {
      if (!name.is_string()) document_.refuse(*node, "required", "its value must be a list of names");
      names[place_of(name.get<std::string>())].second = true;
    }
  }
  return names;
}

SchemaSet SchemaCompiler::property_schemas(const SchemaSet& schemas, const std::string& name) {
  SchemaSet result;
  for (const SchemaNode* node : schemas) {
    bool covered = false;
    if (node->contains("properties") && (*node)["properties"].contains(name)) {
      insert(result, (*node)["properties"][name]);
      covered = true;
    }
    if (node->contains("patternProperties")) {
      for (const auto& [source, schema] : (*node)["patternProperties"].items()) {
        if (!pattern(*node, "patternProperties", source).matches(name)) continue;
        insert(result, schema);
        covered = true;
      }
    }
    if (!covered && node->contains("additionalProperties")) insert(result, (*node)["additionalProperties"]);
  }
  return result;
}

// The keys without a name of their own, parted by which patterns they match.
std::vector<SchemaCompiler::OtherKeys> SchemaCompiler::other_keys(const SchemaSet& schemas,
                                                                  const std::vector<std::string>& names) {
  std::vector<std::string> sources;
  const SchemaNode* place = nullptr;
  for (const SchemaNode* node : schemas) {
    if (!node->contains("patternProperties")) continue;
    place = node;
    for (const auto& [source, schema] : (*node)["patternProperties"].items()) {
      if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
    }
  }
  if (sources.size() > kMostPatterns) {
    document_.refuse(*place, "patternProperties", fmt::format("more than {} patterns aren't supported", kMostPatterns));
  }
  std::vector<OtherKeys> result;
  for (std::size_t matched = 0; matched < (std::size_t{1} << sources.size()); ++matched) {
    SchemaSet value;
    for (const SchemaNode* node : schemas) {
      bool covered = false;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (((matched >> i) & 1) == 0 || !node->contains("patternProperties")) continue;
        if (!(*node)["patternProperties"].contains(sources[i])) continue;
        insert(value, (*node)["patternProperties"][sources[i]]);
        covered = true;
      }
      if (!covered && node->contains("additionalProperties")) insert(value, (*node)["additionalProperties"]);
    }
    if (plainly_empty(value)) continue;
    if (sources.empty() && names.empty()) {
      result.push_back({parts_.string(), std::move(value)});
      continue;
    }
    CharacterAutomaton keys = CharacterAutomaton::texts(names).complement();
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const CharacterAutomaton& one = pattern(*place, "patternProperties", sources[i]);
      keys = ((matched >> i) & 1) != 0 ? keys.intersection(one) : keys.without(one);
    }
    if (!keys.empty()) result.push_back({parts_.string(keys), std::move(value)});
  }
  return result;
}

// A state is how many of the named members are behind us and how many members there are, as far as that matters.
SchemaCompiler::Part SchemaCompiler::object(const SchemaSet& schemas, const SchemaShape& shape) {
  const auto names = named_properties(schemas);
  std::uint32_t n_required = 0;
  std::vector<std::string> plain_names;
  for (const auto& [name, required] : names) {
    plain_names.push_back(name);
    if (!required) continue;
    ++n_required;
    if (plainly_empty(property_schemas(schemas, name))) return builder_.nothing();
  }
  const std::vector<OtherKeys> others = other_keys(schemas, plain_names);
  const std::uint32_t minimum = n_required >= shape.min_properties ? 0 : shape.min_properties;
  const std::uint32_t maximum = shape.max_properties;
  if (minimum > 1 && !others.empty()) {
    // A key might come twice, and then counts once.
    document_.refuse(*schemas.front(), "minProperties", "above 1 it needs \"additionalProperties\": false");
  }
  const std::uint32_t counted = std::max({1u, minimum, maximum == kEndless ? 0 : maximum});
  if (counted > kMostCounted) {
    document_.refuse(*schemas.front(), maximum == kEndless ? "minProperties" : "maxProperties",
                     fmt::format("more than {} isn't supported", kMostCounted));
  }

  GrammarBuilder::Graph graph;
  const auto n_named = static_cast<std::uint32_t>(names.size());
  graph.accepting.resize((n_named + 1) * (counted + 1));
  const auto state = [&](std::uint32_t behind, std::uint32_t count) { return behind * (counted + 1) + count; };
  const auto add_member = [&](std::uint32_t from, std::uint32_t to, Part key, Part member_value) {
    for (std::uint32_t count = 0; count <= counted && count < maximum; ++count) {
      std::vector<Part> parts{key, parts_.colon(), member_value};
      if (count > 0) parts.insert(parts.begin(), parts_.comma());
      graph.steps.push_back(
          {state(from, count), builder_.sequence(std::move(parts)), state(to, std::min(count + 1, counted))});
    }
  };
  for (std::uint32_t i = 0; i < n_named; ++i) {
    const auto& [name, required] = names[i];
    const SchemaSet wanted = property_schemas(schemas, name);
    if (!plainly_empty(wanted)) add_member(i, i + 1, builder_.literal(quoted(name)), value(wanted));
    if (required) continue;
    for (std::uint32_t count = 0; count <= counted; ++count) {
      graph.steps.push_back({state(i, count), builder_.empty(), state(i + 1, count)});
    }
  }
  for (const OtherKeys& other : others) add_member(n_named, n_named, other.key, value(other.value));
  for (std::uint32_t count = minimum; count <= counted; ++count) graph.accepting[state(n_named, count)] = true;
  return parts_.object(builder_.graph(std::move(graph)));
}

}  // namespace minnow::text
