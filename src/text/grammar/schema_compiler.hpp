// Writes the grammar of a JSON Schema: one rule for every set of schemas that some value must satisfy.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "text/grammar/character_automaton.hpp"
#include "text/grammar/grammar_builder.hpp"
#include "text/grammar/json_parts.hpp"
#include "text/grammar/schema_document.hpp"
#include "text/grammar/schema_shape.hpp"

namespace minnow::text {

class SchemaCompiler {
 public:
  using Part = GrammarBuilder::Part;

  // What is asked of "oneOf" and of "enum".
  enum class Mode : std::uint8_t {
    exact,      // as the standard says; "oneOf" must be shown to be exclusive
    any_of,     // "oneOf" as "anyOf": what matches is at least what should, enough to show that nothing does
    no_values,  // the same, and the outermost "enum" and "const" are left aside
  };

  SchemaCompiler(GrammarBuilder& builder, const SchemaDocument& document, JsonWhitespace whitespace,
                 Mode mode = Mode::exact);

  // The rule for values that satisfy all of these schemas.
  GrammarBuilder::Rule compile(const SchemaSet& schemas);

 private:
  // Keys of one kind, and the schemas their values must satisfy.
  struct OtherKeys {
    Part key;
    SchemaSet value;
  };

  Part value(const SchemaSet& schemas);
  Part build(const SchemaSet& schemas);
  Part alternative(const SchemaSet& schemas);
  Part listed(const SchemaSet& schemas, const SchemaShape& shape);
  bool satisfies(const SchemaNode& value, const SchemaSet& schemas);
  void check_one_of(const SchemaNode& node, const SchemaSet& context);
  bool can_both_match(const SchemaSet& schemas);
  bool plainly_empty(const SchemaSet& schemas);

  Part number(const SchemaShape& shape);
  Part string(const SchemaSet& schemas, const SchemaShape& shape);
  Part array(const SchemaSet& schemas, const SchemaShape& shape);
  Part elements(const std::vector<SchemaSet>& first, const SchemaSet& rest, const SchemaShape& shape);

  Part object(const SchemaSet& schemas, const SchemaShape& shape);
  std::vector<std::pair<std::string, bool>> named_properties(const SchemaSet& schemas) const;
  SchemaSet property_schemas(const SchemaSet& schemas, const std::string& name);
  std::vector<OtherKeys> other_keys(const SchemaSet& schemas, const std::vector<std::string>& names);
  const CharacterAutomaton& pattern(const SchemaNode& node, const char* keyword, const std::string& source);

  GrammarBuilder& builder_;
  const SchemaDocument& document_;
  JsonWhitespace whitespace_;
  JsonParts parts_;
  Mode mode_;
  std::map<SchemaSet, GrammarBuilder::Rule> rules_;
  std::vector<std::pair<GrammarBuilder::Rule, SchemaSet>> to_build_;
  std::map<std::string, CharacterAutomaton> patterns_;
};

}  // namespace minnow::text
