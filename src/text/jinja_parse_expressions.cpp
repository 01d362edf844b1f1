// The grammar of expressions, loosest binding first: conditional, or, and, not, comparison, sum, ~, product,
// power, sign. A sign binds tighter than ** here, as it does in Jinja2.
#include <array>

#include "base/error.hpp"
#include "text/jinja_parser.hpp"

namespace minnow::text::jinja::detail {

namespace {

template <typename Operation>
struct Operator {
  std::string_view symbol;
  Operation operation;
};

constexpr std::array<Operator<Comparison>, 6> kComparisons = {{
    {"==", Comparison::equal},
    {"!=", Comparison::unequal},
    {"<", Comparison::less},
    {"<=", Comparison::less_equal},
    {">", Comparison::greater},
    {">=", Comparison::greater_equal},
}};
constexpr std::array<Operator<Arithmetic>, 2> kSums = {{{"+", Arithmetic::add}, {"-", Arithmetic::subtract}}};
constexpr std::array<Operator<Arithmetic>, 4> kProducts = {{
    {"*", Arithmetic::multiply},
    {"/", Arithmetic::divide},
    {"//", Arithmetic::floor_divide},
    {"%", Arithmetic::modulo},
}};

template <typename Operators>
auto find_operator(const Operators& operators, const Token& token) -> decltype(operators.data()) {
  if (token.type != TokenType::symbol) return nullptr;
  for (const auto& candidate : operators) {
    if (candidate.symbol == token.text) return &candidate;
  }
  return nullptr;
}

}  // namespace

ExpressionPtr Parser::parse_conditional() {
  const Nesting nesting(*this);
  ExpressionPtr value = parse_or();
  while (at_name("if")) {
    const Token& token = advance();
    ExpressionPtr condition = parse_or();
    ExpressionPtr otherwise = skip_name("else") ? parse_conditional() : nullptr;
    value = with_operands(ExpressionKind::conditional, token, std::move(condition), std::move(value));
    adopt(*value, std::move(otherwise));
  }
  return value;
}

ExpressionPtr Parser::parse_or() {
  ExpressionPtr left = parse_and();
  while (at_name("or")) {
    const Token& token = advance();
    left = with_operands(ExpressionKind::logical_or, token, std::move(left), parse_and());
  }
  return left;
}

ExpressionPtr Parser::parse_and() {
  ExpressionPtr left = parse_not();
  while (at_name("and")) {
    const Token& token = advance();
    left = with_operands(ExpressionKind::logical_and, token, std::move(left), parse_not());
  }
  return left;
}

ExpressionPtr Parser::parse_not() {
  if (!at_name("not")) return parse_compare();
  const Nesting nesting(*this);
  const Token& token = advance();
  return with_operands(ExpressionKind::logical_not, token, parse_not());
}

ExpressionPtr Parser::parse_compare() {
  const Token& token = current();
  ExpressionPtr first = parse_sum();
  ExpressionPtr chain;
  const auto add = [&](Comparison comparison) {
    if (!chain) chain = with_operands(ExpressionKind::compare, token, std::move(first));
    chain->comparisons.push_back(comparison);
    adopt(*chain, parse_sum());
  };
  while (true) {
    if (const auto* found = find_operator(kComparisons, current())) {
      advance();
      add(found->operation);
    } else if (skip_name("in")) {
      add(Comparison::in);
    } else if (at_name("not") && following().type == TokenType::name && following().text == "in") {
      advance();
      advance();
      add(Comparison::not_in);
    } else {
      return chain ? std::move(chain) : std::move(first);
    }
  }
}

ExpressionPtr Parser::parse_sum() {
  ExpressionPtr left = parse_concatenation();
  while (const auto* found = find_operator(kSums, current())) {
    const Token& token = advance();
    left = with_operands(ExpressionKind::arithmetic, token, std::move(left), parse_concatenation());
    left->arithmetic = found->operation;
  }
  return left;
}

ExpressionPtr Parser::parse_concatenation() {
  const Token& token = current();
  ExpressionPtr first = parse_product();
  if (!at_symbol("~")) return first;
  ExpressionPtr all = with_operands(ExpressionKind::concatenate, token, std::move(first));
  while (skip_symbol("~")) adopt(*all, parse_product());
  return all;
}

ExpressionPtr Parser::parse_product() {
  ExpressionPtr left = parse_power();
  while (const auto* found = find_operator(kProducts, current())) {
    const Token& token = advance();
    left = with_operands(ExpressionKind::arithmetic, token, std::move(left), parse_power());
    left->arithmetic = found->operation;
  }
  return left;
}

ExpressionPtr Parser::parse_power() {
  ExpressionPtr left = parse_unary();
  while (at_symbol("**")) {
    const Token& token = advance();
    left = with_operands(ExpressionKind::arithmetic, token, std::move(left), parse_unary());
    left->arithmetic = Arithmetic::power;
  }
  return left;
}

ExpressionPtr Parser::parse_unary(bool with_filters) {
  const Nesting nesting(*this);
  ExpressionPtr node;
  if (at_symbol("-") || at_symbol("+")) {
    const Token& token = advance();
    const auto kind = token.text == "-" ? ExpressionKind::negate : ExpressionKind::plus;
    node = with_operands(kind, token, parse_unary(false));
  } else {
    node = parse_primary();
  }
  node = parse_postfix(std::move(node));
  return with_filters ? parse_filters_and_tests(std::move(node)) : std::move(node);
}

ExpressionPtr Parser::parse_primary(bool with_namespace) {
  const Token& token = current();
  if (at(TokenType::name)) return parse_name(with_namespace);
  if (at(TokenType::string)) {
    ExpressionPtr node = make(ExpressionKind::string, token);
    while (at(TokenType::string)) node->text += advance().text;  // neighbours join, as in Python
    return node;
  }
  if (at(TokenType::integer) || at(TokenType::real)) {
    advance();
    ExpressionPtr node = make(token.type == TokenType::real ? ExpressionKind::real : ExpressionKind::integer, token);
    node->integer = token.integer;
    node->real = token.real;
    return node;
  }
  if (skip_symbol("(")) {
    ExpressionPtr node = parse_tuple({.in_parentheses = true});
    expect_symbol(")");
    return node;
  }
  if (at_symbol("[")) return parse_list();
  if (at_symbol("{")) return parse_dict();
  refuse(token, "an expression is due");
}

ExpressionPtr Parser::parse_name(bool with_namespace) {
  const Token& token = advance();
  const std::string& name = token.text;
  if (name == "none" || name == "None") return make(ExpressionKind::none, token);
  if (name == "true" || name == "True" || name == "false" || name == "False") {
    ExpressionPtr node = make(ExpressionKind::boolean, token);
    node->integer = name == "true" || name == "True" ? 1 : 0;
    return node;
  }
  ExpressionPtr node = make(ExpressionKind::name, token);
  node->symbol = intern(name);
  node->text = name;
  if (with_namespace && skip_symbol(".")) {
    node->kind = ExpressionKind::attribute_of_namespace;
    node->text = expect(TokenType::name, "an attribute's name").text;
    return node;
  }
  for (Macro* macro : macros_) {
    macro->uses_caller |= name == "caller";
    macro->uses_varargs |= name == "varargs";
    macro->uses_kwargs |= name == "kwargs";
  }
  return node;
}

ExpressionPtr Parser::parse_list() {
  ExpressionPtr node = make(ExpressionKind::list, advance());
  while (!at_symbol("]")) {
    if (!node->operands.empty()) expect_symbol(",");
    if (at_symbol("]")) break;
    adopt(*node, parse_expression());
  }
  expect_symbol("]");
  return node;
}

ExpressionPtr Parser::parse_dict() {
  ExpressionPtr node = make(ExpressionKind::dict, advance());
  while (!at_symbol("}")) {
    if (!node->operands.empty()) expect_symbol(",");
    if (at_symbol("}")) break;
    adopt(*node, parse_expression());
    expect_symbol(":");
    adopt(*node, parse_expression());
  }
  expect_symbol("}");
  return node;
}

bool Parser::at_tuple_end(const TupleRules& rules) const {
  if (at(TokenType::variable_end) || at(TokenType::block_end) || at_symbol(")")) return true;
  return !rules.end_name.empty() && at_name(rules.end_name);
}

ExpressionPtr Parser::parse_tuple(const TupleRules& rules) {
  const Token& token = current();
  ExpressionPtr tuple = make(ExpressionKind::tuple, token);
  bool has_comma = false;
  while (true) {
    if (!tuple->operands.empty()) expect_symbol(",");
    if (at_tuple_end(rules)) break;
    adopt(*tuple, rules.simplified         ? parse_primary(rules.with_namespace)
                  : rules.with_conditional ? parse_expression()
                                           : parse_or());
    if (!at_symbol(",")) break;
    has_comma = true;
  }
  if (!has_comma) {
    if (!tuple->operands.empty()) return std::move(tuple->operands.front());
    if (!rules.in_parentheses) refuse(current(), "an expression is due");
  }
  return tuple;
}

}  // namespace minnow::text::jinja::detail
