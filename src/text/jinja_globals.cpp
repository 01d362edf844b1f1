// The functions every template can call: range, dict, namespace, joiner, cycler, and what transformers adds,
// raise_exception and strftime_now.
#include <algorithm>

#include "text/jinja_clock.hpp"
#include "text/jinja_library.hpp"
#include "text/jinja_methods.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"

namespace minnow::text::jinja {

namespace {

constexpr std::size_t kMaxRange = 100000;  // what Jinja's sandbox allows

Value range(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("range", arguments, {"start", "stop", "step"}, 1);
  const bool has_start = given.has(1);
  const std::int64_t start = has_start ? given.integer_or(0, 0) : 0;
  const std::int64_t stop = given.integer_or(has_start ? 1 : 0, 0);
  const std::int64_t step = given.integer_or(2, 1);
  if (step == 0) fail(ErrorCode::invalid_input, "range() arg 3 must not be zero");
  const Value result = make_range(runtime.budget, start, stop, step);
  if (result.range().length > kMaxRange) fail(ErrorCode::invalid_input, "a range has more than {} items", kMaxRange);
  return result;
}

// What dict() and namespace() take: a mapping or pairs, then names.
Value collect_entries(Runtime& runtime, const Arguments& arguments) {
  if (arguments.positional.size() > 1) fail(ErrorCode::invalid_input, "dict() takes at most one positional argument");
  DictBuilder entries(runtime);
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional.front();
    if (source.is(Kind::dict)) {
      for (const auto& [key, value] : source.dict().entries) entries.set(key, value);
    } else {
      for (const Value& item : items_of(runtime, source)) {
        std::vector<Value> pair = items_of(runtime, item);
        if (pair.size() != 2) fail(ErrorCode::invalid_input, "dict() needs pairs of key and value");
        entries.set(std::move(pair[0]), std::move(pair[1]));
      }
    }
  }
  for (const auto& [name, value] : arguments.named) entries.set(runtime.string(name), value);
  return entries.take();
}

Value dict(Runtime& runtime, const Value&, const Arguments& arguments) { return collect_entries(runtime, arguments); }

Value make_namespace(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Value space = runtime.make_namespace();
  const Value entries = collect_entries(runtime, arguments);
  for (const auto& [key, value] : entries.dict().entries) {
    static_cast<Namespace&>(space.opaque()).set(runtime, to_text(runtime, key), value);
  }
  return space;
}

class Joiner : public OpaqueObject {
 public:
  Joiner(Budget& budget, std::string separator)
      : OpaqueObject(budget, sizeof(Joiner) + separator.size(), 0), separator_(std::move(separator)) {}
  std::string_view type_name() const override { return "Joiner"; }
  bool callable() const override { return true; }
  Value call(Runtime& runtime, const Arguments&) override {
    return runtime.string(std::exchange(used_, true) ? separator_ : "");
  }

 private:
  std::string separator_;
  bool used_ = false;
};

Value joiner(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("joiner", arguments, {"sep"});
  return Value::of(Kind::opaque, new Joiner(runtime.budget, given.has(0) ? to_text(runtime, given.at(0)) : ", "));
}

class Cycler : public OpaqueObject {
 public:
  Cycler(Budget& budget, Value items)
      : OpaqueObject(budget, sizeof(Cycler), items.nesting() + 1), items_(std::move(items)) {}
  std::string_view type_name() const override { return "Cycler"; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override {
    if (name == "current") return items_.items()[position_];
    if (name == "next") return method(runtime, "next", &next);
    if (name == "reset") return method(runtime, "reset", &reset);
    return std::nullopt;
  }

 private:
  Value method(Runtime& runtime, std::string_view name, NativeFunction function) {
    return Value::of(Kind::opaque, new Method(runtime.budget, name, Value::of(Kind::opaque, this), function));
  }
  static Value next(Runtime&, const Value& self, const Arguments&) {
    auto& cycler = static_cast<Cycler&>(self.opaque());
    const auto& items = cycler.items_.items();
    return items[std::exchange(cycler.position_, (cycler.position_ + 1) % items.size())];
  }
  static Value reset(Runtime&, const Value& self, const Arguments&) {
    static_cast<Cycler&>(self.opaque()).position_ = 0;
    return Value::none();
  }

  Value items_;
  std::size_t position_ = 0;
};

Value cycler(Runtime& runtime, const Value&, const Arguments& arguments) {
  if (arguments.positional.empty()) fail(ErrorCode::invalid_input, "cycler() needs at least one item");
  return Value::of(Kind::opaque, new Cycler(runtime.budget, runtime.list(arguments.positional)));
}

Value raise_exception(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("raise_exception", arguments, {"message"}, 1);
  throw Refusal(to_text(runtime, given.at(0)));
}

Value strftime_now(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("strftime_now", arguments, {"format"}, 1);
  return runtime.string(format_time(runtime.now, given.string(0)));
}

Value lipsum(Runtime&, const Value&, const Arguments&) {
  fail(ErrorCode::unsupported, "lipsum() gives random text and isn't supported");
}

constexpr NamedMethod kGlobals[] = {
    {"cycler", cycler},
    {"dict", dict},
    {"joiner", joiner},
    {"lipsum", lipsum},
    {"namespace", make_namespace},
    {"raise_exception", raise_exception},
    {"range", range},
    {"strftime_now", strftime_now},
};

}  // namespace

Value global_value(Runtime& runtime, std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kGlobals), std::end(kGlobals), [&](const auto& g) { return g.name == name; });
  if (found == std::end(kGlobals)) return runtime.undefined(fmt::format("'{}' is undefined", name.substr(0, 80)));
  return Value::of(Kind::opaque, new Method(runtime.budget, found->name, Value(), found->function));
}

}  // namespace minnow::text::jinja
