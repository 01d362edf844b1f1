// JSON Schema (draft 2020-12) as a grammar: what matches is JSON, and validates.
//
//   Grammar grammar = parse_json_schema(R"({"type": "object", "properties": {"age": {"type": "integer"}}})");
//
// Members come in the order of the schema's "properties", others after them. A keyword a grammar can't hold a text to
// is refused with its place; it is never ignored. Where a schema says nothing, everything is allowed, as the standard
// has it: say "additionalProperties": false and "required" to get exactly the members you name.
#pragma once

#include <string_view>

#include "text/grammar/grammar.hpp"
#include "text/grammar/json_parts.hpp"

namespace minnow::text {

// Throws Error(invalid_input) for a schema that is malformed or that nothing satisfies, Error(unsupported) for what we
// don't know how to hold a text to; both name the place as a JSON pointer.
Grammar parse_json_schema(std::string_view schema, JsonWhitespace whitespace);
// With one space after ':' and ',' throughout, or with none: the first one decides, and the model as it was trained.
Grammar parse_json_schema(std::string_view schema);

// Any JSON object.
Grammar json_object_grammar();

}  // namespace minnow::text
