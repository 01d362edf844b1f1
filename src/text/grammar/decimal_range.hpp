// Decimal numbers between two bounds, as a part of a grammar: the digits are compared with those of the bounds as they
// are written.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "text/grammar/grammar_builder.hpp"

namespace minnow::text {

struct Decimal {
  bool negative = false;
  std::string integer = "0";  // no leading zeros
  std::string fraction{};     // no trailing zeros

  bool is_zero() const { return integer == "0" && fraction.empty(); }
};

// The shortest decimal that reads back as this JSON number; no value for one with more than 40 digits before or after
// the point.
std::optional<Decimal> decimal(const nlohmann::ordered_json& number);
// Less than 0, 0 or more than 0 as a is less than, equal to or greater than b.
int compare(const Decimal& a, const Decimal& b);

struct DecimalBound {
  Decimal value;
  bool exclusive = false;
};

struct DecimalRange {
  std::optional<DecimalBound> low, high;
  bool integers_only = false;
  std::uint32_t multiple_of = 1;  // more than 1 needs integers_only
};

// No exponents, and no more digits than a double tells apart from the bounds. Matches nothing when the range is empty.
GrammarBuilder::Part decimal_range_part(GrammarBuilder& builder, const DecimalRange& range);

}  // namespace minnow::text
