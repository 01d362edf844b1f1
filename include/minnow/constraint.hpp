// What an answer must look like, whatever the model would rather say.
//
//   session.generate(prompt, {.constraint = {minnow::Constraint::Kind::json_schema, R"({"type": "integer"})"}});
//
// Under a JSON schema every finished answer is JSON and validates; one that was cut ("length") is its beginning.
#pragma once

#include <cstdint>
#include <string>

namespace minnow {

struct Constraint {
  enum class Kind : std::uint8_t {
    none,
    json_schema,  // source: the schema, draft 2020-12; a keyword we can't hold an answer to is refused by name
    json_object,  // any JSON object; no source
    grammar,      // source: a grammar in GBNF, whose rule "root" is the answer
    regex,        // source: an ECMA-262 regular expression that the whole answer matches
  };

  Kind kind = Kind::none;
  std::string source{};

  bool operator==(const Constraint&) const = default;
};

}  // namespace minnow
