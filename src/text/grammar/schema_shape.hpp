// What several schemas ask together of one value. "allOf", "$ref" with siblings and properties declared in two places
// all come down to this: a set of schemas that must hold at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "text/grammar/decimal_range.hpp"
#include "text/grammar/schema_document.hpp"

namespace minnow::text {

// Schemas that must all hold: each once, in the order they were met. Empty: anything goes.
using SchemaSet = std::vector<const SchemaNode*>;

void insert(SchemaSet& set, const SchemaNode& node);

// Kinds of JSON values, as bits. A "number" is either.
using JsonTypes = std::uint8_t;
inline constexpr JsonTypes kJsonNull = 1, kJsonBoolean = 2, kJsonObject = 4, kJsonArray = 8, kJsonString = 16,
                           kJsonInteger = 32, kJsonFraction = 64, kJsonAnything = 127;

JsonTypes json_type(const SchemaNode& value);

struct SchemaShape {
  JsonTypes types = kJsonAnything;
  std::optional<std::vector<const SchemaNode*>> values;  // "enum" and "const"
  DecimalRange numbers;
  std::uint32_t min_length = 0, max_length = 0xFFFFFFFF;
  std::uint32_t min_items = 0, max_items = 0xFFFFFFFF;
  std::uint32_t min_properties = 0, max_properties = 0xFFFFFFFF;

  bool bounds_numbers() const { return numbers.low || numbers.high || numbers.multiple_of > 1; }
  bool empty() const { return types == 0 || (values && values->empty()); }
};

// The scalar keywords of these schemas combined; `values` holds those of a wanted type. Throws Error(invalid_input) or
// Error(unsupported) for values that make no sense, with their place.
SchemaShape combine(const SchemaSet& schemas, const SchemaDocument& document);

// The ways to satisfy these schemas: each a set of schemas without "$ref", "allOf", "anyOf" and "oneOf", which have
// been followed. Called with the schemas so far and each "oneOf" that is met.
class SchemaExpansion {
 public:
  static constexpr std::size_t kMostAlternatives = 2000;
  static constexpr std::size_t kMostSteps = 50'000;
  static constexpr std::size_t kMostChoices = 100;

  explicit SchemaExpansion(const SchemaDocument& document) : document_(document) {}

  std::vector<SchemaSet> alternatives(const SchemaSet& schemas);
  // The schemas with a "oneOf" that were met.
  const SchemaSet& one_ofs() const { return one_ofs_; }

 private:
  void expand(std::vector<const SchemaNode*> todo, SchemaSet done, std::vector<const SchemaNode*> choices);

  const SchemaDocument& document_;
  std::vector<SchemaSet> found_;
  SchemaSet one_ofs_;
  std::size_t steps_ = 0;
};

}  // namespace minnow::text
