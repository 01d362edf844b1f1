// Python's operators on values: truth, equality, order, membership, arithmetic, subscripts and slices. What Python
// would raise is an Error(invalid_input) here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

enum class Arithmetic : std::uint8_t { add, subtract, multiply, divide, floor_divide, modulo, power };
enum class Comparison : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal, in, not_in };

bool truth(const Value& value);
bool equals(Runtime& runtime, const Value& left, const Value& right);
bool is_less(Runtime& runtime, const Value& left, const Value& right);
bool compare(Runtime& runtime, Comparison comparison, const Value& left, const Value& right);
bool contains(Runtime& runtime, const Value& container, const Value& item);

Value calculate(Runtime& runtime, Arithmetic operation, const Value& left, const Value& right);
Value negate(Runtime& runtime, const Value& value);
Value repeat_text(Runtime& runtime, std::string_view text, std::int64_t times);

std::size_t length(Runtime& runtime, const Value& value);
// What iterating gives. Empties an iterator.
std::vector<Value> items_of(Runtime& runtime, const Value& value);

// value.name and value[index] as Jinja looks them up; undefined when there is no such thing.
Value get_attribute(Runtime& runtime, const Value& value, std::string_view name);
Value get_item(Runtime& runtime, const Value& value, const Value& index);
// The bounds are integers or none.
Value get_slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop, const Value& step);

// Null when the key is missing. Throws for a key that can't be one.
const Value* find_key(Runtime& runtime, const DictObject& dict, const Value& key);

// Throws what Jinja says when an undefined value is used.
[[noreturn]] void fail_undefined(const Value& value);
void require_defined(const Value& value);

// Collects entries; a later value replaces an earlier one of the same key.
class DictBuilder {
 public:
  explicit DictBuilder(Runtime& runtime) : runtime_(runtime) {}
  void set(Value key, Value value);
  Value take() { return make_dict(runtime_.budget, std::move(entries_)); }

 private:
  Runtime& runtime_;
  std::vector<DictObject::Entry> entries_;
};

}  // namespace minnow::text::jinja
