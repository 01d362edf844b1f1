// What is inside a value: its length, its items, its attributes, keys, positions and slices.
#include <algorithm>

#include "text/jinja_library.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

bool is_hashable(const Value& value) {
  if (value.is(Kind::list) || value.is(Kind::dict)) return false;
  if (!value.is(Kind::tuple)) return true;
  return std::all_of(value.items().begin(), value.items().end(), is_hashable);
}

// A slice of `length` items: where it starts and how many it takes, by Python's rules.
struct SliceBounds {
  std::int64_t start = 0;
  std::int64_t end = 0;  // -1 when a backward slice runs past the first item
  std::int64_t step = 1;
  std::size_t count = 0;
};

std::int64_t bound_or(const Value& bound, std::int64_t otherwise, std::int64_t length, std::int64_t low,
                      std::int64_t high) {
  if (bound.is(Kind::none)) return otherwise;
  const std::int64_t index = bound.as_integer();
  return std::clamp(index < 0 ? std::max(index, -length - 1) + length : index, low, high);
}

SliceBounds slice_bounds(std::size_t size, const Value& start, const Value& stop, const Value& step) {
  const auto length = static_cast<std::int64_t>(size);
  SliceBounds bounds;
  bounds.step = step.is(Kind::none) ? 1 : step.as_integer();
  if (bounds.step == 0) fail(ErrorCode::invalid_input, "slice step cannot be zero");
  bounds.step = std::clamp<std::int64_t>(bounds.step, -length - 1, length + 1);  // a longer step takes one item too
  const bool forward = bounds.step > 0;
  const std::int64_t low = forward ? 0 : -1;
  const std::int64_t high = forward ? length : length - 1;
  bounds.start = bound_or(start, forward ? low : high, length, low, high);
  bounds.end = bound_or(stop, forward ? high : low, length, low, high);
  const std::int64_t distance = forward ? bounds.end - bounds.start : bounds.start - bounds.end;
  const std::int64_t stride = forward ? bounds.step : -bounds.step;
  if (distance > 0) bounds.count = static_cast<std::size_t>((distance - 1) / stride + 1);
  return bounds;
}

Value slice_text(Runtime& runtime, const StringObject& text, const SliceBounds& bounds) {
  runtime.budget.touch(text.text.size());
  const bool ascii = text.length() == text.text.size();
  if (bounds.step == 1) {
    const auto first = static_cast<std::size_t>(bounds.start);
    const std::size_t from = ascii ? first : byte_offset(text.text, first);
    const std::string_view rest = std::string_view(text.text).substr(std::min(from, text.text.size()));
    return runtime.string(std::string(rest.substr(0, ascii ? bounds.count : byte_offset(rest, bounds.count))));
  }
  runtime.budget.spend(text.text.size() / 4);
  const std::vector<std::string_view> pieces = split_code_points(text.text);
  std::string result;
  for (std::size_t i = 0; i < bounds.count; ++i) {
    result += pieces[static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)];
  }
  return runtime.string(std::move(result));
}

Value slice_range(Runtime& runtime, const RangeObject& range, const SliceBounds& bounds) {
  // at() gives the place one past either end too.
  const std::int64_t start = range.at(static_cast<std::size_t>(bounds.start));
  std::int64_t step = 0;
  if (__builtin_mul_overflow(range.step, bounds.step, &step)) {
    fail(ErrorCode::unsupported, "a slice of a range steps further than 64 bits reach");
  }
  return make_range(runtime.budget, start, range.at(static_cast<std::size_t>(bounds.end)), step);
}

std::optional<std::size_t> position_of(const Value& index, std::size_t size) {
  if (!index.is_integral()) return std::nullopt;
  const std::int64_t wanted = index.as_integer();
  const auto length = static_cast<std::int64_t>(size);
  if (wanted >= length || wanted < -length) return std::nullopt;
  return static_cast<std::size_t>(wanted < 0 ? wanted + length : wanted);
}

std::optional<Value> item_at(Runtime& runtime, const Value& value, const Value& index) {
  switch (value.kind()) {
    case Kind::dict: {
      if (!is_hashable(index)) return std::nullopt;
      const Value* found = find_key(runtime, value.dict(), index);
      return found == nullptr ? std::nullopt : std::optional<Value>(*found);
    }
    case Kind::list:
    case Kind::tuple: {
      const auto position = position_of(index, value.items().size());
      return position ? std::optional<Value>(value.items()[*position]) : std::nullopt;
    }
    case Kind::range: {
      const auto position = position_of(index, value.range().length);
      return position ? std::optional<Value>(Value::integer(value.range().at(*position))) : std::nullopt;
    }
    case Kind::string: {
      const StringObject& text = value.string_object();
      runtime.budget.touch(text.text.size());
      const auto position = position_of(index, text.length());
      if (!position) return std::nullopt;
      if (text.length() == text.text.size()) return runtime.string(std::string(1, text.text[*position]));
      const std::size_t start = byte_offset(text.text, *position);
      std::size_t end = start;
      next_code_point(text.text, end);
      return runtime.string(text.text.substr(start, end - start));
    }
    default:
      return std::nullopt;
  }
}

std::string missing_reason(const Value& value, std::string_view name) {
  return fmt::format("'{} object' has no attribute '{}'", type_name(value), name.substr(0, 80));
}

// What Python's getattr finds.
std::optional<Value> own_attribute(Runtime& runtime, const Value& value, std::string_view name) {
  if (name.starts_with('_')) return std::nullopt;  // Jinja's sandbox shows nothing internal
  return value.is(Kind::opaque) ? value.opaque().attribute(runtime, name) : find_method(runtime, value, name);
}

}  // namespace

void fail_undefined(const Value& value) {
  const auto* why = static_cast<const UndefinedObject*>(value.object());
  fail(ErrorCode::invalid_input, "{}", why == nullptr ? "a value is undefined" : why->reason);
}

void require_defined(const Value& value) {
  if (value.is(Kind::undefined)) fail_undefined(value);
}

std::size_t length(Runtime& runtime, const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return 0;
    case Kind::string:
      runtime.budget.touch(value.as_string().size());
      return value.string_object().length();
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
      return value.items().size();
    case Kind::range:
      return value.range().length;
    case Kind::dict:
      return value.dict().entries.size();
    default:
      fail(ErrorCode::invalid_input, "object of type '{}' has no length", type_name(value));
  }
}

std::vector<Value> items_of(Runtime& runtime, const Value& value) {
  std::vector<Value> items;
  const auto reserve = [&](std::size_t count) {
    runtime.budget.spend(count / 4);
    runtime.budget.check_memory(count * sizeof(Value));
    items.reserve(count);
  };
  switch (value.kind()) {
    case Kind::undefined:
      break;
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
      reserve(value.items().size());
      return value.items();
    case Kind::iterator: {
      SequenceObject& sequence = value.sequence();
      reserve(sequence.items.size());
      items.assign(sequence.items.begin() + static_cast<std::ptrdiff_t>(sequence.position), sequence.items.end());
      sequence.position = sequence.items.size();
      break;
    }
    case Kind::string:
      reserve(length(runtime, value));
      for (const std::string_view piece : split_code_points(value.as_string())) {
        items.push_back(runtime.string(std::string(piece)));
      }
      break;
    case Kind::range:
      reserve(value.range().length);
      for (std::size_t i = 0; i < value.range().length; ++i) items.push_back(Value::integer(value.range().at(i)));
      break;
    case Kind::dict:
      reserve(value.dict().entries.size());
      for (const auto& [key, entry] : value.dict().entries) items.push_back(key);
      break;
    default:
      fail(ErrorCode::invalid_input, "'{}' object is not iterable", type_name(value));
  }
  return items;
}

Value get_attribute(Runtime& runtime, const Value& value, std::string_view name) {
  require_defined(value);
  if (auto found = own_attribute(runtime, value, name)) return *std::move(found);
  if (value.is(Kind::dict)) {
    if (const Value* entry = find_key(runtime, value.dict(), runtime.string(std::string(name)))) return *entry;
  }
  return runtime.undefined(missing_reason(value, name));
}

Value get_item(Runtime& runtime, const Value& value, const Value& index) {
  require_defined(value);
  if (auto found = item_at(runtime, value, index)) return *std::move(found);
  if (index.is(Kind::string)) {
    if (auto found = own_attribute(runtime, value, index.as_string())) return *std::move(found);
    return runtime.undefined(missing_reason(value, index.as_string()));
  }
  return runtime.undefined(fmt::format("'{}' object has no such element", type_name(value)));
}

Value get_slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop, const Value& step) {
  require_defined(value);
  const bool sliceable =
      value.is(Kind::string) || value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::range);
  // Jinja hands slices to Python, which raises where other subscripts would be undefined.
  if (!sliceable) fail(ErrorCode::invalid_input, "'{}' object can't be sliced", type_name(value));
  for (const Value* bound : {&start, &stop, &step}) {
    if (!bound->is_integral() && !bound->is(Kind::none)) {
      fail(ErrorCode::invalid_input, "slice indices must be integers, not '{}'", type_name(*bound));
    }
  }
  const SliceBounds bounds = slice_bounds(length(runtime, value), start, stop, step);
  if (value.is(Kind::string)) return slice_text(runtime, value.string_object(), bounds);
  if (value.is(Kind::range)) return slice_range(runtime, value.range(), bounds);
  std::vector<Value> items;
  runtime.budget.spend(bounds.count / 4);
  items.reserve(bounds.count);
  for (std::size_t i = 0; i < bounds.count; ++i) {
    items.push_back(value.items()[static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)]);
  }
  return value.is(Kind::list) ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

const Value* find_key(Runtime& runtime, const DictObject& dict, const Value& key) {
  if (!is_hashable(key)) fail(ErrorCode::invalid_input, "unhashable type: '{}'", type_name(key));
  runtime.budget.spend(dict.entries.size() / 8);
  for (const auto& [known, value] : dict.entries) {
    if (known.is(Kind::string) && key.is(Kind::string)) {
      if (known.as_string().size() == key.as_string().size()) runtime.budget.touch(key.as_string().size());
      if (known.as_string() == key.as_string()) return &value;
    } else if (equals(runtime, known, key)) {
      return &value;
    }
  }
  return nullptr;
}

void DictBuilder::set(Value key, Value value) {
  if (!is_hashable(key)) fail(ErrorCode::invalid_input, "unhashable type: '{}'", type_name(key));
  runtime_.budget.spend(entries_.size() / 8);
  for (auto& [known, old] : entries_) {
    if (equals(runtime_, known, key)) {
      old = std::move(value);
      return;
    }
  }
  entries_.emplace_back(std::move(key), std::move(value));
}

}  // namespace minnow::text::jinja
