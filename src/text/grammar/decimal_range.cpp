#include "text/grammar/decimal_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace minnow::text {
namespace {

constexpr std::size_t kMostDigits = 40;
constexpr std::size_t kExactDigits = 15;             // decimals of so many digits differ as doubles
constexpr std::size_t kUnboundedIntegerDigits = 18;  // of integers without a bound on this side

int compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.integer.size() != b.integer.size()) return a.integer.size() < b.integer.size() ? -1 : 1;
  if (const int order = a.integer.compare(b.integer); order != 0) return order;
  return a.fraction.compare(b.fraction);
}

// Builds the graph of unsigned decimals from `low` to `high`. A state knows how many digits are to come and whether the
// digits so far are those of a bound: then the next one is limited by that bound's, and otherwise it is free.
class MagnitudeGraph {
 public:
  MagnitudeGraph(GrammarBuilder& builder, DecimalBound low, std::optional<DecimalBound> high, const DecimalRange& range)
      : builder_(builder), low_(std::move(low)), high_(std::move(high)), multiple_(range.multiple_of) {
    const std::size_t low_digits = low_.value.integer.size();
    const std::size_t free_digits = range.integers_only ? kUnboundedIntegerDigits : kExactDigits;
    most_digits_ = high_ ? high_->value.integer.size() : std::max(low_digits + 1, free_digits);
    if (!range.integers_only) {
      const std::size_t digits = high_ ? most_digits_ : low_digits;
      fraction_digits_ = kExactDigits - std::min(kExactDigits, digits);
      fraction_digits_ = std::max(fraction_digits_, low_.value.fraction.size());
      if (high_) fraction_digits_ = std::max(fraction_digits_, high_->value.fraction.size());
    }
    for (char digit = '0'; digit <= '9'; ++digit) digits_.push_back(builder.literal({&digit, 1}));
  }

  GrammarBuilder::Part part() {
    graph_.accepting.push_back(false);
    for (std::size_t n = low_.value.integer.size(); n <= most_digits_; ++n) {
      const bool at_low = n == low_.value.integer.size();
      const bool at_high = high_ && n == high_->value.integer.size();
      add_digits(0, {false, n, at_low, at_high, 0}, /*first_digit=*/n > 1 ? 1 : 0);
    }
    for (std::size_t i = 0; i < to_expand_.size(); ++i) {
      const auto [state, place] = to_expand_[i];  // a copy: the list grows meanwhile
      expand(state, place);
    }
    return builder_.graph(std::move(graph_));
  }

 private:
  struct Place {
    bool fraction = false;
    std::size_t digits = 0;  // integer: to come; fraction: done
    bool at_low = false, at_high = false;
    std::uint32_t remainder = 0;
    auto operator<=>(const Place&) const = default;
  };

  static int digit_at(const std::string& digits, std::size_t i) { return i < digits.size() ? digits[i] - '0' : 0; }

  int bound_digit(const Decimal& bound, const Place& place) const {
    return place.fraction ? digit_at(bound.fraction, place.digits)
                          : digit_at(bound.integer, bound.integer.size() - place.digits);
  }

  std::uint32_t state_of(const Place& place) {
    const auto [at, is_new] = states_.try_emplace(place, static_cast<std::uint32_t>(graph_.accepting.size()));
    if (is_new) {
      graph_.accepting.push_back(accepts(place));
      to_expand_.emplace_back(at->second, place);
    }
    return at->second;
  }

  void add_digits(std::uint32_t from, const Place& place, int first_digit) {
    const int least = std::max(first_digit, place.at_low ? bound_digit(low_.value, place) : 0);
    const int most = place.at_high ? bound_digit(high_->value, place) : 9;
    for (int digit = least; digit <= most; ++digit) {
      Place next = place;
      next.digits = place.fraction ? place.digits + 1 : place.digits - 1;
      next.at_low = place.at_low && digit == bound_digit(low_.value, place);
      next.at_high = place.at_high && digit == bound_digit(high_->value, place);
      next.remainder = (place.remainder * 10 + static_cast<std::uint32_t>(digit)) % multiple_;
      graph_.steps.push_back({from, digits_[static_cast<std::size_t>(digit)], state_of(next)});
    }
  }

  void expand(std::uint32_t state, const Place& place) {
    if (!place.fraction && place.digits > 0) return add_digits(state, place, 0);
    if (!place.fraction && fraction_digits_ > 0) {
      const std::uint32_t point = state_of({true, 0, place.at_low, place.at_high, place.remainder});
      graph_.steps.push_back({state, builder_.literal("."), point});
    }
    if (place.fraction && place.digits < fraction_digits_) add_digits(state, place, 0);
  }

  bool accepts(const Place& place) const {
    if (place.fraction ? place.digits == 0 : place.digits > 0) return false;
    if (place.remainder != 0) return false;
    const std::size_t done = place.fraction ? place.digits : 0;
    // Equal so far: the number is less than a bound that has digits left, and otherwise equal to it.
    const bool below_low = place.at_low && (low_.value.fraction.size() > done || low_.exclusive);
    const bool at_high = place.at_high && high_->value.fraction.size() <= done && high_->exclusive;
    return !below_low && !at_high;
  }

  GrammarBuilder& builder_;
  DecimalBound low_;
  std::optional<DecimalBound> high_;
  std::uint32_t multiple_;
  std::size_t most_digits_ = 0;
  std::size_t fraction_digits_ = 0;
  std::vector<GrammarBuilder::Part> digits_;
  GrammarBuilder::Graph graph_;
  std::map<Place, std::uint32_t> states_;
  std::vector<std::pair<std::uint32_t, Place>> to_expand_;
};

// What the mirror at zero makes of a bound.
DecimalBound magnitude(DecimalBound bound) {
  bound.value.negative = false;
  return bound;
}

}  // namespace

std::optional<Decimal> decimal(const nlohmann::ordered_json& number) {
  // "-12.5e-7": the digits, and where the point belongs.
  std::string text = number.is_number_float() ? fmt::format("{}", number.get<double>()) : number.dump();
  Decimal result;
  if (text.starts_with('-')) {
    result.negative = true;
    text.erase(0, 1);
  }
  long exponent = 0;
  if (const std::size_t e = text.find('e'); e != std::string::npos) {
    exponent = std::strtol(text.c_str() + e + 1, nullptr, 10);
    text.resize(e);
  }
  std::size_t point = std::min(text.find('.'), text.size());
  std::string digits = text.substr(0, point) + (point < text.size() ? text.substr(point + 1) : "");
  const long position = static_cast<long>(point) + exponent;
  if (position > static_cast<long>(kMostDigits) || position < -static_cast<long>(kMostDigits)) return std::nullopt;
  if (position <= 0) digits.insert(0, static_cast<std::size_t>(1 - position), '0');
  point = static_cast<std::size_t>(std::max(1L, position));
  if (digits.size() < point) digits.resize(point, '0');
  result.integer = digits.substr(0, point);
  result.fraction = digits.substr(point);
  result.integer.erase(0, std::min(result.integer.find_first_not_of('0'), result.integer.size() - 1));
  result.fraction.erase(result.fraction.find_last_not_of('0') + 1);
  if (result.fraction.size() > kMostDigits) return std::nullopt;
  if (result.is_zero()) result.negative = false;
  return result;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

GrammarBuilder::Part decimal_range_part(GrammarBuilder& builder, const DecimalRange& range) {
  if (range.low && range.high) {
    const int order = compare(range.low->value, range.high->value);
    if (order > 0 || (order == 0 && (range.low->exclusive || range.high->exclusive))) return builder.nothing();
  }
  const DecimalBound zero{};
  std::vector<GrammarBuilder::Part> parts;
  if (!range.high || !range.high->value.negative) {
    const bool from_zero = !range.low || range.low->value.negative;
    parts.push_back(MagnitudeGraph(builder, from_zero ? zero : *range.low, range.high, range).part());
  }
  if (!range.low || range.low->value.negative) {
    const DecimalBound nearest =
        range.high && range.high->value.negative ? magnitude(*range.high) : DecimalBound{{}, /*exclusive=*/true};
    std::optional<DecimalBound> farthest;
    if (range.low) farthest = magnitude(*range.low);
    parts.push_back(
        builder.sequence({builder.literal("-"), MagnitudeGraph(builder, nearest, std::move(farthest), range).part()}));
  }
  return builder.choice(std::move(parts));
}

}  // namespace minnow::text
