// Walks a parsed template and writes its text. Names live in a chain of frames, one for each loop body, macro call
// and block; what the frames don't know, the caller's variables or the globals do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/jinja_ast.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

struct Frame {
  std::shared_ptr<Frame> parent;  // shared, because macros keep the frame they were defined in
  std::vector<std::pair<Symbol, Value>> variables;

  void set(Symbol symbol, Value value);
};
using FramePtr = std::shared_ptr<Frame>;

class Interpreter {
 public:
  // `variables` holds, by symbol, what the caller gave; undefined where nothing was given.
  Interpreter(const Ast& ast, Runtime& runtime, std::vector<Value> variables);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  std::string run();

 private:
  friend class MacroObject;
  friend class LoopObject;
  enum class Flow : std::uint8_t { next, break_loop, continue_loop };
  static constexpr Symbol kUnused = UINT32_MAX;  // of a special name the template never mentions

  // jinja_interpreter.cpp: statements
  Flow execute(const Block& block);
  Flow execute_one(const Statement& statement);
  Flow execute_branches(const Statement& statement);
  Flow execute_scope(const Statement& statement);
  void execute_macro(const Statement& statement);
  void execute_call_block(const Statement& statement);
  void execute_assign_block(const Statement& statement);
  void execute_filter_block(const Statement& statement);
  void assign(const Expression& target, const Value& value);
  std::string capture(const Block& block, const FramePtr& frame);
  Symbol find_symbol(std::string_view name) const;
  // Keeps a frame until the rendering ends, for a macro or loop that points to it.
  Frame* retain(const FramePtr& frame);

  // jinja_loop.cpp
  Flow execute_loop(const Statement& statement, const Value& iterable, std::size_t depth);
  std::vector<Value> loop_items(const Statement& statement, const Value& iterable);
  Value call_macro(const Macro& macro, Frame* closure, const Arguments& arguments);
  void bind_parameters(const Macro& macro, const Arguments& arguments, Frame& frame);

  // jinja_expressions.cpp
  Value evaluate(const Expression& node);
  Value evaluate_name(const Expression& node);
  Value evaluate_dict(const Expression& node);
  Value evaluate_slice(const Expression& node);
  Value evaluate_call(const Expression& node);
  Value evaluate_filter(const Expression& node);
  Value evaluate_test(const Expression& node);
  Value evaluate_compare(const Expression& node);
  Value evaluate_concatenation(const Expression& node);
  Value evaluate_conditional(const Expression& node);
  Value evaluate_logic(const Expression& node);
  Value apply_filters(const Expression* filter, Value subject);
  std::vector<Value> evaluate_all(const std::vector<ExpressionPtr>& nodes);
  Arguments evaluate_arguments(const CallArguments* arguments);
  void spread_arguments(const CallArguments& nodes, Arguments& arguments);

  const Ast& ast_;
  Runtime& runtime_;
  std::vector<Value> variables_;
  FramePtr frame_;
  std::vector<FramePtr> retained_;
  BoundedText* out_ = nullptr;
  const Value* filter_subject_ = nullptr;  // what the innermost filter of a block applies to
  Symbol loop_, caller_, varargs_, kwargs_;
};

// Switches to another frame until it is destroyed.
class FrameScope {
 public:
  FrameScope(FramePtr& current, FramePtr next) : current_(current), saved_(std::exchange(current, std::move(next))) {}
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;
  ~FrameScope() { current_ = std::move(saved_); }

 private:
  FramePtr& current_;
  FramePtr saved_;
};

}  // namespace minnow::text::jinja
