// Macros as values, and the `loop` a for body sees.
#pragma once

#include <string>
#include <vector>

#include "text/jinja_interpreter.hpp"

namespace minnow::text::jinja {

class MacroObject : public OpaqueObject {
 public:
  // The interpreter keeps the frame, the closure the body's names are looked up in, until the rendering ends.
  MacroObject(Interpreter& interpreter, const Macro& macro, Frame* closure, Budget& budget)
      : OpaqueObject(budget, sizeof(MacroObject), 0), interpreter_(interpreter), macro_(macro), closure_(closure) {}
  std::string_view type_name() const override { return "Macro"; }
  bool callable() const override { return true; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
  Value call(Runtime& runtime, const Arguments& arguments) override;
  std::string printed(Runtime& runtime) const override;

 private:
  Interpreter& interpreter_;
  const Macro& macro_;
  Frame* closure_;
};

class LoopObject : public OpaqueObject {
 public:
  LoopObject(Runtime& runtime, Value items, std::size_t depth)
      : OpaqueObject(runtime.budget, sizeof(LoopObject), items.nesting() + 1),
        items_(std::move(items)),
        depth_(depth) {}
  // Lets the body call loop(…) to run again over other items.
  void make_recursive(Interpreter& interpreter, const Statement& statement, Frame* outside);
  void move_to(std::size_t index) { index_ = index; }

  std::string_view type_name() const override { return "LoopContext"; }
  bool callable() const override { return interpreter_ != nullptr; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
  Value call(Runtime& runtime, const Arguments& arguments) override;
  std::string printed(Runtime& runtime) const override;
  void untie() override { last_seen_ = Value(); }

 private:
  std::size_t size() const { return items_.items().size(); }
  static Value cycle(Runtime& runtime, const Value& self, const Arguments& arguments);
  static Value changed(Runtime& runtime, const Value& self, const Arguments& arguments);

  Value items_;
  std::size_t depth_;
  std::size_t index_ = 0;
  Value last_seen_;  // of changed(): the arguments as a tuple
  Interpreter* interpreter_ = nullptr;
  const Statement* statement_ = nullptr;
  Frame* outside_ = nullptr;
};

}  // namespace minnow::text::jinja
