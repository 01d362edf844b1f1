#include "text/grammar/schema_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "text/grammar/grammar_automaton.hpp"
#include "text/grammar/json_schema.hpp"
#include "text/grammar/string_formats.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kMostBranches = 100;  // of a "oneOf": each is compared with each

}  // namespace

SchemaCompiler::SchemaCompiler(GrammarBuilder& builder, const SchemaDocument& document, JsonWhitespace whitespace,
                               Mode mode)
    : builder_(builder), document_(document), whitespace_(whitespace), parts_(builder, whitespace), mode_(mode) {}

GrammarBuilder::Rule SchemaCompiler::compile(const SchemaSet& schemas) {
  const GrammarBuilder::Rule root = builder_.declare(schemas.empty() ? "#" : document_.where(*schemas.front()));
  to_build_.emplace_back(root, schemas);
  // Rules are built one after the other, so that schemas may refer to each other in circles.
  while (!to_build_.empty()) {
    const auto [rule, wanted] = std::move(to_build_.back());
    to_build_.pop_back();
    builder_.define(rule, build(wanted));
    if (mode_ == Mode::no_values) mode_ = Mode::any_of;
  }
  return root;
}

SchemaCompiler::Part SchemaCompiler::value(const SchemaSet& schemas) {
  if (schemas.empty()) return parts_.any_value();
  SchemaSet key = schemas;
  std::sort(key.begin(), key.end());
  const auto known = rules_.find(key);
  if (known != rules_.end()) return builder_.rule(known->second);
  const GrammarBuilder::Rule rule = builder_.declare(document_.where(*schemas.front()));
  rules_.emplace(std::move(key), rule);
  to_build_.emplace_back(rule, schemas);
  return builder_.rule(rule);
}

SchemaCompiler::Part SchemaCompiler::build(const SchemaSet& schemas) {
  SchemaExpansion expansion(document_);
  const std::vector<SchemaSet> alternatives = expansion.alternatives(schemas);
  if (mode_ == Mode::exact) {
    for (const SchemaNode* node : expansion.one_ofs()) check_one_of(*node, schemas);
  }
  std::vector<Part> parts;
  for (const SchemaSet& one : alternatives) parts.push_back(alternative(one));
  return builder_.choice(std::move(parts));
}

SchemaCompiler::Part SchemaCompiler::alternative(const SchemaSet& schemas) {
  const SchemaShape shape = combine(schemas, document_);
  if (shape.values && mode_ != Mode::no_values) return listed(schemas, shape);
  std::vector<Part> parts;
  if (shape.types & kJsonNull) parts.push_back(builder_.literal("null"));
  if (shape.types & kJsonBoolean) parts.push_back(builder_.literals({"true", "false"}));
  if (shape.types & (kJsonInteger | kJsonFraction)) parts.push_back(number(shape));
  if (shape.types & kJsonString) parts.push_back(string(schemas, shape));
  if (shape.types & kJsonArray) parts.push_back(array(schemas, shape));
  if (shape.types & kJsonObject) parts.push_back(object(schemas, shape));
  return builder_.choice(std::move(parts));
}

SchemaCompiler::Part SchemaCompiler::listed(const SchemaSet& schemas, const SchemaShape& shape) {
  // Beside these keywords nothing can speak against a value whose type fits.
  const auto says_more = [](const SchemaNode* node) {
    for (const auto& [keyword, value] : node->items()) {
      constexpr std::string_view kQuiet[] = {"type",  "enum",  "const", "title", "description", "default",
                                             "anyOf", "oneOf", "allOf", "$ref",  "$defs",       "$schema"};
      if (std::find(std::begin(kQuiet), std::end(kQuiet), keyword) == std::end(kQuiet)) return true;
    }
    return false;
  };
  const bool check = std::any_of(schemas.begin(), schemas.end(), says_more);
  std::vector<Part> parts;
  std::vector<std::string> texts;
  for (const SchemaNode* value : *shape.values) {
    if (check && !satisfies(*value, schemas)) continue;
    if (value->is_structured() || value->is_number_float()) {
      parts.push_back(parts_.value(*value));
    } else {
      texts.push_back(value->dump());
    }
  }
  parts.push_back(builder_.literals(std::move(texts)));
  return builder_.choice(std::move(parts));
}

// Whether these schemas allow the value, their own lists of values aside.
bool SchemaCompiler::satisfies(const SchemaNode& value, const SchemaSet& schemas) {
  GrammarBuilder wanted;
  const auto schema_rule = SchemaCompiler(wanted, document_, JsonWhitespace::fixed, Mode::no_values).compile(schemas);
  if (!wanted.matches_something(schema_rule)) return false;
  const Grammar grammar = wanted.build(schema_rule);
  GrammarBuilder exact;
  const auto value_rule = exact.declare("value");
  exact.define(value_rule, JsonParts(exact, JsonWhitespace::fixed).value(value));
  const Grammar spelled = exact.build(value_rule);
  // The first spelling of the value decides.
  GrammarAutomaton reader(grammar), speller(spelled);
  auto state = reader.start();
  auto at = speller.start();
  while (!speller.is_complete(at) && state != GrammarAutomaton::kDead) {
    std::uint8_t byte = 0;
    while (speller.next(at, byte) == GrammarAutomaton::kDead) ++byte;
    at = speller.next(at, byte);
    state = reader.next(state, byte);
  }
  return state != GrammarAutomaton::kDead && reader.is_complete(state);
}

// "oneOf" is kept like "anyOf", which is right as long as no value satisfies two of its schemas.
void SchemaCompiler::check_one_of(const SchemaNode& node, const SchemaSet& context) {
  const SchemaNode& list = node["oneOf"];
  if (list.size() > kMostBranches) document_.refuse(node, "oneOf", fmt::format("more than {} schemas", kMostBranches));
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t k = i + 1; k < list.size(); ++k) {
      SchemaSet both = context;
      insert(both, list[i]);
      insert(both, list[k]);
      if (!can_both_match(both)) continue;
      document_.refuse(node, "oneOf",
                       fmt::format("schemas {} and {} may both match one value; tell them apart (by type, or by a "
                                   "required property with a \"const\"), or use anyOf",
                                   i, k));
    }
  }
}

bool SchemaCompiler::can_both_match(const SchemaSet& schemas) {
  GrammarBuilder builder;
  const auto rule = SchemaCompiler(builder, document_, JsonWhitespace::fixed, Mode::any_of).compile(schemas);
  return builder.matches_something(rule);
}

// A cheap look: no alternative has a type, or a value of its list, left.
bool SchemaCompiler::plainly_empty(const SchemaSet& schemas) {
  SchemaExpansion expansion(document_);
  const std::vector<SchemaSet> alternatives = expansion.alternatives(schemas);
  return std::all_of(alternatives.begin(), alternatives.end(),
                     [&](const SchemaSet& one) { return combine(one, document_).empty(); });
}

SchemaCompiler::Part SchemaCompiler::number(const SchemaShape& shape) {
  if (shape.bounds_numbers()) return parts_.numbers(shape.numbers);
  return shape.numbers.integers_only ? parts_.integer() : parts_.number();
}

const CharacterAutomaton& SchemaCompiler::pattern(const SchemaNode& node, const char* keyword,
                                                  const std::string& source) {
  const bool is_format = std::string_view(keyword) == "format";
  const std::string key = (is_format ? "f" : "p") + source;
  const auto known = patterns_.find(key);
  if (known != patterns_.end()) return known->second;
  try {
    const Regex regex = parse_regex(is_format ? format_pattern(source) : source);
    auto automaton = is_format ? CharacterAutomaton::matching(regex) : CharacterAutomaton::containing(regex);
    return patterns_.emplace(key, std::move(automaton)).first->second;
  } catch (const Error& error) {
    document_.refuse(node, keyword, error.what());
  }
}

SchemaCompiler::Part SchemaCompiler::string(const SchemaSet& schemas, const SchemaShape& shape) {
  std::optional<CharacterAutomaton> all;
  const SchemaNode* place = nullptr;
  const auto restrict_to = [&](const SchemaNode& node, const char* keyword) {
    place = &node;
    const CharacterAutomaton& one = pattern(node, keyword, node[keyword].get<std::string>());
    all = all ? all->intersection(one) : one;
  };
  for (const SchemaNode* node : schemas) {
    for (const char* keyword : {"pattern", "format"}) {
      if (node->contains(keyword) && !(*node)[keyword].is_string()) {
        document_.refuse(*node, keyword, "its value must be a string");
      }
    }
    if (node->contains("pattern")) restrict_to(*node, "pattern");
    if (!node->contains("format")) continue;
    const auto& format = (*node)["format"].get_ref<const std::string&>();
    if (format_pattern(format) == nullptr) {
      document_.refuse(*node, "format",
                       fmt::format("'{}' isn't supported; these are: {}", format.substr(0, 50), known_formats()));
    }
    restrict_to(*node, "format");
  }
  if (!all) return parts_.string(shape.min_length, shape.max_length);
  try {
    all = all->with_length(shape.min_length, shape.max_length);
  } catch (const Error& error) {
    document_.refuse(*place, "maxLength", error.what());
  }
  return all->empty() ? builder_.nothing() : parts_.string(*all);
}

SchemaCompiler::Part SchemaCompiler::array(const SchemaSet& schemas, const SchemaShape& shape) {
  if (shape.min_items > shape.max_items) return builder_.nothing();
  std::size_t n_first = 0;
  SchemaSet rest;
  for (const SchemaNode* node : schemas) {
    if (node->contains("prefixItems")) n_first = std::max(n_first, (*node)["prefixItems"].size());
    if (node->contains("items")) insert(rest, (*node)["items"]);
  }
  std::vector<SchemaSet> first(n_first);
  for (std::size_t i = 0; i < n_first; ++i) {
    for (const SchemaNode* node : schemas) {
      const std::size_t own = node->contains("prefixItems") ? (*node)["prefixItems"].size() : 0;
      if (i < own) {
        insert(first[i], (*node)["prefixItems"][i]);
      } else if (node->contains("items")) {
        insert(first[i], (*node)["items"]);
      }
    }
  }
  if (first.empty() && rest.empty() && shape.min_items == 0 && shape.max_items == 0xFFFFFFFF) return parts_.any_array();
  return parts_.array(elements(first, rest, shape));
}

// A state for each of the first elements there may be, and one for all after them.
SchemaCompiler::Part SchemaCompiler::elements(const std::vector<SchemaSet>& first, const SchemaSet& rest,
                                              const SchemaShape& shape) {
  const auto n_first = static_cast<std::uint32_t>(first.size());
  const auto left = [&](std::uint32_t bound, std::uint32_t done) {
    return bound == 0xFFFFFFFF ? bound : bound - std::min(bound, done);
  };
  GrammarBuilder::Graph graph;
  graph.accepting.resize(n_first + 2);
  for (std::uint32_t i = 0; i <= n_first; ++i) {
    graph.accepting[i] = i >= shape.min_items;
    if (i == n_first || i >= shape.max_items) break;
    const Part one = value(first[i]);
    graph.steps.push_back({i, i == 0 ? one : builder_.sequence({parts_.comma(), one}), i + 1});
  }
  if (n_first < shape.max_items) {
    const Part one = value(rest);
    const Part next = builder_.sequence({parts_.comma(), one});
    const std::uint32_t least = std::max(1u, left(shape.min_items, n_first));
    const std::uint32_t most = left(shape.max_items, n_first);
    const Part all = n_first > 0 ? builder_.repeat(next, least, most)
                                 : builder_.sequence({one, builder_.repeat(next, least - 1, left(most, 1))});
    graph.steps.push_back({n_first, all, n_first + 1});
    graph.accepting[n_first + 1] = true;
  }
  return builder_.graph(std::move(graph));
}

namespace {

Grammar schema_grammar(std::string_view schema, std::initializer_list<JsonWhitespace> styles) {
  const SchemaDocument document(schema);
  GrammarBuilder builder;
  std::vector<GrammarBuilder::Part> parts;
  for (const JsonWhitespace whitespace : styles) {
    parts.push_back(builder.rule(SchemaCompiler(builder, document, whitespace).compile({&document.root()})));
  }
  const GrammarBuilder::Rule root = builder.declare("JSON schema");
  builder.define(root, builder.choice(std::move(parts)));
  if (!builder.matches_something(root)) fail(ErrorCode::invalid_input, "JSON schema: no value can satisfy it");
  return builder.build(root);
}

}  // namespace

Grammar parse_json_schema(std::string_view schema, JsonWhitespace whitespace) {
  return schema_grammar(schema, {whitespace});
}

Grammar parse_json_schema(std::string_view schema) {
  try {
    return schema_grammar(schema, {JsonWhitespace::fixed, JsonWhitespace::compact});
  } catch (const Error&) {  // a schema that is too large twice may fit once; what else is wrong is said then
    return schema_grammar(schema, {JsonWhitespace::fixed});
  }
}

Grammar json_object_grammar() {
  GrammarBuilder builder;
  JsonParts parts(builder, JsonWhitespace::free);
  const GrammarBuilder::Rule root = builder.declare("JSON object");
  builder.define(root, parts.any_object());
  return builder.build(root);
}

}  // namespace minnow::text
