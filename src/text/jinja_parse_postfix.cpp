// What may follow a value: .attribute, [subscript], (call), | filter and `is` test.
#include "base/error.hpp"
#include "text/jinja_parser.hpp"

namespace minnow::text::jinja::detail {

ExpressionPtr Parser::parse_postfix(ExpressionPtr node) {
  while (true) {
    if (at_symbol(".") || at_symbol("[")) {
      node = parse_subscript(std::move(node));
    } else if (at_symbol("(")) {
      node = parse_call(std::move(node));
    } else {
      return node;
    }
  }
}

ExpressionPtr Parser::parse_filters_and_tests(ExpressionPtr node) {
  while (true) {
    if (at_symbol("|")) {
      node = parse_filter(std::move(node));
    } else if (at_name("is")) {
      node = parse_test(std::move(node));
    } else if (at_symbol("(")) {
      node = parse_call(std::move(node));
    } else {
      return node;
    }
  }
}

ExpressionPtr Parser::parse_subscript(ExpressionPtr node) {
  const Token& token = advance();
  if (token.text == ".") {
    if (at(TokenType::name)) {
      node = with_operands(ExpressionKind::attribute, token, std::move(node));
      node->text = advance().text;
      return node;
    }
    const Token& index = expect(TokenType::integer, "an attribute's name");
    ExpressionPtr position = make(ExpressionKind::integer, index);
    position->integer = index.integer;
    return with_operands(ExpressionKind::subscript, token, std::move(node), std::move(position));
  }
  const auto part = [&] { return at_symbol(":") || at_symbol("]") ? nullptr : parse_expression(); };
  ExpressionPtr first = part();
  if (skip_symbol(":")) {
    ExpressionPtr second = part();
    ExpressionPtr third = skip_symbol(":") ? part() : nullptr;
    node = with_operands(ExpressionKind::slice, token, std::move(node));
    adopt(*node, std::move(first));
    adopt(*node, std::move(second));
    adopt(*node, std::move(third));
    expect_symbol("]");
    return node;
  }
  if (!first || at_symbol(",")) {  // x[] and x[a, b] subscribe with a tuple
    ExpressionPtr tuple = make(ExpressionKind::tuple, token);
    if (first) adopt(*tuple, std::move(first));
    while (skip_symbol(",")) adopt(*tuple, parse_expression());
    first = std::move(tuple);
  }
  expect_symbol("]");
  return with_operands(ExpressionKind::subscript, token, std::move(node), std::move(first));
}

ExpressionPtr Parser::parse_call(ExpressionPtr node) {
  node = with_operands(ExpressionKind::call, current(), std::move(node));
  node->arguments = parse_arguments();
  grow(*node);
  return node;
}

ExpressionPtr Parser::parse_filter(ExpressionPtr node) {
  expect_symbol("|");
  const Token& token = expect(TokenType::name, "a filter's name");
  ExpressionPtr filter = make(ExpressionKind::filter, token);
  filter->text = token.text;
  adopt(*filter, std::move(node));
  filter->filter = find_filter(token.text);
  if (filter->filter == nullptr && conditional_depth_ == 0) {
    fail(ErrorCode::unsupported, "chat template, line {}: there is no filter '{}'", token.line, token.text);
  }
  if (at_symbol("(")) filter->arguments = parse_arguments();
  grow(*filter);
  return filter;
}

ExpressionPtr Parser::parse_test(ExpressionPtr node) {
  const Token& token = advance();
  const bool negated = skip_name("not");
  const Token& name = expect(TokenType::name, "a test's name");
  ExpressionPtr test = make(ExpressionKind::test, name);
  test->text = name.text;
  adopt(*test, std::move(node));
  test->test = find_test(name.text);
  if (test->test == nullptr && conditional_depth_ == 0) {
    fail(ErrorCode::unsupported, "chat template, line {}: there is no test '{}'", name.line, name.text);
  }
  const bool at_value = at(TokenType::name) || at(TokenType::string) || at(TokenType::integer) || at(TokenType::real) ||
                        at_symbol("[") || at_symbol("{");
  if (at_symbol("(")) {
    test->arguments = parse_arguments();
  } else if (at_value && !at_name("else") && !at_name("or") && !at_name("and")) {
    if (at_name("is")) refuse(current(), "tests can't be chained with 'is'");
    test->arguments = std::make_unique<CallArguments>();
    test->arguments->positional.push_back(parse_postfix(parse_primary()));
  }
  grow(*test);
  return negated ? with_operands(ExpressionKind::logical_not, token, std::move(test)) : std::move(test);
}

std::unique_ptr<CallArguments> Parser::parse_arguments() {
  const Nesting nesting(*this);
  auto arguments = std::make_unique<CallArguments>();
  expect_symbol("(");
  bool first = true;
  while (!at_symbol(")")) {
    if (!first) {
      expect_symbol(",");
      if (at_symbol(")")) break;
    }
    first = false;
    parse_argument(*arguments);
  }
  expect_symbol(")");
  return arguments;
}

void Parser::parse_argument(CallArguments& arguments) {
  const Token& token = current();
  const bool named = at(TokenType::name) && following().type == TokenType::symbol && following().text == "=";
  if (arguments.spread_named || (arguments.spread_positional && !named && !at_symbol("**")) ||
      (!arguments.named.empty() && !named && !at_symbol("*") && !at_symbol("**"))) {
    refuse(token, "positional arguments come before named ones");
  }
  if (skip_symbol("*")) {
    arguments.spread_positional = parse_expression();
  } else if (skip_symbol("**")) {
    arguments.spread_named = parse_expression();
  } else if (named) {
    advance();
    advance();
    arguments.named.emplace_back(token.text, parse_expression());
  } else {
    arguments.positional.push_back(parse_expression());
  }
}

}  // namespace minnow::text::jinja::detail
