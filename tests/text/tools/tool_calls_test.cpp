#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "minnow/error.hpp"
#include "test_data.hpp"
#include "text/grammar/matching.hpp"
#include "text/tools/tool_call_parser.hpp"
#include "text/tools/tool_dialect.hpp"

namespace minnow::text {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;
using minnow::testing::matches;

constexpr const char* kTools = R"([
  {"type": "function", "function": {"name": "get_weather", "description": "d", "parameters":
    {"type": "object", "properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}}, "required": ["city"]}}},
  {"type": "function", "function": {"name": "stop"}}])";

const ToolDialect kHermes = ToolDialect::of_template("…<tool_call>…");
const ToolDialect kMistral = ToolDialect::of_template("…[TOOL_CALLS]…");
const ToolDialect kNewMistral = ToolDialect::of_template("…[TOOL_CALLS]…[ARGS]…");
const ToolDialect kPhi = ToolDialect::of_template("…<|tool_call|>…");
const ToolDialect kLlama = ToolDialect::of_template("…<|start_header_id|>…");

struct Example {
  const ToolDialect& dialect;
  std::string one, two;  // calls: of get_weather, and of both
};

std::vector<Example> examples() {
  const std::string weather = R"({"name": "get_weather", "arguments": {"city": "Bern \"}]"}})";
  const std::string stop = R"({"name": "stop", "arguments": {}})";
  const std::string call = "<tool_call>\n" + weather + "\n</tool_call>";
  return {{kHermes, call, call + "\n<tool_call>\n" + stop + "\n</tool_call>"},
          {kMistral, "[TOOL_CALLS][" + weather + "]", "[TOOL_CALLS][" + weather + ", " + stop + "]"},
          {kNewMistral, R"([TOOL_CALLS]get_weather[ARGS]{"city": "Bern \"}]"})",
           R"([TOOL_CALLS]get_weather[ARGS]{"city": "Bern \"}]"}[TOOL_CALLS]stop[ARGS]{})"},
          {kPhi, "<|tool_call|>[" + weather + "]<|/tool_call|>",
           "<|tool_call|>[" + weather + ", " + stop + "]<|/tool_call|>"},
          {kLlama, R"({"name": "get_weather", "parameters": {"city": "Bern \"}]"}})", ""}};
}

struct Parsed {
  std::string content;
  std::vector<std::string> names, arguments;
};

// Fed in pieces of `size` bytes.
Parsed parse(const ToolDialect& dialect, const std::string& text, std::size_t size) {
  ToolCallParser parser(dialect);
  Parsed parsed;
  const auto take = [&](const std::vector<ToolEvent>& events) {
    for (const ToolEvent& event : events) {
      if (event.kind == ToolEvent::Kind::content) {
        parsed.content += event.text;
      } else if (event.kind == ToolEvent::Kind::call) {
        EXPECT_EQ(event.index, parsed.names.size());
        parsed.names.push_back(event.text);
        parsed.arguments.emplace_back();
      } else {
        parsed.arguments.at(event.index) += event.text;
      }
    }
  };
  for (std::size_t i = 0; i < text.size(); i += size) take(parser.feed(std::string_view(text).substr(i, size)));
  take(parser.finish());
  return parsed;
}

TEST(ToolGrammar, RequiredCallsAreCallsAndNothingElse) {
  const auto tools = parse_tools(kTools);
  for (const Example& example : examples()) {
    const Grammar grammar = tool_grammar(example.dialect, tools, {.kind = ToolChoice::Kind::required});
    EXPECT_TRUE(matches(grammar, example.one)) << example.one;
    if (!example.two.empty()) {
      EXPECT_TRUE(matches(grammar, example.two)) << example.two;
    }
    EXPECT_FALSE(matches(grammar, "")) << example.one;
    EXPECT_FALSE(matches(grammar, "Hello")) << example.one;
    EXPECT_FALSE(matches(grammar, "Hello " + example.one)) << example.one;
    EXPECT_FALSE(matches(grammar, example.one + " done")) << example.one;
  }
}

TEST(ToolGrammar, ANamedToolIsCalledOnce) {
  const auto tools = parse_tools(kTools);
  for (const Example& example : examples()) {
    const auto named = [&](const char* name) {
      return tool_grammar(example.dialect, tools, {.kind = ToolChoice::Kind::named, .name = name});
    };
    EXPECT_TRUE(matches(named("get_weather"), example.one));
    EXPECT_FALSE(matches(named("stop"), example.one));
    if (!example.two.empty()) {
      EXPECT_FALSE(matches(named("get_weather"), example.two));
    }
    EXPECT_THROW((void)named("nothing"), Error);
  }
}

TEST(ToolGrammar, AutomaticIsTextOrCallsOrBoth) {
  const auto tools = parse_tools(kTools);
  for (const Example& example : examples()) {
    const Grammar grammar = tool_grammar(example.dialect, tools, {});
    EXPECT_TRUE(matches(grammar, ""));
    EXPECT_TRUE(matches(grammar, "It is sunny in Bern. {\"name\": 3} <tool_ [TOOL_ <|tool_"));
    EXPECT_TRUE(matches(grammar, example.one));
    const bool first_only = example.dialect.layout == ToolDialect::Layout::bare;
    EXPECT_TRUE(matches(grammar, "Let me see.\n" + example.one));
    // Behind the opening only a call may come.
    EXPECT_FALSE(matches(grammar, example.dialect.open + "nonsense"));
    EXPECT_EQ(matches(grammar, "Text " + example.dialect.open + "nonsense"), first_only);
  }
}

TEST(ToolGrammar, OneCallAtATimeWhereParallelCallsAreOff) {
  const auto tools = parse_tools(kTools);
  for (const Example& example : examples()) {
    const Grammar grammar =
        tool_grammar(example.dialect, tools, {.kind = ToolChoice::Kind::required, .parallel = false});
    EXPECT_TRUE(matches(grammar, example.one));
    if (!example.two.empty()) {
      EXPECT_FALSE(matches(grammar, example.two));
    }
  }
}

TEST(ToolGrammar, RefusesToolsItCannotHoldAModelTo) {
  const auto refusal = [](const std::string& tools) -> std::string {
    try {
      (void)tool_grammar(kHermes, parse_tools(tools), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("{}"), HasSubstr("must be a JSON list"));
  EXPECT_THAT(refusal("[{}]"), HasSubstr("number 0 has no function with a name"));
  EXPECT_THAT(refusal(R"([{"name": "a b"}])"), HasSubstr("letters, digits"));
  EXPECT_THAT(refusal(R"([{"name": "a"}, {"name": "a"}])"), HasSubstr("two named 'a'"));
  EXPECT_THAT(refusal(R"([{"name": "a", "parameters": {"properties": {"x": {"not": {}}}}}])"),
              HasSubstr("tool 'a': JSON schema, #/properties/x/not"));
  EXPECT_THAT(refusal("[]"), HasSubstr("no tool to call"));
}

TEST(ToolCallParser, FindsTextAndCallsHoweverTheTextIsCut) {
  for (const Example& example : examples()) {
    for (std::size_t size = 1; size < 40; ++size) {
      const std::string& text = example.two.empty() ? example.one : example.two;
      const Parsed parsed = parse(example.dialect, text, size);
      EXPECT_EQ(parsed.content, "");
      ASSERT_EQ(parsed.names.size(), example.two.empty() ? 1u : 2u) << text;
      EXPECT_EQ(parsed.names[0], "get_weather");
      EXPECT_EQ(parsed.arguments[0], R"({"city": "Bern \"}]"})");
      if (parsed.names.size() > 1) {
        EXPECT_EQ(parsed.arguments[1], "{}");
      }
    }
  }
}

TEST(ToolCallParser, KeepsTheTextBeforeACall) {
  for (const Example& example : examples()) {
    if (example.dialect.layout == ToolDialect::Layout::bare) continue;
    const Parsed parsed = parse(example.dialect, "I look [it] up <now>.\n\n" + example.one, 3);
    EXPECT_EQ(parsed.content, "I look [it] up <now>.");
    EXPECT_EQ(parsed.names.size(), 1u);
  }
}

TEST(ToolCallParser, PlainTextComesOutAsItIs) {
  for (const Example& example : examples()) {
    for (const std::string text : {"Hello, world.\n", "{\"name\": 3}", "<tool_cal", "[TOOL", "", " \n"}) {
      EXPECT_EQ(parse(example.dialect, text, 2).content, text);
    }
  }
}

TEST(ToolCallParser, ACutCallGivesWhatThereIsOfIt) {
  const Parsed parsed = parse(kHermes, "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Be", 5);
  ASSERT_EQ(parsed.names.size(), 1u);
  EXPECT_EQ(parsed.arguments[0], "{\"city\": \"Be");
}

TEST(ToolCallParser, NothingOfACutCallIsText) {
  for (const Example& example : examples()) {
    const std::string& text = example.two.empty() ? example.one : example.two;
    for (std::size_t n = example.dialect.open.size(); n < text.size(); ++n) {
      EXPECT_EQ(parse(example.dialect, text.substr(0, n), 3).content, "") << text.substr(0, n);
    }
  }
}

TEST(ToolCallParser, TheBeginningOfACallIsNoTextWhereOnlyCallsMayBe) {
  for (const Example& example : examples()) {
    for (std::size_t n = 1; n < example.dialect.open.size(); ++n) {
      const std::string cut = example.dialect.open.substr(0, n);
      ToolCallParser parser(example.dialect, /*only_calls=*/true);
      EXPECT_TRUE(parser.feed(cut).empty()) << cut;
      EXPECT_TRUE(parser.finish().empty()) << cut;
      EXPECT_EQ(parse(example.dialect, cut, 3).content, cut);  // elsewhere it may be text
    }
  }
}

TEST(ToolCallParser, WaitsForANameThatComesLate) {
  const Parsed parsed = parse(kMistral, R"([TOOL_CALLS] [{"id":"x1","arguments":{"a":[1,{}]},"name":"f"}])", 4);
  ASSERT_EQ(parsed.names, std::vector<std::string>{"f"});
  EXPECT_EQ(parsed.arguments[0], R"({"a":[1,{}]})");
}

TEST(ToolDialect, IsRecognizedByTheTemplate) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto dialect_of = [](const std::string& name) {
    std::ifstream file(minnow::testing::shared_data() / "chat-templates" / (name + ".jinja"));
    std::stringstream source;
    source << file.rdbuf();
    EXPECT_FALSE(source.str().empty()) << name;
    return ToolDialect::of_template(source.str());
  };
  EXPECT_EQ(dialect_of("Qwen-Qwen2.5-7B-Instruct").open, "<tool_call>");
  EXPECT_EQ(dialect_of("Qwen-Qwen3-0.6B").open, "<tool_call>");
  EXPECT_EQ(dialect_of("NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use").open, "<tool_call>");
  EXPECT_EQ(dialect_of("HuggingFaceTB-SmolLM3-3B").open, "<tool_call>");
  EXPECT_EQ(dialect_of("mistralai-Mistral-Nemo-Instruct-2407").open, "[TOOL_CALLS]");
  EXPECT_EQ(dialect_of("meta-llama-Llama-3.2-3B-Instruct").arguments, "parameters");
  EXPECT_EQ(dialect_of("google-gemma-2-2b-it").layout, ToolDialect::Layout::bare);
}

// BFCL writes Python's names for JSON's types, and says of a member that it is optional.
Json as_json_schema(const Json& schema) {
  if (schema.is_array()) {
    Json list = Json::array();
    for (const Json& element : schema) list.push_back(as_json_schema(element));
    return list;
  }
  if (!schema.is_object()) return schema;
  const std::map<std::string, std::string> types = {{"dict", "object"}, {"float", "number"}, {"tuple", "array"}};
  Json result = Json::object();
  for (const auto& [key, value] : schema.items()) {
    if (key == "type" && value == "any") continue;
    if (key == "type" && value.is_string()) {
      const auto renamed = types.find(value.get<std::string>());
      result[key] = renamed == types.end() ? value.get<std::string>() : renamed->second;
    } else if (key != "optional" && key != "maximum" && key != "minimum") {
      const bool verbatim = key == "enum" || key == "default" || key == "required" || key == "description";
      result[key] = verbatim ? value : as_json_schema(value);
    }
  }
  return result;
}

TEST(ToolGrammar, TakesTheToolsOfBfcl) {
  MINNOW_REQUIRE_SHARED_DATA();
  int n_cases = 0;
  for (const char* name : {"BFCL_v4_simple_python", "BFCL_v4_multiple", "BFCL_v4_parallel"}) {
    std::ifstream file(minnow::testing::shared_data() / "eval/bfcl" / (std::string(name) + ".json"));
    for (std::string line; std::getline(file, line); ++n_cases) {
      Json functions = Json::parse(line)["function"];
      for (Json& function : functions) function["parameters"] = as_json_schema(function["parameters"]);
      for (const ToolDialect* dialect : {&kHermes, &kLlama}) {
        EXPECT_NO_THROW((void)tool_grammar(*dialect, parse_tools(functions.dump()), {})) << line.substr(0, 60);
      }
    }
  }
  EXPECT_GT(n_cases, 700);
}

}  // namespace
}  // namespace minnow::text
