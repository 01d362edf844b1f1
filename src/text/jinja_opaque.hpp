// What isn't data: things a template can call or ask for attributes, and how a call's arguments travel.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja_value.hpp"

namespace minnow::text::jinja {

class Runtime;

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

// Arguments bound to a native function's parameter names as Python binds them.
//
//   Parameters given("indent", arguments, {"width", "first", "blank"});
//   std::int64_t width = given.integer(0, 4);
class Parameters {
 public:
  // Throws when an argument has no parameter, or one of the first `n_required` is missing.
  Parameters(std::string_view callee, const Arguments& arguments, std::initializer_list<std::string_view> names,
             std::size_t n_required = 0);

  bool has(std::size_t index) const { return index < values_.size() && values_[index].has_value(); }
  const Value& at(std::size_t index) const { return *values_[index]; }
  Value value_or(std::size_t index, Value otherwise) const { return has(index) ? at(index) : otherwise; }
  bool truth_or(std::size_t index, bool otherwise) const;
  std::int64_t integer_or(std::size_t index, std::int64_t otherwise) const;
  // The text of a string argument; throws for any other type.
  const std::string& string(std::size_t index) const;
  bool is_none(std::size_t index) const { return !has(index) || at(index).is(Kind::none); }

 private:
  std::string_view callee_;
  std::vector<std::optional<Value>> values_;
};

class OpaqueObject : public Object {
 public:
  using Object::Object;
  virtual std::string_view type_name() const = 0;
  virtual std::optional<Value> attribute(Runtime& runtime, std::string_view name);
  virtual bool callable() const { return false; }
  virtual Value call(Runtime& runtime, const Arguments& arguments);
  virtual std::string printed(Runtime& runtime) const;
  // Lets go of the values it was given after it was made. See Runtime::keep.
  virtual void untie() {}
};

using NativeFunction = Value (*)(Runtime& runtime, const Value& self, const Arguments& arguments);

// A method taken from its object, or (with an undefined self) a global function.
class Method : public OpaqueObject {
 public:
  Method(Budget& budget, std::string_view name, Value self, NativeFunction function);
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool callable() const override { return true; }
  Value call(Runtime& runtime, const Arguments& arguments) override;

 private:
  std::string_view name_;
  Value self_;
  NativeFunction function_;
};

class Namespace : public OpaqueObject {
 public:
  // What it holds later can't count towards its nesting; Runtime::keep takes care of that.
  explicit Namespace(Budget& budget) : OpaqueObject(budget, sizeof(Namespace) + 64, 0) {}
  std::string_view type_name() const override { return "Namespace"; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
  std::string printed(Runtime& runtime) const override;
  void set(Runtime& runtime, const std::string& name, Value value);
  void untie() override { entries_.clear(); }

 private:
  std::vector<std::pair<std::string, Value>> entries_;
};

inline OpaqueObject& Value::opaque() const { return static_cast<OpaqueObject&>(*object_); }

}  // namespace minnow::text::jinja
