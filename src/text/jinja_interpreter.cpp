#include "text/jinja_interpreter.hpp"

#include <algorithm>

#include "text/jinja_macro.hpp"
#include "text/jinja_print.hpp"

namespace minnow::text::jinja {

void Frame::set(Symbol symbol, Value value) {
  for (auto& [known, old] : variables) {
    if (known == symbol) {
      old = std::move(value);
      return;
    }
  }
  variables.emplace_back(symbol, std::move(value));
}

Interpreter::Interpreter(const Ast& ast, Runtime& runtime, std::vector<Value> variables)
    : ast_(ast),
      runtime_(runtime),
      variables_(std::move(variables)),
      loop_(find_symbol("loop")),
      caller_(find_symbol("caller")),
      varargs_(find_symbol("varargs")),
      kwargs_(find_symbol("kwargs")) {}

Symbol Interpreter::find_symbol(std::string_view name) const {
  const auto found = std::find(ast_.names.begin(), ast_.names.end(), name);
  return found == ast_.names.end() ? kUnused : static_cast<Symbol>(found - ast_.names.begin());
}

std::string Interpreter::run() { return capture(ast_.body, std::make_shared<Frame>()); }

std::string Interpreter::capture(const Block& block, const FramePtr& frame) {
  BoundedText text(runtime_.budget);
  const FrameScope scope(frame_, frame);
  BoundedText* outside = std::exchange(out_, &text);
  try {
    execute(block);
  } catch (...) {
    out_ = outside;
    throw;
  }
  out_ = outside;
  return text.take();
}

Frame* Interpreter::retain(const FramePtr& frame) {
  if (retained_.empty() || retained_.back() != frame) {
    runtime_.budget.hold(sizeof(Frame) + frame->variables.size() * sizeof(frame->variables[0]));
    retained_.push_back(frame);
  }
  return frame.get();
}

Interpreter::Flow Interpreter::execute(const Block& block) {
  const Level level(runtime_.budget);
  for (const Statement& statement : block) {
    const Flow flow = execute_one(statement);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Interpreter::Flow Interpreter::execute_one(const Statement& statement) {
  runtime_.line = statement.line;
  runtime_.budget.spend();
  switch (statement.kind) {
    case StatementKind::text:
      out_->append(statement.text);
      break;
    case StatementKind::print:
      append_text(runtime_, *out_, evaluate(*statement.value));
      break;
    case StatementKind::branch:
      return execute_branches(statement);
    case StatementKind::loop:
      return execute_loop(statement, evaluate(*statement.value), 0);
    case StatementKind::assign:
      assign(*statement.target, evaluate(*statement.value));
      break;
    case StatementKind::assign_block:
      execute_assign_block(statement);
      break;
    case StatementKind::macro:
      execute_macro(statement);
      break;
    case StatementKind::call_block:
      execute_call_block(statement);
      break;
    case StatementKind::filter_block:
      execute_filter_block(statement);
      break;
    case StatementKind::scope:
      return execute_scope(statement);
    case StatementKind::break_loop:
      return Flow::break_loop;
    case StatementKind::continue_loop:
      return Flow::continue_loop;
  }
  return Flow::next;
}

Interpreter::Flow Interpreter::execute_branches(const Statement& statement) {
  for (const Branch& branch : statement.branches) {
    if (!branch.condition || truth(evaluate(*branch.condition))) return execute(branch.body);
  }
  return Flow::next;
}

Interpreter::Flow Interpreter::execute_scope(const Statement& statement) {
  auto inner = std::make_shared<Frame>();
  inner->parent = frame_;
  // The values of `with` see the names outside, the targets are set inside.
  std::vector<Value> values;
  for (const auto& [target, value] : statement.assignments) values.push_back(evaluate(*value));
  const FrameScope scope(frame_, inner);
  for (std::size_t i = 0; i < values.size(); ++i) assign(*statement.assignments[i].first, values[i]);
  return execute(statement.body);
}

void Interpreter::execute_macro(const Statement& statement) {
  frame_->set(statement.macro->symbol,
              Value::of(Kind::opaque, new MacroObject(*this, *statement.macro, retain(frame_), runtime_.budget)));
}

void Interpreter::execute_call_block(const Statement& statement) {
  const Expression& call = *statement.value;
  const Value callee = evaluate(*call.operands.front());
  Arguments arguments = evaluate_arguments(call.arguments.get());
  arguments.named.emplace_back(
      "caller", Value::of(Kind::opaque, new MacroObject(*this, *statement.macro, retain(frame_), runtime_.budget)));
  append_text(runtime_, *out_, runtime_.call(callee, arguments));
}

void Interpreter::execute_assign_block(const Statement& statement) {
  auto inner = std::make_shared<Frame>();
  inner->parent = frame_;
  const Value text = runtime_.string(capture(statement.body, inner));
  assign(*statement.target, apply_filters(statement.value.get(), text));
}

void Interpreter::execute_filter_block(const Statement& statement) {
  auto inner = std::make_shared<Frame>();
  inner->parent = frame_;
  const Value text = runtime_.string(capture(statement.body, inner));
  append_text(runtime_, *out_, apply_filters(statement.value.get(), text));
}

void Interpreter::assign(const Expression& target, const Value& value) {
  if (target.kind == ExpressionKind::name) {
    frame_->set(target.symbol, value);
    return;
  }
  if (target.kind == ExpressionKind::attribute_of_namespace) {
    const Value space = evaluate_name(target);
    auto* object = space.is(Kind::opaque) ? dynamic_cast<Namespace*>(&space.opaque()) : nullptr;
    if (object == nullptr) fail(ErrorCode::invalid_input, "cannot assign attribute on non-namespace object");
    object->set(runtime_, target.text, value);
    return;
  }
  const std::vector<Value> items = items_of(runtime_, value);
  if (items.size() != target.operands.size()) {
    fail(ErrorCode::invalid_input, "{} values can't be unpacked to {} names", items.size(), target.operands.size());
  }
  for (std::size_t i = 0; i < items.size(); ++i) assign(*target.operands[i], items[i]);
}

}  // namespace minnow::text::jinja
