// Filters that take a sequence apart or put it together.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

Value length_filter(Runtime& runtime, const Value& subject, const Arguments&) {
  return Value::integer(static_cast<std::int64_t>(length(runtime, subject)));
}

Value default_filter(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("default", arguments, {"default_value", "boolean"});
  const bool missing = subject.is(Kind::undefined) || (given.truth_or(1, false) && !truth(subject));
  return missing ? given.value_or(0, runtime.string("")) : subject;
}

Value first(Runtime& runtime, const Value& subject, const Arguments&) {
  if (subject.is(Kind::iterator)) {  // takes one item, leaves the rest
    SequenceObject& sequence = subject.sequence();
    if (sequence.position < sequence.items.size()) return sequence.items[sequence.position++];
    return runtime.undefined("No first item, sequence was empty.");
  }
  const std::vector<Value> items = items_of(runtime, subject);
  return items.empty() ? runtime.undefined("No first item, sequence was empty.") : items.front();
}

Value last(Runtime& runtime, const Value& subject, const Arguments&) {
  if (subject.is(Kind::iterator)) fail(ErrorCode::invalid_input, "'generator' object is not reversible");
  const std::vector<Value> items = items_of(runtime, subject);
  return items.empty() ? runtime.undefined("No last item, sequence was empty.") : items.back();
}

Value list(Runtime& runtime, const Value& subject, const Arguments&) {
  return runtime.list(items_of(runtime, subject));
}

Value items(Runtime& runtime, const Value& subject, const Arguments&) {
  std::vector<Value> pairs;
  if (!subject.is(Kind::undefined)) {
    if (!subject.is(Kind::dict)) fail(ErrorCode::invalid_input, "Can only get item pairs from a mapping.");
    for (const auto& [key, value] : subject.dict().entries) pairs.push_back(runtime.tuple({key, value}));
  }
  return runtime.iterator(std::move(pairs));
}

Value reverse(Runtime& runtime, const Value& subject, const Arguments&) {
  std::vector<Value> items = items_of(runtime, subject);
  std::reverse(items.begin(), items.end());
  if (!subject.is(Kind::string)) return runtime.iterator(std::move(items));
  BoundedText out(runtime.budget);
  for (const Value& item : items) out.append(item.as_string());
  return runtime.string(out.take());
}

Value join(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("join", arguments, {"d", "attribute"});
  const std::string separator = given.has(0) ? to_text(runtime, given.at(0)) : "";
  BoundedText out(runtime.budget);
  bool is_first = true;
  for (const Value& item : items_of(runtime, subject)) {
    if (!is_first) out.append(separator);
    is_first = false;
    append_text(runtime, out, given.is_none(1) ? item : follow_path(runtime, item, given.at(1)));
  }
  return runtime.string(out.take());
}

Value attribute(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("attr", arguments, {"name"}, 1);
  require_defined(subject);
  const std::string& name = given.string(0);
  // Attributes only, never the keys of a dict.
  if (!name.starts_with('_')) {
    auto found =
        subject.is(Kind::opaque) ? subject.opaque().attribute(runtime, name) : find_method(runtime, subject, name);
    if (found) return *std::move(found);
  }
  return runtime.undefined(fmt::format("'{}' object has no attribute '{}'", type_name(subject), name));
}

Value sum(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("sum", arguments, {"attribute", "start"});
  Value total = given.value_or(1, Value::integer(0));
  if (total.is(Kind::string)) fail(ErrorCode::invalid_input, "sum() can't sum strings; use join");
  for (const Value& item : items_of(runtime, subject)) {
    total =
        calculate(runtime, Arithmetic::add, total, given.is_none(0) ? item : follow_path(runtime, item, given.at(0)));
  }
  return total;
}

std::size_t positive(const Parameters& given, std::string_view what) {
  const std::int64_t count = given.integer_or(0, 0);
  if (count <= 0) fail(ErrorCode::invalid_input, "{} needs a number above zero", what);
  return static_cast<std::size_t>(count);
}

Value batch(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("batch", arguments, {"linecount", "fill_with"}, 1);
  const std::size_t size = positive(given, "batch");
  std::vector<Value> rows;
  std::vector<Value> row;
  for (const Value& item : items_of(runtime, subject)) {
    if (row.size() == size) rows.push_back(runtime.list(std::exchange(row, {})));
    row.push_back(item);
  }
  if (!row.empty()) {
    if (!given.is_none(1) && row.size() < size) {
      runtime.budget.spend(size / 4);
      runtime.budget.check_memory(size * sizeof(Value));
      row.resize(size, given.at(1));
    }
    rows.push_back(runtime.list(std::move(row)));
  }
  return runtime.iterator(std::move(rows));
}

Value slice(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("slice", arguments, {"slices", "fill_with"}, 1);
  const std::vector<Value> items = items_of(runtime, subject);
  const std::size_t n_slices = positive(given, "slice");
  runtime.budget.spend(n_slices);
  const std::size_t per_slice = items.size() / n_slices;
  const std::size_t n_longer = items.size() % n_slices;
  std::vector<Value> slices;
  std::size_t next = 0;
  for (std::size_t i = 0; i < n_slices; ++i) {
    std::vector<Value> part;
    const std::size_t size = per_slice + (i < n_longer ? 1 : 0);
    for (std::size_t k = 0; k < size; ++k) part.push_back(items[next++]);
    if (!given.is_none(1) && i >= n_longer) part.push_back(given.at(1));
    slices.push_back(runtime.list(std::move(part)));
  }
  return runtime.iterator(std::move(slices));
}

constexpr NamedFilter kFilters[] = {
    {"attr", attribute},
    {"batch", batch},
    {"count", length_filter},
    {"d", default_filter},
    {"default", default_filter},
    {"first", first},
    {"items", items},
    {"join", join},
    {"last", last},
    {"length", length_filter},
    {"list", list},
    {"reverse", reverse},
    {"slice", slice},
    {"sum", sum},
};

}  // namespace

std::span<const NamedFilter> sequence_filters() { return kFilters; }

}  // namespace minnow::text::jinja
