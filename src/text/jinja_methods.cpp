// Methods of dicts, lists, tuples and ranges, and where each type's methods are looked up.
#include "text/jinja_methods.hpp"

#include <algorithm>
#include <array>

#include "text/jinja_library.hpp"
#include "text/jinja_operators.hpp"

namespace minnow::text::jinja {

namespace {

Value dict_items(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("items", arguments, {});
  std::vector<Value> pairs;
  for (const auto& [key, value] : self.dict().entries) pairs.push_back(runtime.tuple({key, value}));
  return make_sequence(runtime.budget, Kind::view, std::move(pairs), "dict_items");
}

Value dict_keys(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("keys", arguments, {});
  std::vector<Value> keys;
  for (const auto& [key, value] : self.dict().entries) keys.push_back(key);
  return make_sequence(runtime.budget, Kind::view, std::move(keys), "dict_keys");
}

Value dict_values(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("values", arguments, {});
  std::vector<Value> values;
  for (const auto& [key, value] : self.dict().entries) values.push_back(value);
  return make_sequence(runtime.budget, Kind::view, std::move(values), "dict_values");
}

Value dict_get(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("get", arguments, {"key", "default"}, 1);
  const Value* found = find_key(runtime, self.dict(), given.at(0));
  return found != nullptr ? *found : given.value_or(1, Value::none());
}

// Nothing changes a dict or list, so a copy is the same one.
Value copy(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters given("copy", arguments, {});
  return self;
}

std::vector<Value> elements(Runtime& runtime, const Value& self) { return items_of(runtime, self); }

Value sequence_count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("count", arguments, {"value"}, 1);
  std::int64_t n = 0;
  for (const Value& item : elements(runtime, self)) n += equals(runtime, item, given.at(0)) ? 1 : 0;
  return Value::integer(n);
}

Value sequence_index(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("index", arguments, {"value", "start", "stop"}, 1);
  const std::vector<Value> items = elements(runtime, self);
  const auto size = static_cast<std::int64_t>(items.size());
  const auto clamp = [&](std::int64_t place) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(place < 0 ? std::max(place, -size) + size : place, 0, size));
  };
  const std::size_t end = clamp(given.integer_or(2, size));
  for (std::size_t i = clamp(given.integer_or(1, 0)); i < end; ++i) {
    if (equals(runtime, items[i], given.at(0))) return Value::integer(static_cast<std::int64_t>(i));
  }
  fail(ErrorCode::invalid_input, "the value isn't in the {}", type_name(self));
}

constexpr NamedMethod kDictMethods[] = {
    {"copy", copy}, {"get", dict_get}, {"items", dict_items}, {"keys", dict_keys}, {"values", dict_values},
};
constexpr NamedMethod kListMethods[] = {{"copy", copy}, {"count", sequence_count}, {"index", sequence_index}};
constexpr NamedMethod kSequenceMethods[] = {{"count", sequence_count}, {"index", sequence_index}};

constexpr std::string_view kDictChangers[] = {"clear", "pop", "popitem", "setdefault", "update"};
constexpr std::string_view kListChangers[] = {"append", "clear",  "extend",  "insert",
                                              "pop",    "remove", "reverse", "sort"};

std::optional<Value> find_in(Runtime& runtime, std::span<const NamedMethod> methods, const Value& self,
                             std::string_view name) {
  for (const NamedMethod& method : methods) {
    if (method.name == name) {
      return Value::of(Kind::opaque, new Method(runtime.budget, method.name, self, method.function));
    }
  }
  return std::nullopt;
}

std::optional<Value> refuse_changer(Runtime& runtime, std::span<const std::string_view> names, const Value& self,
                                    std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
  return runtime.undefined(
      fmt::format("access to attribute '{}' of '{}' object is unsafe: values can't be changed", name, type_name(self)));
}

std::optional<Value> range_attribute(Runtime& runtime, const Value& self, std::string_view name) {
  if (name == "start") return Value::integer(self.range().start);
  if (name == "stop") return Value::integer(self.range().stop);
  if (name == "step") return Value::integer(self.range().step);
  return find_in(runtime, kSequenceMethods, self, name);
}

std::optional<Value> group_attribute(const Value& self, std::string_view name) {
  if (self.sequence().type_name != "_GroupTuple") return std::nullopt;
  if (name == "grouper") return self.items()[0];
  if (name == "list") return self.items()[1];
  return std::nullopt;
}

std::optional<Value> string_method(Runtime& runtime, const Value& self, std::string_view name) {
  for (const auto& methods : {string_methods(), string_splitters(), string_predicates()}) {
    if (auto found = find_in(runtime, methods, self, name)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> find_method(Runtime& runtime, const Value& value, std::string_view name) {
  std::optional<Value> found;
  switch (value.kind()) {
    case Kind::string:
      return string_method(runtime, value, name);
    case Kind::dict:
      found = find_in(runtime, kDictMethods, value, name);
      return found ? found : refuse_changer(runtime, kDictChangers, value, name);
    case Kind::list:
      found = find_in(runtime, kListMethods, value, name);
      return found ? found : refuse_changer(runtime, kListChangers, value, name);
    case Kind::tuple:
      found = group_attribute(value, name);
      return found ? found : find_in(runtime, kSequenceMethods, value, name);
    case Kind::range:
      return range_attribute(runtime, value, name);
    default:
      return std::nullopt;
  }
}

}  // namespace minnow::text::jinja
