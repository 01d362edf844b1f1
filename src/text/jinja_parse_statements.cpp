// The tags: if, for, set, with, macro, call, filter, break, continue, and transformers' generation.
#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "text/jinja_parser.hpp"

namespace minnow::text::jinja::detail {

Statement Parser::parse_statement() {
  const Token& tag = expect(TokenType::name, "a tag's name");
  Statement statement = parse_tag(tag.text);
  statement.line = tag.line;
  return statement;
}

Statement Parser::parse_tag(const std::string& tag) {
  if (tag == "if") return parse_if();
  if (tag == "for") return parse_for();
  if (tag == "set") return parse_set();
  if (tag == "with") return parse_with();
  if (tag == "macro") return parse_macro();
  if (tag == "call") return parse_call();
  if (tag == "filter") return parse_filter_block();
  if (tag == "generation") return parse_generation();
  if (tag == "break") return parse_loop_exit(StatementKind::break_loop);
  if (tag == "continue") return parse_loop_exit(StatementKind::continue_loop);
  static constexpr std::array<std::string_view, 10> kUnsupported = {"include",    "import", "from", "extends", "block",
                                                                    "autoescape", "print",  "do",   "trans",   "debug"};
  const std::uint32_t line = tokens_[position_ - 1].line;
  if (std::find(kUnsupported.begin(), kUnsupported.end(), tag) != kUnsupported.end()) {
    fail(ErrorCode::unsupported, "chat template, line {}: the tag '{}' isn't supported", line, tag);
  }
  fail(ErrorCode::invalid_input, "chat template, line {}: unknown tag '{}'", line, tag.substr(0, 40));
}

Statement Parser::parse_if() {
  Statement statement;
  statement.kind = StatementKind::branch;
  ++conditional_depth_;
  bool more = true;
  while (more) {
    Branch branch;
    branch.condition = parse_tuple({.with_conditional = false});
    branch.body = parse_body({"elif", "else", "endif"});
    statement.branches.push_back(std::move(branch));
    more = advance().text == "elif";
  }
  if (tokens_[position_ - 1].text == "else") {
    statement.branches.push_back({.condition = nullptr, .body = parse_body_and_end("endif")});
  }
  --conditional_depth_;
  return statement;
}

Statement Parser::parse_for() {
  Statement statement;
  statement.kind = StatementKind::loop;
  statement.target = parse_target(false, "in");
  expect_name("in");
  statement.value = parse_tuple({.with_conditional = false, .end_name = "recursive"});
  if (skip_name("if")) statement.condition = parse_expression();
  statement.recursive = skip_name("recursive");
  ++loop_depth_;
  statement.body = parse_body({"endfor", "else"});
  --loop_depth_;
  if (advance().text == "else") statement.otherwise = parse_body_and_end("endfor");
  return statement;
}

Statement Parser::parse_set() {
  Statement statement;
  statement.target = parse_target(true);
  if (skip_symbol("=")) {
    statement.kind = StatementKind::assign;
    statement.value = parse_tuple({});
    return statement;
  }
  statement.kind = StatementKind::assign_block;
  while (at_symbol("|")) statement.value = parse_filter(std::move(statement.value));
  statement.body = parse_body_and_end("endset");
  return statement;
}

Statement Parser::parse_with() {
  Statement statement;
  statement.kind = StatementKind::scope;
  while (!at(TokenType::block_end)) {
    if (!statement.assignments.empty()) expect_symbol(",");
    ExpressionPtr target = parse_target(false);
    expect_symbol("=");
    statement.assignments.emplace_back(std::move(target), parse_expression());
  }
  statement.body = parse_body_and_end("endwith");
  return statement;
}

Statement Parser::parse_macro() {
  Statement statement;
  statement.kind = StatementKind::macro;
  statement.macro = std::make_unique<Macro>();
  const ExpressionPtr target = parse_name_target();
  statement.macro->name = target->text;
  statement.macro->symbol = target->symbol;
  parse_signature(*statement.macro);
  macros_.push_back(statement.macro.get());
  const std::size_t loops_outside = std::exchange(loop_depth_, 0);
  statement.macro->body = parse_body_and_end("endmacro");
  loop_depth_ = loops_outside;
  macros_.pop_back();
  return statement;
}

Statement Parser::parse_call() {
  Statement statement;
  statement.kind = StatementKind::call_block;
  statement.macro = std::make_unique<Macro>();
  statement.macro->name = "caller";
  if (at_symbol("(")) parse_signature(*statement.macro);
  const Token& token = current();
  statement.value = parse_expression();
  if (statement.value->kind != ExpressionKind::call) refuse(token, "{% call %} takes a call");
  macros_.push_back(statement.macro.get());
  const std::size_t loops_outside = std::exchange(loop_depth_, 0);
  statement.macro->body = parse_body_and_end("endcall");
  loop_depth_ = loops_outside;
  macros_.pop_back();
  return statement;
}

Statement Parser::parse_filter_block() {
  Statement statement;
  statement.kind = StatementKind::filter_block;
  // The first filter stands without its bar.
  tokens_[--position_] = {.type = TokenType::symbol, .line = tokens_[position_].line, .text = "|"};
  while (at_symbol("|")) statement.value = parse_filter(std::move(statement.value));
  statement.body = parse_body_and_end("endfilter");
  return statement;
}

// transformers marks what the assistant said for training; in a prompt the mark shows nothing.
Statement Parser::parse_generation() {
  Statement statement;
  statement.kind = StatementKind::scope;
  const std::size_t loops_outside = std::exchange(loop_depth_, 0);
  statement.body = parse_body_and_end("endgeneration");
  loop_depth_ = loops_outside;
  return statement;
}

Statement Parser::parse_loop_exit(StatementKind kind) {
  if (loop_depth_ == 0) refuse(tokens_[position_ - 1], "only a loop can be left");
  Statement statement;
  statement.kind = kind;
  return statement;
}

void Parser::parse_signature(Macro& macro) {
  expect_symbol("(");
  while (!at_symbol(")")) {
    if (!macro.parameters.empty()) expect_symbol(",");
    const Token& token = current();
    const ExpressionPtr target = parse_name_target();
    Parameter parameter{.symbol = target->symbol, .name = target->text, .otherwise = nullptr};
    if (skip_symbol("=")) {
      parameter.otherwise = parse_expression();
    } else if (!macro.parameters.empty() && macro.parameters.back().otherwise) {
      refuse(token, "a parameter without a default follows one with a default");
    }
    macro.parameters.push_back(std::move(parameter));
  }
  expect_symbol(")");
}

ExpressionPtr Parser::parse_name_target() {
  const Token& token = expect(TokenType::name, "a name");
  ExpressionPtr target = make(ExpressionKind::name, token);
  target->text = token.text;
  target->symbol = intern(token.text);
  check_target(*target, token);
  return target;
}

ExpressionPtr Parser::parse_target(bool with_namespace, std::string_view end_name) {
  const Token& token = current();
  ExpressionPtr target = parse_tuple({.simplified = true, .with_namespace = with_namespace, .end_name = end_name});
  check_target(*target, token);
  return target;
}

void Parser::check_target(const Expression& target, const Token& token) const {
  static constexpr std::array<std::string_view, 6> kReserved = {"true", "false", "none", "True", "False", "None"};
  if (target.kind == ExpressionKind::tuple) {
    for (const ExpressionPtr& part : target.operands) check_target(*part, token);
    return;
  }
  const bool is_name = target.kind == ExpressionKind::name || target.kind == ExpressionKind::attribute_of_namespace;
  if (!is_name || std::find(kReserved.begin(), kReserved.end(), target.text) != kReserved.end()) {
    refuse(token, "nothing can be assigned here");
  }
}

}  // namespace minnow::text::jinja::detail
