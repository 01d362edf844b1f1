// How models write down that they call a tool: each family its own way, told by the chat template it was trained with.
//
//   const ToolDialect dialect = ToolDialect::of_template(template_source);
//   const std::vector<Tool> tools = parse_tools(R"([{"type": "function", "function": {"name": "f", "parameters":
//   …}}])"); Grammar grammar = tool_grammar(dialect, tools, {.kind = ToolChoice::Kind::required});   // what the answer
//   must be ToolCallParser parser(dialect);                                                         // and what it then
//   says
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "text/grammar/grammar.hpp"

namespace minnow::text {

struct Tool {
  std::string name;
  nlohmann::ordered_json parameters;  // a JSON Schema of an object
};

// The list of tools as OpenAI's API has it, or a list of the functions alone. Throws Error(invalid_input) for what is
// malformed, for a name with other characters than letters, digits and "_.-", and for two tools of one name.
std::vector<Tool> parse_tools(std::string_view tools_json);

struct ToolChoice {
  enum class Kind : std::uint8_t {
    automatic,  // text, or calls, or text and then calls
    required,   // at least one call
    named,      // exactly one call of the tool `name`
  };
  Kind kind = Kind::automatic;
  std::string name{};
  bool parallel = true;  // more than one call at once, where the dialect knows how
};

struct ToolDialect {
  enum class Layout : std::uint8_t {
    tagged,  // <tool_call>\n{"name": …, "arguments": …}\n</tool_call>, a tag for each call: Hermes, Qwen, SmolLM3
    list,    // one opening, then [{"name": …, "arguments": …}, …]: Mistral, Phi-4-mini
    named,   // [TOOL_CALLS]name[ARGS]{…} for each call: newer Mistral
    bare,    // the answer is the object {"name": …, "parameters": …} and nothing else: Llama 3
  };
  Layout layout = Layout::bare;
  std::string open{};       // what begins a call, or the list of them; for `bare` how the object begins
  std::string close{};      // what ends it
  std::string arguments{};  // the member that holds the arguments
  // Control tokens among these are part of what the model writes, and must be shown to the parser.
  std::vector<std::string> markers{};

  // Families whose templates know no tools, or a syntax that isn't JSON (Gemma), get the bare object.
  static ToolDialect of_template(std::string_view source);
};

// What an answer must be. Throws Error(invalid_input) for a choice that names no tool, and what parse_json_schema
// throws for a tool's parameters, with its name.
Grammar tool_grammar(const ToolDialect& dialect, const std::vector<Tool>& tools, const ToolChoice& choice);

}  // namespace minnow::text
