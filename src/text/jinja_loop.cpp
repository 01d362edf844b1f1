// Running for loops and calling macros.
#include <algorithm>

#include "text/jinja_interpreter.hpp"
#include "text/jinja_macro.hpp"

namespace minnow::text::jinja {

namespace {

// Frames are owned by whoever entered or retained them; a closure only borrows.
FramePtr borrow(Frame* frame) { return FramePtr(FramePtr(), frame); }

}  // namespace

std::vector<Value> Interpreter::loop_items(const Statement& statement, const Value& iterable) {
  std::vector<Value> items = items_of(runtime_, iterable);
  if (!statement.condition) return items;
  std::vector<Value> kept;
  auto inner = std::make_shared<Frame>();
  inner->parent = frame_;
  const FrameScope scope(frame_, inner);
  for (Value& item : items) {
    assign(*statement.target, item);
    if (truth(evaluate(*statement.condition))) kept.push_back(std::move(item));
  }
  return kept;
}

Interpreter::Flow Interpreter::execute_loop(const Statement& statement, const Value& iterable, std::size_t depth) {
  const Level level(runtime_.budget);
  const Value items = runtime_.list(loop_items(statement, iterable));
  const FramePtr outside = frame_;
  if (items.items().empty()) {
    auto inner = std::make_shared<Frame>();
    inner->parent = outside;
    const FrameScope scope(frame_, inner);
    return execute(statement.otherwise);
  }
  Value loop;
  if (loop_ != kUnused) {
    auto* object = new LoopObject(runtime_, items, depth);
    loop = Value::of(Kind::opaque, object);
    if (statement.recursive) object->make_recursive(*this, statement, retain(outside));
  }
  FramePtr inner;
  for (std::size_t i = 0; i < items.items().size(); ++i) {
    // Nothing a body sets lasts to its next turn.
    if (!inner || inner.use_count() > 1) {
      inner = std::make_shared<Frame>();
      inner->parent = outside;
    }
    inner->variables.clear();
    const FrameScope scope(frame_, inner);
    if (loop_ != kUnused) {
      static_cast<LoopObject&>(loop.opaque()).move_to(i);
      inner->set(loop_, loop);
    }
    assign(*statement.target, items.items()[i]);
    if (execute(statement.body) == Flow::break_loop) break;
  }
  return Flow::next;
}

Value Interpreter::call_macro(const Macro& macro, Frame* closure, const Arguments& arguments) {
  auto inner = std::make_shared<Frame>();
  inner->parent = borrow(closure);
  const std::uint32_t line = runtime_.line;
  {
    const FrameScope scope(frame_, inner);
    bind_parameters(macro, arguments, *inner);
  }
  Value text = runtime_.string(capture(macro.body, inner));
  runtime_.line = line;
  return text;
}

void Interpreter::bind_parameters(const Macro& macro, const Arguments& arguments, Frame& frame) {
  const auto& parameters = macro.parameters;
  std::vector<bool> used(arguments.named.size(), false);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    const auto named = std::find_if(arguments.named.begin(), arguments.named.end(),
                                    [&](const auto& argument) { return argument.first == parameter.name; });
    const bool is_named = named != arguments.named.end();
    if (is_named) used[static_cast<std::size_t>(named - arguments.named.begin())] = true;
    if (i < arguments.positional.size()) {
      if (is_named) fail(ErrorCode::invalid_input, "macro '{}' is given '{}' twice", macro.name, parameter.name);
      frame.set(parameter.symbol, arguments.positional[i]);
    } else if (is_named) {
      frame.set(parameter.symbol, named->second);
    } else if (parameter.otherwise) {
      frame.set(parameter.symbol, evaluate(*parameter.otherwise));
    } else {
      frame.set(parameter.symbol, runtime_.undefined(fmt::format("parameter '{}' was not provided", parameter.name)));
    }
  }
  if (macro.uses_caller && caller_ != kUnused) frame.set(caller_, runtime_.undefined("No caller defined"));
  DictBuilder rest(runtime_);
  for (std::size_t i = 0; i < arguments.named.size(); ++i) {
    const auto& [name, value] = arguments.named[i];
    if (used[i]) continue;
    if (name == "caller" && macro.uses_caller) {
      frame.set(caller_, value);
    } else if (macro.uses_kwargs) {
      rest.set(runtime_.string(name), value);
    } else {
      fail(ErrorCode::invalid_input, "macro '{}' takes no keyword argument '{}'", macro.name, name);
    }
  }
  if (macro.uses_kwargs) frame.set(kwargs_, rest.take());
  const std::size_t n_bound = std::min(parameters.size(), arguments.positional.size());
  if (macro.uses_varargs) {
    frame.set(varargs_, runtime_.tuple({arguments.positional.begin() + static_cast<std::ptrdiff_t>(n_bound),
                                        arguments.positional.end()}));
  } else if (n_bound < arguments.positional.size()) {
    fail(ErrorCode::invalid_input, "macro '{}' takes not more than {} argument(s)", macro.name, parameters.size());
  }
}

std::optional<Value> MacroObject::attribute(Runtime& runtime, std::string_view name) {
  if (name == "name") return runtime.string(macro_.name);
  return std::nullopt;
}

Value MacroObject::call(Runtime&, const Arguments& arguments) {
  return interpreter_.call_macro(macro_, closure_, arguments);
}

std::string MacroObject::printed(Runtime&) const { return fmt::format("<Macro '{}'>", macro_.name); }

void LoopObject::make_recursive(Interpreter& interpreter, const Statement& statement, Frame* outside) {
  interpreter_ = &interpreter;
  statement_ = &statement;
  outside_ = outside;
}

std::optional<Value> LoopObject::attribute(Runtime& runtime, std::string_view name) {
  const auto integer = [](std::size_t value) { return Value::integer(static_cast<std::int64_t>(value)); };
  const auto method = [&](std::string_view method_name, NativeFunction function) {
    return Value::of(Kind::opaque, new Method(runtime.budget, method_name, Value::of(Kind::opaque, this), function));
  };
  if (name == "index") return integer(index_ + 1);
  if (name == "index0") return integer(index_);
  if (name == "revindex") return integer(size() - index_);
  if (name == "revindex0") return integer(size() - index_ - 1);
  if (name == "first") return Value::boolean(index_ == 0);
  if (name == "last") return Value::boolean(index_ + 1 == size());
  if (name == "length") return integer(size());
  if (name == "depth") return integer(depth_ + 1);
  if (name == "depth0") return integer(depth_);
  if (name == "previtem") {
    return index_ > 0 ? items_.items()[index_ - 1] : runtime.undefined("there is no previous item");
  }
  if (name == "nextitem") {
    return index_ + 1 < size() ? items_.items()[index_ + 1] : runtime.undefined("there is no next item");
  }
  if (name == "cycle") return method("cycle", &cycle);
  if (name == "changed") return method("changed", &changed);
  return std::nullopt;
}

Value LoopObject::cycle(Runtime&, const Value& self, const Arguments& arguments) {
  if (arguments.positional.empty()) fail(ErrorCode::invalid_input, "no items for cycling given");
  const auto& loop = static_cast<const LoopObject&>(self.opaque());
  return arguments.positional[loop.index_ % arguments.positional.size()];
}

Value LoopObject::changed(Runtime& runtime, const Value& self, const Arguments& arguments) {
  auto& loop = static_cast<LoopObject&>(self.opaque());
  Value seen = runtime.tuple(arguments.positional);
  if (loop.last_seen_.is(Kind::tuple) && equals(runtime, loop.last_seen_, seen)) return Value::boolean(false);
  if (!loop.last_seen_.is(Kind::tuple)) runtime.keep(self);
  loop.last_seen_ = std::move(seen);
  return Value::boolean(true);
}

Value LoopObject::call(Runtime& runtime, const Arguments& arguments) {
  const Parameters given("loop", arguments, {"iterable"}, 1);
  BoundedText text(runtime.budget);
  const FrameScope scope(interpreter_->frame_, borrow(outside_));
  BoundedText* before = std::exchange(interpreter_->out_, &text);
  try {
    interpreter_->execute_loop(*statement_, given.at(0), depth_ + 1);
  } catch (...) {
    interpreter_->out_ = before;
    throw;
  }
  interpreter_->out_ = before;
  return runtime.string(text.take());
}

std::string LoopObject::printed(Runtime&) const { return fmt::format("<LoopContext {}/{}>", index_ + 1, size()); }

}  // namespace minnow::text::jinja
