#include "text/jinja_value.hpp"

#include <algorithm>

#include "text/jinja_opaque.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

std::uint32_t deepest(const std::vector<Value>& items) {
  std::uint32_t nesting = 0;
  for (const Value& item : items) nesting = std::max(nesting, item.nesting());
  return nesting + 1;
}

std::uint32_t deepest(const std::vector<DictObject::Entry>& entries) {
  std::uint32_t nesting = 0;
  for (const auto& [key, value] : entries) nesting = std::max({nesting, key.nesting(), value.nesting()});
  return nesting + 1;
}

}  // namespace

Object::Object(Budget& budget, std::size_t bytes, std::uint32_t nesting)
    : budget_(budget), bytes_(bytes), nesting_(nesting) {
  if (nesting > kMaxNesting) fail(ErrorCode::invalid_input, "its values nest deeper than {} levels", kMaxNesting);
  budget.hold(bytes);
}

Value Value::boolean(bool value) {
  Value result(Kind::boolean);
  result.integer_ = value ? 1 : 0;
  return result;
}

Value Value::integer(std::int64_t value) {
  Value result(Kind::integer);
  result.integer_ = value;
  return result;
}

Value Value::real(double value) {
  Value result(Kind::real);
  result.real_ = value;
  return result;
}

Value Value::of(Kind kind, Object* object) {
  Value result;
  result.kind_ = kind;
  result.object_ = object;
  result.acquire();
  return result;
}

StringObject::StringObject(Budget& budget, std::string text_in, bool markup_in)
    : Object(budget, sizeof(StringObject) + text_in.size(), 0), text(std::move(text_in)), markup(markup_in) {}

std::size_t StringObject::length() const {
  if (length_ == SIZE_MAX) length_ = count_code_points(text);
  return length_;
}

SequenceObject::SequenceObject(Budget& budget, std::vector<Value> items_in, std::string_view type_name_in)
    : Object(budget, sizeof(SequenceObject) + items_in.size() * sizeof(Value), deepest(items_in)),
      items(std::move(items_in)),
      type_name(type_name_in) {}

RangeObject::RangeObject(Budget& budget, std::int64_t start_in, std::int64_t stop_in, std::int64_t step_in)
    : Object(budget, sizeof(RangeObject), 0), start(start_in), stop(stop_in), step(step_in) {
  // In unsigned arithmetic the distance is right even where the signed one would overflow.
  const auto from = static_cast<std::uint64_t>(start);
  const auto to = static_cast<std::uint64_t>(stop);
  if (step > 0 && start < stop)
    length = static_cast<std::size_t>((to - from - 1) / static_cast<std::uint64_t>(step) + 1);
  if (step < 0 && start > stop) {
    length = static_cast<std::size_t>((from - to - 1) / (0 - static_cast<std::uint64_t>(step)) + 1);
  }
}

DictObject::DictObject(Budget& budget, std::vector<Entry> entries_in)
    : Object(budget, sizeof(DictObject) + entries_in.size() * sizeof(Entry), deepest(entries_in)),
      entries(std::move(entries_in)) {}

Value make_undefined(Budget& budget, std::string reason) {
  return Value::of(Kind::undefined, new UndefinedObject(budget, std::move(reason)));
}

Value make_string(Budget& budget, std::string text) {
  budget.check_text(text.size());
  budget.touch(text.size());
  return Value::of(Kind::string, new StringObject(budget, std::move(text), false));
}

Value make_markup(Budget& budget, std::string text) {
  budget.check_text(text.size());
  budget.touch(text.size());
  return Value::of(Kind::string, new StringObject(budget, std::move(text), true));
}

Value make_sequence(Budget& budget, Kind kind, std::vector<Value> items, std::string_view type_name) {
  budget.spend(items.size() / 4);
  return Value::of(kind, new SequenceObject(budget, std::move(items), type_name));
}

Value make_list(Budget& budget, std::vector<Value> items) {
  return make_sequence(budget, Kind::list, std::move(items), "list");
}

Value make_tuple(Budget& budget, std::vector<Value> items) {
  return make_sequence(budget, Kind::tuple, std::move(items), "tuple");
}

Value make_iterator(Budget& budget, std::vector<Value> items) {
  return make_sequence(budget, Kind::iterator, std::move(items), "generator");
}

Value make_range(Budget& budget, std::int64_t start, std::int64_t stop, std::int64_t step) {
  return Value::of(Kind::range, new RangeObject(budget, start, stop, step));
}

Value make_dict(Budget& budget, std::vector<DictObject::Entry> entries) {
  budget.spend(entries.size() / 4);
  return Value::of(Kind::dict, new DictObject(budget, std::move(entries)));
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return "Undefined";
    case Kind::none:
      return "NoneType";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::string:
      return "str";
    case Kind::range:
      return "range";
    case Kind::dict:
      return "dict";
    case Kind::opaque:
      return value.opaque().type_name();
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
    case Kind::iterator:
      break;
  }
  return value.sequence().type_name;
}

}  // namespace minnow::text::jinja
