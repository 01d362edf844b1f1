// Filters that compare items with one another: sort, unique, min, max, groupby. Letter case doesn't count unless
// case_sensitive says so.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

struct Keyed {
  Value key;
  Value item;
};

// The value an item is compared by.
Value key_of(Runtime& runtime, const Value& item, const Value* path, bool case_sensitive) {
  const Value key = path == nullptr ? item : follow_path(runtime, item, *path);
  return case_sensitive ? key : without_case(runtime, key);
}

// sort's attribute may name several: "age,name". Always a list, so that equal keys needn't have an order.
Value sort_key(Runtime& runtime, const Value& item, const Value* path, bool case_sensitive) {
  std::vector<Value> keys;
  if (path == nullptr || !path->is(Kind::string)) {
    keys.push_back(key_of(runtime, item, path, case_sensitive));
    return runtime.list(std::move(keys));
  }
  for (std::string_view rest = path->as_string();;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const Value part = runtime.string(std::string(rest.substr(0, comma)));
    keys.push_back(key_of(runtime, item, &part, case_sensitive));
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  return runtime.list(std::move(keys));
}

void sort_keyed(Runtime& runtime, std::vector<Keyed>& keyed, bool reverse) {
  std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& left, const Keyed& right) {
    return reverse ? is_less(runtime, right.key, left.key) : is_less(runtime, left.key, right.key);
  });
}

Value items_list(Runtime& runtime, std::vector<Keyed>& keyed) {
  std::vector<Value> items;
  for (Keyed& entry : keyed) items.push_back(std::move(entry.item));
  return runtime.list(std::move(items));
}

const Value* path_of(const Parameters& given, std::size_t index) {
  return given.is_none(index) ? nullptr : &given.at(index);
}

Value sort(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  std::vector<Keyed> keyed;
  for (const Value& item : items_of(runtime, subject)) {
    keyed.push_back({sort_key(runtime, item, path_of(given, 2), given.truth_or(1, false)), item});
  }
  sort_keyed(runtime, keyed, given.truth_or(0, false));
  return items_list(runtime, keyed);
}

Value dict_sort(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  const std::string by = given.has(1) ? given.string(1) : "key";
  if (by != "key" && by != "value")
    fail(ErrorCode::invalid_input, "dictsort sorts by key or by value, not by '{}'", by);
  require_defined(subject);
  if (!subject.is(Kind::dict)) fail(ErrorCode::invalid_input, "'{}' object has no items to sort", type_name(subject));
  const bool case_sensitive = given.truth_or(0, false);
  std::vector<Keyed> keyed;
  for (const auto& [key, value] : subject.dict().entries) {
    keyed.push_back({key_of(runtime, by == "key" ? key : value, nullptr, case_sensitive), runtime.tuple({key, value})});
  }
  sort_keyed(runtime, keyed, given.truth_or(2, false));
  return items_list(runtime, keyed);
}

Value unique(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("unique", arguments, {"case_sensitive", "attribute"});
  std::vector<Value> seen;
  std::vector<Value> items;
  for (const Value& item : items_of(runtime, subject)) {
    const Value key = key_of(runtime, item, path_of(given, 1), given.truth_or(0, false));
    if (key.is(Kind::list) || key.is(Kind::dict))
      fail(ErrorCode::invalid_input, "unhashable type: '{}'", type_name(key));
    const bool known =
        std::any_of(seen.begin(), seen.end(), [&](const Value& old) { return equals(runtime, old, key); });
    if (known) continue;
    seen.push_back(key);
    items.push_back(item);
  }
  return runtime.iterator(std::move(items));
}

template <bool largest>
Value extreme(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given(largest ? "max" : "min", arguments, {"case_sensitive", "attribute"});
  const std::vector<Value> items = items_of(runtime, subject);
  if (items.empty()) return runtime.undefined("No aggregated item, sequence was empty.");
  const auto key = [&](const Value& item) {
    return key_of(runtime, item, path_of(given, 1), given.truth_or(0, false));
  };
  Value best = items.front();
  Value best_key = key(best);
  for (std::size_t i = 1; i < items.size(); ++i) {
    Value other_key = key(items[i]);
    if (largest ? !is_less(runtime, best_key, other_key) : !is_less(runtime, other_key, best_key)) continue;
    best = items[i];
    best_key = std::move(other_key);
  }
  return best;
}

Value group_by(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("groupby", arguments, {"attribute", "default", "case_sensitive"}, 1);
  const Value* otherwise = given.is_none(1) ? nullptr : &given.at(1);
  const bool case_sensitive = given.truth_or(2, false);
  const auto plain_key = [&](const Value& item) { return follow_path(runtime, item, given.at(0), otherwise); };
  std::vector<Keyed> keyed;
  for (const Value& item : items_of(runtime, subject)) {
    const Value key = plain_key(item);
    keyed.push_back({case_sensitive ? key : without_case(runtime, key), item});
  }
  sort_keyed(runtime, keyed, false);
  std::vector<Value> groups;
  for (std::size_t start = 0; start < keyed.size();) {
    std::size_t end = start;
    std::vector<Value> members;
    while (end < keyed.size() && equals(runtime, keyed[start].key, keyed[end].key))
      members.push_back(keyed[end++].item);
    std::vector<Value> group = {plain_key(keyed[start].item), runtime.list(std::move(members))};
    groups.push_back(make_sequence(runtime.budget, Kind::tuple, std::move(group), "_GroupTuple"));
    start = end;
  }
  return runtime.list(std::move(groups));
}

constexpr NamedFilter kFilters[] = {
    {"dictsort", dict_sort}, {"groupby", group_by}, {"max", extreme<true>},
    {"min", extreme<false>}, {"sort", sort},        {"unique", unique},
};

}  // namespace

Value without_case(Runtime& runtime, const Value& value) {
  return value.is(Kind::string) ? runtime.string(to_lower(value.as_string())) : value;
}

std::span<const NamedFilter> order_filters() { return kFilters; }

}  // namespace minnow::text::jinja
