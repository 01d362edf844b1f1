// str's methods that cut a text in pieces, and replace, which joins them again.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_methods.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

Value to_list(Runtime& runtime, const std::vector<std::string_view>& pieces) {
  std::vector<Value> items;
  items.reserve(pieces.size());
  for (const std::string_view piece : pieces) items.push_back(runtime.string(std::string(piece)));
  return runtime.list(std::move(items));
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view separator, std::size_t max_splits) {
  std::vector<std::string_view> pieces;
  while (pieces.size() < max_splits) {
    const std::size_t place = text.find(separator);
    if (place == std::string_view::npos) break;
    pieces.push_back(text.substr(0, place));
    text = text.substr(place + separator.size());
  }
  pieces.push_back(text);
  return pieces;
}

std::vector<std::string_view> split_at_from_right(std::string_view text, std::string_view separator,
                                                  std::size_t max_splits) {
  std::vector<std::string_view> pieces;
  while (pieces.size() < max_splits) {
    const std::size_t place = text.rfind(separator);
    if (place == std::string_view::npos) break;
    pieces.push_back(text.substr(place + separator.size()));
    text = text.substr(0, place);
  }
  pieces.push_back(text);
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

template <bool from_right>
Value split(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("split", arguments, {"sep", "maxsplit"});
  const std::int64_t limit = given.integer_or(1, -1);
  const std::size_t max_splits = limit < 0 ? SIZE_MAX : static_cast<std::size_t>(limit);
  const std::string& text = self.as_string();
  runtime.budget.spend(text.size() / 8);  // a piece is larger than the text it holds
  runtime.budget.check_memory(text.size());
  if (given.is_none(0)) {
    return to_list(runtime, from_right ? split_space_from_right(text, max_splits) : split_space(text, max_splits));
  }
  const std::string& separator = given.string(0);
  if (separator.empty()) fail(ErrorCode::invalid_input, "empty separator");
  runtime.budget.search(text.size(), separator.size());
  return to_list(runtime,
                 from_right ? split_at_from_right(text, separator, max_splits) : split_at(text, separator, max_splits));
}

Value splitlines(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("splitlines", arguments, {"keepends"});
  runtime.budget.spend(self.as_string().size() / 8);
  return to_list(runtime, split_lines(self.as_string(), given.truth_or(0, false)));
}

template <bool from_right>
Value partition(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("partition", arguments, {"sep"}, 1);
  const std::string& separator = given.string(0);
  if (separator.empty()) fail(ErrorCode::invalid_input, "empty separator");
  const std::string_view text = self.as_string();
  runtime.budget.search(text.size(), separator.size());
  const std::size_t place = from_right ? text.rfind(separator) : text.find(separator);
  std::string_view parts[3] = {text, "", ""};
  if (place != std::string_view::npos) {
    parts[0] = text.substr(0, place);
    parts[1] = separator;
    parts[2] = text.substr(place + separator.size());
  } else if (from_right) {
    std::swap(parts[0], parts[2]);
  }
  std::vector<Value> items;
  for (const std::string_view part : parts) items.push_back(runtime.string(std::string(part)));
  return runtime.tuple(std::move(items));
}

Value replace(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("replace", arguments, {"old", "new", "count"}, 2);
  return replace_text(runtime, self.as_string(), given.string(0), given.string(1), given.integer_or(2, -1));
}

constexpr NamedMethod kMethods[] = {
    {"partition", partition<false>}, {"replace", replace},    {"rpartition", partition<true>},
    {"rsplit", split<true>},         {"split", split<false>}, {"splitlines", splitlines},
};

}  // namespace

Value replace_text(Runtime& runtime, std::string_view text, std::string_view old, std::string_view replacement,
                   std::int64_t count) {
  std::size_t left = count < 0 ? SIZE_MAX : static_cast<std::size_t>(count);
  BoundedText out(runtime.budget);
  runtime.budget.search(text.size(), old.size());
  std::size_t position = 0;
  if (old.empty()) {  // the replacement goes before every code point and at the end
    while (left > 0) {
      out.append(replacement);
      --left;
      if (position >= text.size()) break;
      const std::size_t start = position;
      next_code_point(text, position);
      out.append(text.substr(start, position - start));
    }
  }
  while (!old.empty() && left > 0) {
    const std::size_t found = text.find(old, position);
    if (found == std::string_view::npos) break;
    out.append(text.substr(position, found - position));
    out.append(replacement);
    position = found + old.size();
    --left;
  }
  out.append(text.substr(std::min(position, text.size())));
  return runtime.string(out.take());
}

std::span<const NamedMethod> string_splitters() { return kMethods; }

}  // namespace minnow::text::jinja
