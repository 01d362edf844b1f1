#include "text/jinja_runtime.hpp"

#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"

namespace minnow::text::jinja {

Runtime::~Runtime() {
  for (const Value& object : kept_) object.opaque().untie();
}

Value Runtime::call(const Value& callee, const Arguments& arguments) {
  const Level level(budget);
  require_defined(callee);
  if (!callee.is(Kind::opaque) || !callee.opaque().callable()) {
    fail(ErrorCode::invalid_input, "'{}' object is not callable", type_name(callee));
  }
  return callee.opaque().call(*this, arguments);
}

Value Runtime::make_namespace() {
  keep(Value::of(Kind::opaque, new Namespace(budget)));
  return kept_.back();
}

Parameters::Parameters(std::string_view callee, const Arguments& arguments,
                       std::initializer_list<std::string_view> names, std::size_t n_required)
    : callee_(callee), values_(names.size()) {
  if (arguments.positional.size() > names.size()) {
    fail(ErrorCode::invalid_input, "{}() takes at most {} arguments, {} given", callee, names.size(),
         arguments.positional.size());
  }
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) values_[i] = arguments.positional[i];
  for (const auto& [name, value] : arguments.named) {
    std::size_t index = 0;
    for (const std::string_view parameter : names) {
      if (parameter == name) break;
      ++index;
    }
    if (index == names.size()) fail(ErrorCode::invalid_input, "{}() has no parameter '{}'", callee, name);
    if (values_[index]) fail(ErrorCode::invalid_input, "{}() is given '{}' twice", callee, name);
    values_[index] = value;
  }
  for (std::size_t i = 0; i < n_required; ++i) {
    if (!values_[i]) fail(ErrorCode::invalid_input, "{}() lacks the argument '{}'", callee, *(names.begin() + i));
  }
}

bool Parameters::truth_or(std::size_t index, bool otherwise) const { return has(index) ? truth(at(index)) : otherwise; }

std::int64_t Parameters::integer_or(std::size_t index, std::int64_t otherwise) const {
  if (!has(index)) return otherwise;
  require_defined(at(index));
  if (!at(index).is_integral()) {
    fail(ErrorCode::invalid_input, "{}() needs an integer, not '{}'", callee_, type_name(at(index)));
  }
  return at(index).as_integer();
}

const std::string& Parameters::string(std::size_t index) const {
  require_defined(at(index));
  if (!at(index).is(Kind::string)) {
    fail(ErrorCode::invalid_input, "{}() needs a string, not '{}'", callee_, type_name(at(index)));
  }
  return at(index).as_string();
}

std::optional<Value> OpaqueObject::attribute(Runtime&, std::string_view) { return std::nullopt; }

Value OpaqueObject::call(Runtime&, const Arguments&) {
  fail(ErrorCode::invalid_input, "'{}' object is not callable", type_name());
}

std::string OpaqueObject::printed(Runtime&) const {
  fail(ErrorCode::unsupported, "a {} has no text to print", type_name());
}

Method::Method(Budget& budget, std::string_view name, Value self, NativeFunction function)
    : OpaqueObject(budget, sizeof(Method), self.nesting() + 1),
      name_(name),
      self_(std::move(self)),
      function_(function) {}

Value Method::call(Runtime& runtime, const Arguments& arguments) { return function_(runtime, self_, arguments); }

std::optional<Value> Namespace::attribute(Runtime& runtime, std::string_view name) {
  runtime.budget.spend(entries_.size() / 8);
  for (const auto& [known, value] : entries_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

void Namespace::set(Runtime& runtime, const std::string& name, Value value) {
  runtime.budget.spend(entries_.size() / 8);
  for (auto& [known, old] : entries_) {
    if (known == name) {
      old = std::move(value);
      return;
    }
  }
  entries_.emplace_back(name, std::move(value));
}

std::string Namespace::printed(Runtime& runtime) const {
  BoundedText out(runtime.budget);
  out.append("<Namespace {");
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i > 0) out.append(", ");
    out.append(to_repr(runtime, runtime.string(entries_[i].first)));
    out.append(": ");
    out.append(to_repr(runtime, entries_[i].second));
  }
  out.append("}>");
  return out.take();
}

}  // namespace minnow::text::jinja
