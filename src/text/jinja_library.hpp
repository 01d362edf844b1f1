// Jinja's filters, tests and global functions, and Python's methods, found by name.
#pragma once

#include <optional>
#include <string_view>

#include "text/jinja_opaque.hpp"

namespace minnow::text::jinja {

using Filter = Value (*)(Runtime& runtime, const Value& subject, const Arguments& arguments);
using Test = bool (*)(Runtime& runtime, const Value& subject, const Arguments& arguments);

struct NamedFilter {
  std::string_view name;
  Filter function;
};

// Null when there is none of that name.
Filter find_filter(std::string_view name);
Test find_test(std::string_view name);

// A global function or class (range, namespace, raise_exception…); undefined when there is none of that name.
Value global_value(Runtime& runtime, std::string_view name);

// value.name for strings, lists, tuples, dicts, ranges and numbers: the method, or nothing when the type has none
// of that name. A method that would change its object comes back as undefined, as in Jinja's sandbox.
std::optional<Value> find_method(Runtime& runtime, const Value& value, std::string_view name);

}  // namespace minnow::text::jinja
