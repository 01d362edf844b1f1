// Tokens to syntax tree, by Jinja2's grammar. Nesting is bounded, here and for whoever walks the tree.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/jinja_ast.hpp"
#include "text/jinja_lexer.hpp"

namespace minnow::text::jinja {

// Throws Error(invalid_input) for what isn't Jinja, Error(unsupported) for tags, filters and tests we lack; both
// name the line.
Ast parse_template(std::string_view source);

namespace detail {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  Ast parse();

 private:
  // jinja_parser.cpp: tokens and names
  const Token& current() const { return tokens_[position_]; }
  const Token& following() const { return tokens_[position_ + 1 < tokens_.size() ? position_ + 1 : position_]; }
  const Token& advance();
  bool at(TokenType type) const { return current().type == type; }
  bool at_name(std::string_view name) const { return at(TokenType::name) && current().text == name; }
  bool at_symbol(std::string_view symbol) const { return at(TokenType::symbol) && current().text == symbol; }
  bool skip_name(std::string_view name);
  bool skip_symbol(std::string_view symbol);
  const Token& expect(TokenType type, std::string_view what);
  void expect_symbol(std::string_view symbol);
  void expect_name(std::string_view name);
  [[noreturn]] void refuse(const Token& token, std::string_view what) const;
  Symbol intern(const std::string& name);
  ExpressionPtr make(ExpressionKind kind, const Token& token) const;
  ExpressionPtr with_operands(ExpressionKind kind, const Token& token, ExpressionPtr first, ExpressionPtr second = {},
                              ExpressionPtr third = {}) const;
  void grow(Expression& node) const;
  void adopt(Expression& node, ExpressionPtr operand) const;

  // jinja_parser.cpp: statements
  Block parse_until(std::initializer_list<std::string_view> end_tags);
  Block parse_body(std::initializer_list<std::string_view> end_tags);
  Block parse_body_and_end(std::string_view end_tag);
  Statement parse_statement();
  Statement parse_tag(const std::string& tag);
  Statement parse_if();
  Statement parse_for();
  Statement parse_set();
  Statement parse_with();
  Statement parse_macro();
  Statement parse_call();
  Statement parse_filter_block();
  Statement parse_generation();
  Statement parse_loop_exit(StatementKind kind);
  void parse_signature(Macro& macro);
  ExpressionPtr parse_name_target();
  ExpressionPtr parse_target(bool with_namespace, std::string_view end_name = {});
  void check_target(const Expression& target, const Token& token) const;

  // jinja_parse_expressions.cpp
  ExpressionPtr parse_expression() { return parse_conditional(); }
  ExpressionPtr parse_conditional();
  ExpressionPtr parse_or();
  ExpressionPtr parse_and();
  ExpressionPtr parse_not();
  ExpressionPtr parse_compare();
  ExpressionPtr parse_sum();
  ExpressionPtr parse_concatenation();
  ExpressionPtr parse_product();
  ExpressionPtr parse_power();
  ExpressionPtr parse_unary(bool with_filters = true);
  ExpressionPtr parse_primary(bool with_namespace = false);
  ExpressionPtr parse_name(bool with_namespace);
  ExpressionPtr parse_list();
  ExpressionPtr parse_dict();
  struct TupleRules {
    bool simplified = false;
    bool with_conditional = true;
    bool in_parentheses = false;
    bool with_namespace = false;
    std::string_view end_name = {};
  };
  ExpressionPtr parse_tuple(const TupleRules& rules);
  bool at_tuple_end(const TupleRules& rules) const;
  ExpressionPtr parse_postfix(ExpressionPtr node);
  ExpressionPtr parse_filters_and_tests(ExpressionPtr node);
  ExpressionPtr parse_subscript(ExpressionPtr node);
  ExpressionPtr parse_call(ExpressionPtr node);
  ExpressionPtr parse_filter(ExpressionPtr node);
  ExpressionPtr parse_test(ExpressionPtr node);
  std::unique_ptr<CallArguments> parse_arguments();
  void parse_argument(CallArguments& arguments);

  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  std::size_t loop_depth_ = 0;
  std::size_t conditional_depth_ = 0;  // inside branches, where unknown filters matter only when reached
  std::vector<Macro*> macros_;         // being parsed, outermost first
  std::vector<std::string> names_;
  std::unordered_map<std::string, Symbol> symbols_;

  friend class Nesting;
};

// One level of the parser's recursion.
class Nesting {
 public:
  explicit Nesting(Parser& parser);
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  ~Nesting() { --parser_.depth_; }

 private:
  Parser& parser_;
};

}  // namespace detail
}  // namespace minnow::text::jinja
