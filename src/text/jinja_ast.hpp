// A parsed template: what the parser builds and the interpreter walks. Names are numbered, so that looking one up
// while rendering compares integers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "text/jinja_library.hpp"
#include "text/jinja_operators.hpp"

namespace minnow::text::jinja {

using Symbol = std::uint32_t;

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct CallArguments {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
  ExpressionPtr spread_positional;  // *args
  ExpressionPtr spread_named;       // **kwargs
};

enum class ExpressionKind : std::uint8_t {
  none,
  boolean,      // integer
  integer,      // integer
  real,         // real
  string,       // text
  name,         // symbol
  list,         // operands
  tuple,        // operands
  dict,         // operands: key, value, key, value…
  attribute,    // operands[0] . text
  subscript,    // operands[0] [ operands[1] ]
  slice,        // operands[0] [ operands[1] : operands[2] : operands[3] ], any of the last three may be missing
  call,         // operands[0] ( arguments )
  filter,       // operands[0] | text ( arguments ); no operand where a block's text is filtered
  test,         // operands[0] is text ( arguments )
  negate,       // - operands[0]
  plus,         // + operands[0]
  logical_not,  // not operands[0]
  logical_and,
  logical_or,
  arithmetic,              // operands[0] op operands[1]
  compare,                 // operands[0] comparisons[0] operands[1] comparisons[1] operands[2]…
  concatenate,             // operands joined as text
  conditional,             // operands[1] if operands[0] else operands[2]; the last may be missing
  attribute_of_namespace,  // only as a target of set: symbol . text
};

struct Expression {
  ExpressionKind kind = ExpressionKind::none;
  Arithmetic arithmetic = Arithmetic::add;
  std::uint32_t line = 0;
  std::uint32_t height = 1;  // of the tree below: bounds the recursion that walks it
  Symbol symbol = 0;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<ExpressionPtr> operands;
  std::vector<Comparison> comparisons;
  std::unique_ptr<CallArguments> arguments;
  Filter filter = nullptr;  // null when unknown in a branch that may never run
  Test test = nullptr;
};

struct Statement;
using Block = std::vector<Statement>;

struct Parameter {
  Symbol symbol = 0;
  std::string name;
  ExpressionPtr otherwise;  // the default, or null
};

struct Macro {
  std::string name;
  Symbol symbol = 0;
  std::vector<Parameter> parameters;
  std::vector<Statement> body;
  bool uses_caller = false;
  bool uses_varargs = false;
  bool uses_kwargs = false;
};

struct Branch {
  ExpressionPtr condition;  // null for else
  std::vector<Statement> body;
};

enum class StatementKind : std::uint8_t {
  text,          // text
  print,         // value
  branch,        // branches
  loop,          // for target in value if condition (recursive): body, else otherwise
  assign,        // target = value
  assign_block,  // target = body, through the filters in value
  macro,         // macro
  call_block,    // value is the call, macro the caller
  filter_block,  // body through the filters in value
  scope,         // assignments, then body, in a scope of their own
  break_loop,
  continue_loop,
};

struct Statement {
  StatementKind kind = StatementKind::text;
  std::uint32_t line = 0;
  bool recursive = false;
  std::string text;
  ExpressionPtr target;
  ExpressionPtr value;
  ExpressionPtr condition;
  Block body;
  Block otherwise;
  std::vector<Branch> branches;
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> assignments;
  std::unique_ptr<Macro> macro;
};

struct Ast {
  Block body;
  std::vector<std::string> names;  // by symbol
};

}  // namespace minnow::text::jinja
