// Evaluating expressions.
#include "text/jinja_interpreter.hpp"
#include "text/jinja_print.hpp"

namespace minnow::text::jinja {

Value Interpreter::evaluate(const Expression& node) {
  const Level level(runtime_.budget);
  const auto operand = [&](std::size_t index) { return evaluate(*node.operands[index]); };
  switch (node.kind) {
    case ExpressionKind::none:
      return Value::none();
    case ExpressionKind::boolean:
      return Value::boolean(node.integer != 0);
    case ExpressionKind::integer:
      return Value::integer(node.integer);
    case ExpressionKind::real:
      return Value::real(node.real);
    case ExpressionKind::string:
      return runtime_.string(node.text);
    case ExpressionKind::attribute_of_namespace:
    case ExpressionKind::name:
      return evaluate_name(node);
    case ExpressionKind::list:
      return runtime_.list(evaluate_all(node.operands));
    case ExpressionKind::tuple:
      return runtime_.tuple(evaluate_all(node.operands));
    case ExpressionKind::dict:
      return evaluate_dict(node);
    case ExpressionKind::attribute:
      return get_attribute(runtime_, operand(0), node.text);
    case ExpressionKind::subscript: {
      const Value value = operand(0);
      return get_item(runtime_, value, operand(1));
    }
    case ExpressionKind::slice:
      return evaluate_slice(node);
    case ExpressionKind::call:
      return evaluate_call(node);
    case ExpressionKind::filter:
      return evaluate_filter(node);
    case ExpressionKind::test:
      return evaluate_test(node);
    case ExpressionKind::negate:
      return negate(runtime_, operand(0));
    case ExpressionKind::plus:
      return calculate(runtime_, Arithmetic::add, Value::integer(0), operand(0));
    case ExpressionKind::logical_not:
      return Value::boolean(!truth(operand(0)));
    case ExpressionKind::logical_and:
    case ExpressionKind::logical_or:
      return evaluate_logic(node);
    case ExpressionKind::arithmetic: {
      const Value left = operand(0);
      const Value right = operand(1);
      runtime_.line = node.line;
      return calculate(runtime_, node.arithmetic, left, right);
    }
    case ExpressionKind::compare:
      return evaluate_compare(node);
    case ExpressionKind::concatenate:
      return evaluate_concatenation(node);
    case ExpressionKind::conditional:
      return evaluate_conditional(node);
  }
  return Value();
}

Value Interpreter::evaluate_name(const Expression& node) {
  std::size_t n_looked_at = 0;
  for (const Frame* frame = frame_.get(); frame != nullptr; frame = frame->parent.get()) {
    n_looked_at += 1 + frame->variables.size();
    if (n_looked_at >= 64) runtime_.budget.spend(std::exchange(n_looked_at, 0) / 64);
    for (const auto& [symbol, value] : frame->variables) {
      if (symbol == node.symbol) return value;
    }
  }
  const Value& given = variables_[node.symbol];
  return given.is(Kind::undefined) ? global_value(runtime_, ast_.names[node.symbol]) : given;
}

Value Interpreter::evaluate_dict(const Expression& node) {
  DictBuilder entries(runtime_);
  for (std::size_t i = 0; i < node.operands.size(); i += 2) {
    Value key = evaluate(*node.operands[i]);
    entries.set(std::move(key), evaluate(*node.operands[i + 1]));
  }
  return entries.take();
}

Value Interpreter::evaluate_slice(const Expression& node) {
  const auto bound = [&](std::size_t index) {
    return node.operands[index] ? evaluate(*node.operands[index]) : Value::none();
  };
  const Value value = evaluate(*node.operands[0]);
  const Value start = bound(1);
  const Value stop = bound(2);
  return get_slice(runtime_, value, start, stop, bound(3));
}

Value Interpreter::evaluate_call(const Expression& node) {
  const Value callee = evaluate(*node.operands[0]);
  const Arguments arguments = evaluate_arguments(node.arguments.get());
  runtime_.line = node.line;
  return runtime_.call(callee, arguments);
}

Value Interpreter::evaluate_filter(const Expression& node) {
  Value subject = node.operands[0] ? evaluate(*node.operands[0]) : *filter_subject_;
  const Arguments arguments = evaluate_arguments(node.arguments.get());
  runtime_.line = node.line;
  if (node.filter == nullptr) fail(ErrorCode::unsupported, "there is no filter '{}'", node.text);
  return node.filter(runtime_, subject, arguments);
}

Value Interpreter::apply_filters(const Expression* filter, Value subject) {
  if (filter == nullptr) return subject;
  const Value* outside = std::exchange(filter_subject_, &subject);
  try {
    Value filtered = evaluate(*filter);
    filter_subject_ = outside;
    return filtered;
  } catch (...) {
    filter_subject_ = outside;
    throw;
  }
}

Value Interpreter::evaluate_test(const Expression& node) {
  const Value subject = evaluate(*node.operands[0]);
  const Arguments arguments = evaluate_arguments(node.arguments.get());
  runtime_.line = node.line;
  if (node.test == nullptr) fail(ErrorCode::unsupported, "there is no test '{}'", node.text);
  return Value::boolean(node.test(runtime_, subject, arguments));
}

// a < b < c: every neighbour pair must hold, later operands are evaluated only while it does.
Value Interpreter::evaluate_compare(const Expression& node) {
  Value left = evaluate(*node.operands[0]);
  for (std::size_t i = 0; i < node.comparisons.size(); ++i) {
    Value right = evaluate(*node.operands[i + 1]);
    runtime_.line = node.line;
    if (!compare(runtime_, node.comparisons[i], left, right)) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Interpreter::evaluate_concatenation(const Expression& node) {
  const std::vector<Value> parts = evaluate_all(node.operands);
  BoundedText text(runtime_.budget);
  for (const Value& part : parts) append_text(runtime_, text, part);
  return runtime_.string(text.take());
}

Value Interpreter::evaluate_conditional(const Expression& node) {
  if (truth(evaluate(*node.operands[0]))) return evaluate(*node.operands[1]);
  if (node.operands[2]) return evaluate(*node.operands[2]);
  return runtime_.undefined("the inline if-expression evaluated to false and no else section was defined");
}

Value Interpreter::evaluate_logic(const Expression& node) {
  Value left = evaluate(*node.operands[0]);
  const bool left_decides = truth(left) == (node.kind == ExpressionKind::logical_or);
  return left_decides ? left : evaluate(*node.operands[1]);
}

std::vector<Value> Interpreter::evaluate_all(const std::vector<ExpressionPtr>& nodes) {
  std::vector<Value> values;
  values.reserve(nodes.size());
  for (const ExpressionPtr& node : nodes) values.push_back(evaluate(*node));
  return values;
}

Arguments Interpreter::evaluate_arguments(const CallArguments* nodes) {
  Arguments arguments;
  if (nodes == nullptr) return arguments;
  arguments.positional = evaluate_all(nodes->positional);
  for (const auto& [name, node] : nodes->named) arguments.named.emplace_back(name, evaluate(*node));
  spread_arguments(*nodes, arguments);
  return arguments;
}

void Interpreter::spread_arguments(const CallArguments& nodes, Arguments& arguments) {
  if (nodes.spread_positional) {
    for (Value& value : items_of(runtime_, evaluate(*nodes.spread_positional))) {
      arguments.positional.push_back(std::move(value));
    }
  }
  if (!nodes.spread_named) return;
  const Value named = evaluate(*nodes.spread_named);
  if (!named.is(Kind::dict))
    fail(ErrorCode::invalid_input, "argument after ** must be a mapping, not {}", type_name(named));
  for (const auto& [key, value] : named.dict().entries) {
    if (!key.is(Kind::string)) fail(ErrorCode::invalid_input, "keywords must be strings");
    arguments.named.emplace_back(key.as_string(), value);
  }
}

}  // namespace minnow::text::jinja
