#include "text/jinja_operators.hpp"

#include <algorithm>
#include <cmath>

namespace minnow::text::jinja {

namespace {

bool sequences_equal(Runtime& runtime, const std::vector<Value>& left, const std::vector<Value>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!equals(runtime, left[i], right[i])) return false;
  }
  return true;
}

bool dicts_equal(Runtime& runtime, const DictObject& left, const DictObject& right) {
  if (left.entries.size() != right.entries.size()) return false;
  for (const auto& [key, value] : left.entries) {
    const Value* other = find_key(runtime, right, key);
    if (other == nullptr || !equals(runtime, value, *other)) return false;
  }
  return true;
}

bool ranges_equal(const RangeObject& left, const RangeObject& right) {
  if (left.length != right.length) return false;
  if (left.length == 0) return true;
  return left.start == right.start && (left.length == 1 || left.step == right.step);
}

bool sequence_is_less(Runtime& runtime, const std::vector<Value>& left, const std::vector<Value>& right) {
  const std::size_t shared = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (!equals(runtime, left[i], right[i])) return is_less(runtime, left[i], right[i]);
  }
  return left.size() < right.size();
}

bool range_contains(const RangeObject& range, const Value& item) {
  const double wanted = item.is_number() ? item.as_real() : std::nan("");
  if (std::isnan(wanted)) return false;
  const auto integer =
      item.is(Kind::real) ? static_cast<std::int64_t>(std::clamp(wanted, -9e18, 9e18)) : item.as_integer();
  if (item.is(Kind::real) && static_cast<double>(integer) != wanted) return false;
  if (range.length == 0) return false;
  const std::int64_t low = std::min(range.start, range.at(range.length - 1));
  const std::int64_t high = std::max(range.start, range.at(range.length - 1));
  if (integer < low || integer > high) return false;
  const std::uint64_t distance = static_cast<std::uint64_t>(integer) - static_cast<std::uint64_t>(range.start);
  const auto step = static_cast<std::uint64_t>(range.step);
  return range.step > 0 ? distance % step == 0 : (0 - distance) % (0 - step) == 0;
}

}  // namespace

bool truth(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
    case Kind::none:
      return false;
    case Kind::boolean:
    case Kind::integer:
      return value.as_integer() != 0;
    case Kind::real:
      return value.as_real() != 0;
    case Kind::string:
      return !value.as_string().empty();
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
      return !value.items().empty();
    case Kind::range:
      return value.range().length > 0;
    case Kind::dict:
      return !value.dict().entries.empty();
    case Kind::iterator:
    case Kind::opaque:
      break;
  }
  return true;
}

bool equals(Runtime& runtime, const Value& left, const Value& right) {
  const Level level(runtime.budget);
  if (left.is_number() && right.is_number()) {
    if (left.is(Kind::real) || right.is(Kind::real)) return left.as_real() == right.as_real();
    return left.as_integer() == right.as_integer();
  }
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::undefined:
    case Kind::none:
      return true;
    case Kind::string:
      runtime.budget.touch(std::min(left.as_string().size(), right.as_string().size()));
      return left.as_string() == right.as_string();
    case Kind::list:
    case Kind::tuple:
      return sequences_equal(runtime, left.items(), right.items());
    case Kind::dict:
      return dicts_equal(runtime, left.dict(), right.dict());
    case Kind::range:
      return ranges_equal(left.range(), right.range());
    case Kind::view:
      if (left.sequence().type_name == "dict_values") return left.object() == right.object();
      return sequences_equal(runtime, left.items(), right.items());
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
    case Kind::iterator:
    case Kind::opaque:
      break;
  }
  return left.object() == right.object();
}

bool is_less(Runtime& runtime, const Value& left, const Value& right) {
  const Level level(runtime.budget);
  require_defined(left);
  require_defined(right);
  if (left.is_number() && right.is_number()) {
    if (left.is(Kind::real) || right.is(Kind::real)) return left.as_real() < right.as_real();
    return left.as_integer() < right.as_integer();
  }
  if (left.kind() == right.kind()) {
    if (left.is(Kind::string)) {
      runtime.budget.touch(std::min(left.as_string().size(), right.as_string().size()));
      return left.as_string() < right.as_string();  // UTF-8 sorts as its code points do
    }
    if (left.is(Kind::list) || left.is(Kind::tuple)) return sequence_is_less(runtime, left.items(), right.items());
  }
  fail(ErrorCode::invalid_input, "'{}' and '{}' can't be ordered", type_name(left), type_name(right));
}

bool compare(Runtime& runtime, Comparison comparison, const Value& left, const Value& right) {
  const bool has_nan = (left.is(Kind::real) && left.as_real() != left.as_real()) ||
                       (right.is(Kind::real) && right.as_real() != right.as_real());
  switch (comparison) {
    case Comparison::equal:
      return equals(runtime, left, right);
    case Comparison::unequal:
      return !equals(runtime, left, right);
    case Comparison::less:
      return is_less(runtime, left, right);
    case Comparison::greater:
      return is_less(runtime, right, left);
    case Comparison::less_equal:
      return !is_less(runtime, right, left) && !has_nan;
    case Comparison::greater_equal:
      return !is_less(runtime, left, right) && !has_nan;
    case Comparison::in:
      return contains(runtime, right, left);
    case Comparison::not_in:
      break;
  }
  return !contains(runtime, right, left);
}

bool contains(Runtime& runtime, const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::string:
      require_defined(item);
      if (!item.is(Kind::string)) {
        fail(ErrorCode::invalid_input, "'in <string>' requires string as left operand, not {}", type_name(item));
      }
      runtime.budget.search(container.as_string().size(), item.as_string().size());
      return container.as_string().find(item.as_string()) != std::string::npos;
    case Kind::dict:
      return find_key(runtime, container.dict(), item) != nullptr;
    case Kind::range:
      return range_contains(container.range(), item);
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
    case Kind::iterator: {
      SequenceObject& sequence = container.sequence();
      std::size_t& position = sequence.position;  // an iterator is used up to where the item stands
      if (!container.is(Kind::iterator)) position = 0;
      while (position < sequence.items.size()) {
        if (equals(runtime, sequence.items[position++], item)) return true;
      }
      return false;
    }
    case Kind::undefined:
      return false;
    case Kind::none:
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
    case Kind::opaque:
      break;
  }
  fail(ErrorCode::invalid_input, "argument of type '{}' is not iterable", type_name(container));
}

}  // namespace minnow::text::jinja
