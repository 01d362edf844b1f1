// What the files of filters, tests and methods share.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "text/jinja_library.hpp"
#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

std::span<const NamedFilter> text_filters();
std::span<const NamedFilter> number_filters();
std::span<const NamedFilter> sequence_filters();
std::span<const NamedFilter> selection_filters();
std::span<const NamedFilter> order_filters();

Value replace_text(Runtime& runtime, std::string_view text, std::string_view old, std::string_view replacement,
                   std::int64_t count);

// At least one letter with `wanted` case and none with the `other`.
bool has_only_case(std::string_view text, bool (*wanted)(char32_t), bool (*other)(char32_t));

// An attribute as filters name it: "a.b.0" or a position; `otherwise` replaces what is undefined.
Value follow_path(Runtime& runtime, const Value& item, const Value& path, const Value* otherwise = nullptr);

// Strings in lower case, everything else as it is: how filters compare unless told otherwise.
Value without_case(Runtime& runtime, const Value& value);

}  // namespace minnow::text::jinja
