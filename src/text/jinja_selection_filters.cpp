// Filters that apply a filter, a test or an attribute to every item: map, select and their kin. Python evaluates
// them as they are read; we do it at once, which shows only in where an error is raised.
#include <algorithm>
#include <charconv>

#include "text/jinja_filters.hpp"
#include "text/jinja_operators.hpp"

namespace minnow::text::jinja {

namespace {

Filter filter_named(const Value& name) {
  const Filter filter = name.is(Kind::string) ? find_filter(name.as_string()) : nullptr;
  if (filter == nullptr) {
    fail(ErrorCode::unsupported, "there is no filter '{}'", name.is(Kind::string) ? name.as_string() : type_name(name));
  }
  return filter;
}

Test test_named(const Value& name) {
  const Test test = name.is(Kind::string) ? find_test(name.as_string()) : nullptr;
  if (test == nullptr) {
    fail(ErrorCode::unsupported, "there is no test '{}'", name.is(Kind::string) ? name.as_string() : type_name(name));
  }
  return test;
}

Arguments without_first(const Arguments& arguments, std::size_t count) {
  Arguments rest = arguments;
  rest.positional.erase(rest.positional.begin(), rest.positional.begin() + static_cast<std::ptrdiff_t>(count));
  return rest;
}

Value map(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  std::vector<Value> mapped;
  if (!truth(subject)) return runtime.iterator(std::move(mapped));
  if (arguments.positional.empty()) {
    const Parameters given("map", arguments, {"attribute", "default"}, 1);
    const Value* otherwise = given.is_none(1) ? nullptr : &given.at(1);
    for (const Value& item : items_of(runtime, subject)) {
      mapped.push_back(follow_path(runtime, item, given.at(0), otherwise));
    }
    return runtime.iterator(std::move(mapped));
  }
  const Filter filter = filter_named(arguments.positional.front());
  const Arguments rest = without_first(arguments, 1);
  const Level level(runtime.budget);
  for (const Value& item : items_of(runtime, subject)) mapped.push_back(filter(runtime, item, rest));
  return runtime.iterator(std::move(mapped));
}

template <bool keep, bool by_attribute>
Value select(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  std::vector<Value> selected;
  if (!truth(subject)) return runtime.iterator(std::move(selected));
  constexpr std::size_t kTestPlace = by_attribute ? 1 : 0;
  if (arguments.positional.size() < kTestPlace) fail(ErrorCode::invalid_input, "the attribute's name is missing");
  const bool has_test = arguments.positional.size() > kTestPlace;
  const Test test = has_test ? test_named(arguments.positional[kTestPlace]) : nullptr;
  const Arguments rest = has_test ? without_first(arguments, kTestPlace + 1) : Arguments{};
  const Level level(runtime.budget);
  for (const Value& item : items_of(runtime, subject)) {
    runtime.budget.spend();
    const Value judged = by_attribute ? follow_path(runtime, item, arguments.positional[0]) : item;
    if ((has_test ? test(runtime, judged, rest) : truth(judged)) == keep) selected.push_back(item);
  }
  return runtime.iterator(std::move(selected));
}

constexpr NamedFilter kFilters[] = {
    {"map", map},
    {"reject", select<false, false>},
    {"rejectattr", select<false, true>},
    {"select", select<true, false>},
    {"selectattr", select<true, true>},
};

}  // namespace

Value follow_path(Runtime& runtime, const Value& item, const Value& path, const Value* otherwise) {
  Value value = item;
  const auto follow = [&](const Value& step) {
    value = get_item(runtime, value, step);
    if (otherwise != nullptr && value.is(Kind::undefined)) value = *otherwise;
  };
  if (!path.is(Kind::string)) {
    follow(path);
    return value;
  }
  for (std::string_view rest = path.as_string();;) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view part = rest.substr(0, dot);
    std::int64_t index = 0;
    const bool is_index = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos &&
                          std::from_chars(part.data(), part.data() + part.size(), index).ec == std::errc();
    follow(is_index ? Value::integer(index) : runtime.string(std::string(part)));
    if (dot == rest.size()) return value;
    rest.remove_prefix(dot + 1);
  }
}

std::span<const NamedFilter> selection_filters() { return kFilters; }

}  // namespace minnow::text::jinja
