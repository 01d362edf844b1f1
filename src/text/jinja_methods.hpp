// The methods of one type, by name; several files hold a table each.
#pragma once

#include <span>
#include <string_view>

#include "text/jinja_opaque.hpp"

namespace minnow::text::jinja {

struct NamedMethod {
  std::string_view name;
  NativeFunction function;
};

std::span<const NamedMethod> string_methods();
std::span<const NamedMethod> string_predicates();
std::span<const NamedMethod> string_splitters();

}  // namespace minnow::text::jinja
