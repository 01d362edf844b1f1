#include "text/jinja_parser.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace minnow::text::jinja {

Ast parse_template(std::string_view source) { return detail::Parser(tokenize(source)).parse(); }

namespace detail {

namespace {

constexpr std::size_t kMaxNesting = 150;
constexpr std::uint32_t kMaxHeight = 300;

}  // namespace

Nesting::Nesting(Parser& parser) : parser_(parser) {
  if (parser.depth_ >= kMaxNesting) {
    fail(ErrorCode::invalid_input, "chat template, line {}: it nests deeper than {} levels", parser.current().line,
         kMaxNesting);
  }
  ++parser.depth_;
}

const Token& Parser::advance() {
  const Token& token = tokens_[position_];
  if (token.type != TokenType::end) ++position_;
  return token;
}

bool Parser::skip_name(std::string_view name) {
  if (!at_name(name)) return false;
  advance();
  return true;
}

bool Parser::skip_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  advance();
  return true;
}

const Token& Parser::expect(TokenType type, std::string_view what) {
  if (!at(type)) refuse(current(), fmt::format("{} is due", what));
  return advance();
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!skip_symbol(symbol)) refuse(current(), fmt::format("'{}' is due", symbol));
}

void Parser::expect_name(std::string_view name) {
  if (!skip_name(name)) refuse(current(), fmt::format("'{}' is due", name));
}

void Parser::refuse(const Token& token, std::string_view what) const {
  std::string place = token.text.empty() ? "the tag's end" : fmt::format("'{}'", token.text.substr(0, 40));
  if (token.type == TokenType::end) place = "the template's end";
  fail(ErrorCode::invalid_input, "chat template, line {}: {}, at {}", token.line, what, place);
}

Symbol Parser::intern(const std::string& name) {
  const auto [entry, is_new] = symbols_.try_emplace(name, static_cast<Symbol>(names_.size()));
  if (is_new) names_.push_back(name);
  return entry->second;
}

ExpressionPtr Parser::make(ExpressionKind kind, const Token& token) const {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->line = token.line;
  return node;
}

ExpressionPtr Parser::with_operands(ExpressionKind kind, const Token& token, ExpressionPtr first, ExpressionPtr second,
                                    ExpressionPtr third) const {
  ExpressionPtr node = make(kind, token);
  adopt(*node, std::move(first));
  if (second) adopt(*node, std::move(second));
  if (third) adopt(*node, std::move(third));
  return node;
}

void Parser::adopt(Expression& node, ExpressionPtr operand) const {
  node.operands.push_back(std::move(operand));
  grow(node);
}

void Parser::grow(Expression& node) const {
  const auto include = [&](const ExpressionPtr& part) {
    if (part) node.height = std::max(node.height, part->height + 1);
  };
  if (!node.operands.empty()) include(node.operands.back());
  if (node.arguments) {
    for (const auto& argument : node.arguments->positional) include(argument);
    for (const auto& [name, argument] : node.arguments->named) include(argument);
    include(node.arguments->spread_positional);
    include(node.arguments->spread_named);
  }
  if (node.height > kMaxHeight) {
    fail(ErrorCode::invalid_input, "chat template, line {}: an expression nests deeper than {} levels", node.line,
         kMaxHeight);
  }
}

Ast Parser::parse() {
  Ast ast;
  ast.body = parse_until({});
  ast.names = std::move(names_);
  return ast;
}

// Text, {{ prints }} and tags, up to one of the end tags, which becomes the current token; no end tags: to the end.
Block Parser::parse_until(std::initializer_list<std::string_view> end_tags) {
  const Nesting nesting(*this);
  Block block;
  while (!at(TokenType::end)) {
    const Token& token = advance();
    Statement statement;
    statement.line = token.line;
    if (token.type == TokenType::data) {
      statement.text = token.text;
    } else if (token.type == TokenType::variable_begin) {
      statement.kind = StatementKind::print;
      statement.line = current().line;
      statement.value = parse_tuple({});
      expect(TokenType::variable_end, "the end of {{ … }}");
    } else {
      const bool ends = std::any_of(end_tags.begin(), end_tags.end(), [&](auto tag) { return at_name(tag); });
      if (ends) return block;
      statement = parse_statement();
      expect(TokenType::block_end, "the end of the tag");
    }
    block.push_back(std::move(statement));
  }
  if (end_tags.size() > 0) refuse(current(), fmt::format("'{}' is due", *(end_tags.end() - 1)));
  return block;
}

Block Parser::parse_body(std::initializer_list<std::string_view> end_tags) {
  skip_symbol(":");
  expect(TokenType::block_end, "the end of the tag");
  return parse_until(end_tags);
}

Block Parser::parse_body_and_end(std::string_view end_tag) {
  Block body = parse_body({end_tag});
  advance();
  return body;
}

}  // namespace detail
}  // namespace minnow::text::jinja
