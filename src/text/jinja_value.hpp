// A value of the template language: Python's None, bool, int, float, str, list, tuple, dict, range, and the
// objects Jinja adds. Sixteen bytes; what is larger lives in a counted Object that is never changed once made
// (except namespaces and iterators), so copies are cheap.
//
// Objects count themselves into the Budget of their rendering and must not outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/jinja_budget.hpp"

namespace minnow::text::jinja {

enum class Kind : std::uint8_t {
  undefined,
  none,
  boolean,
  integer,
  real,
  string,
  list,
  tuple,
  view,      // dict.keys(), .values() and .items()
  iterator,  // what lazy filters give: can be walked once
  range,
  dict,
  opaque,  // namespaces, loops, macros, methods: see jinja_opaque.hpp
};

// The base of everything counted. `nesting` bounds how deep values contain values, so that destroying or printing
// one can't run out of stack.
class Object {
 public:
  static constexpr std::uint32_t kMaxNesting = 200;

  Object(Budget& budget, std::size_t bytes, std::uint32_t nesting);
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() { budget_.release(bytes_); }

  std::uint32_t nesting() const { return nesting_; }

 private:
  friend class Value;
  Budget& budget_;
  std::size_t bytes_;
  std::uint32_t nesting_;
  std::uint32_t n_owners_ = 0;
};

class StringObject;
class SequenceObject;
class RangeObject;
class DictObject;
class OpaqueObject;

class Value {
 public:
  Value() : kind_(Kind::undefined), integer_(0) {}
  Value(const Value& other) : kind_(other.kind_), integer_(other.integer_) { acquire(); }
  Value(Value&& other) noexcept : kind_(other.kind_), integer_(other.integer_) {
    other.kind_ = Kind::undefined;
    other.integer_ = 0;
  }
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(integer_, other.integer_);
    return *this;
  }
  ~Value() { drop(); }

  static Value none() { return Value(Kind::none); }
  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  static Value real(double value);
  static Value of(Kind kind, Object* object);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_number() const { return is(Kind::boolean) || is(Kind::integer) || is(Kind::real); }
  // Python's bool is an int.
  bool is_integral() const { return is(Kind::boolean) || is(Kind::integer); }
  bool is_sequence_object() const { return kind_ >= Kind::list && kind_ <= Kind::iterator; }

  bool as_boolean() const { return integer_ != 0; }
  std::int64_t as_integer() const { return integer_; }
  double as_real() const { return is(Kind::real) ? real_ : static_cast<double>(integer_); }
  const std::string& as_string() const;
  const StringObject& string_object() const;
  SequenceObject& sequence() const;
  const std::vector<Value>& items() const;  // of list, tuple, view
  const RangeObject& range() const;
  const DictObject& dict() const;
  OpaqueObject& opaque() const;
  std::uint32_t nesting() const { return has_object() ? object_->nesting() : 0; }
  const Object* object() const { return has_object() ? object_ : nullptr; }

 private:
  explicit Value(Kind kind) : kind_(kind), integer_(0) {}
  bool has_object() const { return kind_ >= Kind::string || (kind_ == Kind::undefined && object_ != nullptr); }
  void acquire() {
    if (has_object()) ++object_->n_owners_;
  }
  void drop() {
    if (has_object() && --object_->n_owners_ == 0) delete object_;
  }

  Kind kind_;
  union {
    std::int64_t integer_;
    double real_;
    Object* object_;
  };
};

class StringObject : public Object {
 public:
  StringObject(Budget& budget, std::string text_in, bool markup_in);
  const std::string text;
  const bool markup;  // came from `safe` or `escape`: adding plain text to it escapes that text
  // Code points. Counted on first use.
  std::size_t length() const;

 private:
  mutable std::size_t length_ = SIZE_MAX;
};

// Why a value is undefined: what an error says when the template uses it.
class UndefinedObject : public Object {
 public:
  UndefinedObject(Budget& budget, std::string reason_in)
      : Object(budget, sizeof(UndefinedObject) + reason_in.size(), 0), reason(std::move(reason_in)) {}
  const std::string reason;
};

class SequenceObject : public Object {
 public:
  SequenceObject(Budget& budget, std::vector<Value> items_in, std::string_view type_name_in);
  std::vector<Value> items;
  const std::string_view type_name;  // as Python names it: list, dict_items, generator…
  std::size_t position = 0;          // of an iterator
};

class RangeObject : public Object {
 public:
  RangeObject(Budget& budget, std::int64_t start_in, std::int64_t stop_in, std::int64_t step_in);
  // Unsigned on the way, because index * step may leave 64 bits where the sum doesn't.
  std::int64_t at(std::size_t index) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + index * static_cast<std::uint64_t>(step));
  }
  const std::int64_t start, stop, step;
  std::size_t length = 0;
};

class DictObject : public Object {
 public:
  using Entry = std::pair<Value, Value>;
  DictObject(Budget& budget, std::vector<Entry> entries_in);
  const std::vector<Entry> entries;  // in order of insertion, keys unlike each other
};

Value make_undefined(Budget& budget, std::string reason);
Value make_string(Budget& budget, std::string text);
Value make_markup(Budget& budget, std::string text);
Value make_list(Budget& budget, std::vector<Value> items);
Value make_tuple(Budget& budget, std::vector<Value> items);
Value make_iterator(Budget& budget, std::vector<Value> items);
Value make_sequence(Budget& budget, Kind kind, std::vector<Value> items, std::string_view type_name);
Value make_range(Budget& budget, std::int64_t start, std::int64_t stop, std::int64_t step);
// Entries with keys known to differ; DictBuilder in jinja_operators.hpp for others.
Value make_dict(Budget& budget, std::vector<DictObject::Entry> entries);

// What Python's type() would print.
std::string_view type_name(const Value& value);

inline const std::string& Value::as_string() const { return string_object().text; }
inline const StringObject& Value::string_object() const { return static_cast<const StringObject&>(*object_); }
inline SequenceObject& Value::sequence() const { return static_cast<SequenceObject&>(*object_); }
inline const std::vector<Value>& Value::items() const { return sequence().items; }
inline const RangeObject& Value::range() const { return static_cast<const RangeObject&>(*object_); }
inline const DictObject& Value::dict() const { return static_cast<const DictObject&>(*object_); }

}  // namespace minnow::text::jinja
