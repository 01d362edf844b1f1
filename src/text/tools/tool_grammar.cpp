// The answers in which a model calls tools, as a grammar.
#include <algorithm>

#include "base/error.hpp"
#include "text/grammar/grammar_builder.hpp"
#include "text/grammar/schema_compiler.hpp"
#include "text/tools/tool_dialect.hpp"

namespace minnow::text {
namespace {

using Part = GrammarBuilder::Part;
using Layout = ToolDialect::Layout;

ByteSet bytes_but(const ByteSet& others) { return ~others; }

class ToolGrammar {
 public:
  ToolGrammar(const ToolDialect& dialect, const std::vector<Tool>& tools, const ToolChoice& choice)
      : dialect_(dialect), choice_(choice) {
    for (const Tool& tool : tools) {
      if (choice.kind == ToolChoice::Kind::named && tool.name != choice.name) continue;
      arguments_.emplace_back(tool.name, arguments(tool));
    }
    if (arguments_.empty()) {
      fail(ErrorCode::invalid_input, "tool_choice: there is no tool {}",
           choice.name.empty() ? "to call" : "named '" + choice.name + "'");
    }
  }

  Grammar build() {
    const GrammarBuilder::Rule root = builder_.declare("tool calls");
    const bool free = choice_.kind == ToolChoice::Kind::automatic;
    builder_.define(root,
                    free ? text_then_calls() : builder_.sequence({builder_.literal(dialect_.open), after_open()}));
    return builder_.build(root);
  }

 private:
  Part arguments(const Tool& tool) {
    try {
      const SchemaDocument document(tool.parameters.dump());
      return builder_.rule(SchemaCompiler(builder_, document, JsonWhitespace::fixed).compile({&document.root()}));
    } catch (const Error& error) {
      fail(error.code(), "tool '{}': {}", tool.name, error.what());
    }
  }

  bool parallel() const { return choice_.parallel && choice_.kind != ToolChoice::Kind::named; }

  // A call from behind {"name": " on.
  Part call_after_name() {
    std::vector<Part> calls;
    for (const auto& [name, part] : arguments_) {
      const Part begin = builder_.literal(name + "\", \"" + dialect_.arguments + "\": ");
      calls.push_back(builder_.sequence({begin, part, builder_.literal("}")}));
    }
    return builder_.choice(std::move(calls));
  }

  // All calls, from behind the first `open` on.
  Part after_open() {
    const Part open = builder_.literal(dialect_.open);
    const Part close = builder_.literal(dialect_.close);
    if (dialect_.layout == Layout::bare) return call_after_name();
    if (dialect_.layout == Layout::named) {
      std::vector<Part> calls;
      for (const auto& [name, part] : arguments_)
        calls.push_back(builder_.sequence({builder_.literal(name + "[ARGS]"), part}));
      const Part call = builder_.choice(std::move(calls));
      return builder_.sequence({call, more(builder_.sequence({open, call}))});
    }
    const Part call = builder_.sequence({builder_.literal("{\"name\": \""), call_after_name()});
    if (dialect_.layout == Layout::list) {
      const Part next = builder_.sequence({builder_.literal(", "), call});
      return builder_.sequence({builder_.literal("["), call, more(next), builder_.literal("]"), close});
    }
    const Part tagged = builder_.sequence({builder_.literal("\n"), call, builder_.literal("\n"), close});
    return builder_.sequence({tagged, more(builder_.sequence({builder_.literal("\n"), open, tagged}))});
  }

  Part more(Part part) { return parallel() ? builder_.repeat(part, 0, kMostCalls - 1) : builder_.empty(); }

  // Any text, in which `open` leads to calls: states count how much of it has been seen (Knuth, Morris and Pratt). The
  // bare object begins a call only where it begins the answer.
  Part text_then_calls() {
    const std::string& open = dialect_.open;
    const bool only_first = dialect_.layout == Layout::bare;
    const auto n = static_cast<std::uint32_t>(open.size());
    const std::uint32_t text = n + 1, end = n + 2;
    GrammarBuilder::Graph graph;
    graph.accepting.assign(n + 3, true);
    graph.accepting[n] = false;
    for (std::uint32_t seen = 0; seen < n; ++seen) {
      std::vector<ByteSet> to(n + 2);
      ByteSet named;
      for (const char c : open) {
        const std::uint32_t next = only_first ? (c == open[seen] ? seen + 1 : text) : overlap(open, seen, c);
        to[next].set(static_cast<std::uint8_t>(c));
        named.set(static_cast<std::uint8_t>(c));
      }
      to[only_first ? text : 0] |= bytes_but(named);
      for (std::uint32_t next = 0; next < to.size(); ++next) {
        if (to[next].any()) graph.steps.push_back({seen, builder_.bytes(to[next]), next});
      }
    }
    graph.steps.push_back({text, builder_.bytes(ByteSet().set()), text});
    graph.steps.push_back({n, after_open(), end});
    return builder_.graph(std::move(graph));
  }

  // How much of `open` is seen after its first `seen` bytes and then c.
  static std::uint32_t overlap(const std::string& open, std::uint32_t seen, char c) {
    const std::string text = open.substr(0, seen) + c;
    for (std::size_t length = text.size(); length > 0; --length) {
      if (open.starts_with(std::string_view(text).substr(text.size() - length)))
        return static_cast<std::uint32_t>(length);
    }
    return 0;
  }

  static constexpr std::uint32_t kMostCalls = 64;

  const ToolDialect& dialect_;
  const ToolChoice& choice_;
  GrammarBuilder builder_;
  std::vector<std::pair<std::string, Part>> arguments_;
};

}  // namespace

Grammar tool_grammar(const ToolDialect& dialect, const std::vector<Tool>& tools, const ToolChoice& choice) {
  return ToolGrammar(dialect, tools, choice).build();
}

}  // namespace minnow::text
