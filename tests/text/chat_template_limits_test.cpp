// Hostile templates and odd inputs end in one clear error: no crash, no hang, no leak.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "minnow/error.hpp"
#include "text/chat_template.hpp"
#include "text/known_templates.hpp"

namespace minnow::text {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;

std::string render(const std::string& source, const Json& context = Json::object()) {
  return ChatTemplate(source).render(context);
}

Error error_of(const std::string& source, const Json& context = Json::object(), const TemplateLimits& limits = {}) {
  try {
    const std::string text = ChatTemplate(source, limits).render(context);
    ADD_FAILURE() << "rendered " << text.substr(0, 100);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::internal, "no error");
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

TEST(ChatTemplate, StopsAnEndlessLoopOfLoops) {
  const std::string source =
      "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a * b %}{% endfor %}{% endfor %}";
  EXPECT_THAT(error_of(source).what(), HasSubstr("steps"));
}

TEST(ChatTemplate, RefusesASliceWhoseStepNoIntegerHolds) {
  const Error error = error_of("{{ range(0, 9223372036854775807, 4611686018427387904)[::-3] | list }}");
  EXPECT_EQ(error.code(), ErrorCode::unsupported);
  EXPECT_THAT(error.what(), HasSubstr("64 bits"));
}

TEST(ChatTemplate, StopsDoublingText) {
  const std::string source =
      "{% set ns = namespace(s='x') %}{% for i in range(90) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}";
  EXPECT_THAT(error_of(source).what(), HasSubstr("text longer than"));
  EXPECT_THAT(error_of("{{ 'abc' * 999999999999 }}").what(), HasSubstr("text longer than"));
  EXPECT_THAT(error_of("{{ '%99999999999d' % 1 }}").what(), HasSubstr("text longer than"));
  EXPECT_THAT(error_of("{{ ('x' * 100000)|replace('x', 'y' * 100000) }}").what(), HasSubstr("text longer than"));
  EXPECT_THAT(error_of("{{ ['x' * 9000000] * 9 }}").what(), HasSubstr("text longer than"));
}

TEST(ChatTemplate, StopsDoublingLists) {
  const std::string source =
      "{% set ns = namespace(s=[1]) %}{% for i in range(90) %}{% set ns.s = ns.s + ns.s %}{% endfor %}";
  EXPECT_THAT(error_of(source).what(), HasSubstr("values need more than"));
  EXPECT_THAT(error_of("{{ [0] * 99999999999 }}").what(), HasSubstr("values need more than"));
}

TEST(ChatTemplate, StopsManyTextsAliveAtOnce) {
  const std::string source =
      "{% set ns = namespace(l=[]) %}{% for i in range(90) %}{% set ns.l = ns.l + ['x' * 9000000 ~ i] %}{% endfor %}";
  EXPECT_THAT(error_of(source).what(), HasSubstr("values need more than"));
}

TEST(ChatTemplate, StopsSearchesThatWouldTakeHours) {
  const std::string texts = "{% set long = 'a' * 9000000 %}{% set wanted = 'a' * 4000000 ~ 'b' %}";
  for (const char* search :
       {"wanted in long", "long.find(wanted)", "long.rfind(wanted)", "long.count(wanted)", "long.split(wanted)",
        "long.rsplit(wanted)", "long|replace(wanted, '')", "long.partition(wanted)"}) {
    EXPECT_THAT(error_of(texts + "{{ " + search + " }}").what(), HasSubstr("steps")) << search;
  }
}

TEST(ChatTemplate, StopsMacrosThatCallThemselves) {
  EXPECT_THAT(error_of("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").what(), HasSubstr("nests deeper"));
  EXPECT_THAT(error_of("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}").what(), HasSubstr("nests deeper"));
}

TEST(ChatTemplate, StopsValuesThatNestEndlessly) {
  const std::string source =
      "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}";
  EXPECT_THAT(error_of(source).what(), HasSubstr("nest deeper"));
}

TEST(ChatTemplate, RefusesSourceThatNestsTooDeep) {
  for (const char* open : {"(", "[", "{1:", "-", "not ", "x if y else ", "x(", "x[", "x|f("}) {
    EXPECT_THAT(error_of("{{ " + repeated(open, 20000)).what(), HasSubstr("line 1")) << open;
  }
  for (const char* tag : {"{% if x %}", "{% for x in y %}", "{% filter upper %}", "{% macro m() %}", "{% set x %}"}) {
    EXPECT_THAT(error_of(repeated(tag, 20000)).what(), HasSubstr("nests deeper")) << tag;
  }
  EXPECT_THAT(error_of("{{ x" + repeated(".a", 20000) + " }}").what(), HasSubstr("nests deeper"));
  EXPECT_THAT(error_of("{{ x" + repeated(" + x", 20000) + " }}").what(), HasSubstr("nests deeper"));
  EXPECT_THAT(error_of("{{ x" + repeated("|upper", 20000) + " }}").what(), HasSubstr("nests deeper"));
}

TEST(ChatTemplate, RunsLongFlatSource) {
  EXPECT_EQ(render(repeated("{% if true %}a{% elif x %}b{% endif %}", 2000)).size(), 2000u);
  EXPECT_EQ(render("{{ ''" + repeated(" ~ 'a'", 2000) + " }}").size(), 2000u);
  EXPECT_EQ(render("{% if x %}" + repeated("{% elif x %}", 2000) + "{% else %}end{% endif %}"), "end");
}

TEST(ChatTemplate, RefusesContextThatNestsTooDeep) {
  const Json deep = Json::parse("{\"x\":" + std::string(5000, '[') + std::string(5000, ']') + "}");
  EXPECT_THAT(error_of("{{ x }}", deep).what(), HasSubstr("nest"));
}

TEST(ChatTemplate, FreesNamespacesThatHoldOneAnother) {
  EXPECT_EQ(render("{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = b %}{% set a.a = [a] %}ok"),
            "ok");
  EXPECT_EQ(render("{% for i in [1, 2] %}{% set x = loop.changed(loop) %}{% endfor %}ok"), "ok");
  EXPECT_EQ(
      render("{% set ns = namespace() %}{% for i in range(50000) %}{% set ns.n = namespace(up=ns.n) %}{% endfor %}ok"),
      "ok");
}

TEST(ChatTemplate, StopsPrintingANamespaceThatHoldsItself) {
  EXPECT_THAT(error_of("{% set a = namespace() %}{% set a.a = a %}{{ a }}").what(), HasSubstr("nests deeper"));
}

TEST(ChatTemplate, KeepsTheFramesOfMacrosThatOutliveTheirLoop) {
  EXPECT_EQ(render("{% set ns = namespace() %}{% for i in [1, 2] %}{% set v = i %}{% macro m() %}{{ v }}{% endmacro %}"
                   "{% set ns.m = m %}{% endfor %}{{ ns.m() }}"),
            "2");
}

TEST(ChatTemplate, RefusesIntegersBeyond64Bits) {
  EXPECT_EQ(error_of("{{ 9223372036854775807 + 1 }}").code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of("{{ 2 ** 63 }}").code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of("{{ (-9223372036854775807 - 1) // -1 }}").code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of("{{ (-9223372036854775807 - 1)|abs }}").code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of("{{ 99999999999999999999 }}").code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of("{{ x }}", {{"x", UINT64_MAX}}).code(), ErrorCode::unsupported);
  EXPECT_EQ(render("{{ (-9223372036854775807 - 1) % -1 }} {{ [1, "
                   "2][-9223372036854775807:9223372036854775807:9223372036854775807] }}"),
            "0 [1]");
}

TEST(ChatTemplate, SaysWhatItLacks) {
  for (const char* source :
       {"{% include 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}",
        "{% block b %}{% endblock %}", "{{ x|urlencode }}", "{{ x is nosuch }}", "{{ 'x'.encode() }}"}) {
    EXPECT_EQ(error_of(source).code(), ErrorCode::unsupported) << source;
  }
}

TEST(ChatTemplate, NamesTheLineOfAnError) {
  EXPECT_THAT(error_of("a\n\n{{ x.y.z }}").what(), HasSubstr("line 3: 'x' is undefined"));
  EXPECT_THAT(error_of("a\n{% if %}").what(), HasSubstr("line 2"));
  EXPECT_THAT(error_of("a\n{{ 'x' + 1 }}").what(), HasSubstr("line 2"));
}

TEST(ChatTemplate, PassesBytesThatAreNotUtf8Through) {
  const std::string bytes = "a\xFF\xC3(\xE2\x82z";
  EXPECT_EQ(render("{{ x }}|{{ x|length }}|{{ x[1:2] }}|{{ x|upper }}|{{ x|reverse|reverse }}", {{"x", bytes}}),
            bytes + "|7|\xFF|A\xFF\xC3(\xE2\x82Z|" + bytes);
  EXPECT_EQ(render("\xFF{{ '\xFE' }}"), "\xFF\xFE");
}

TEST(ChatTemplate, RefusesAContextThatIsNoObject) {
  EXPECT_THAT(error_of("x", Json::array()).what(), HasSubstr("must be a JSON object"));
}

TEST(ChatTemplate, RefusesASourceBeyondItsLimit) { EXPECT_THROW(ChatTemplate("too long", {.source_bytes = 4}), Error); }

TEST(ChatTemplate, KeepsToSmallLimits) {
  EXPECT_THAT(error_of("{{ 'x' * 101 }}", Json::object(), {.output_bytes = 100}).what(), HasSubstr("100 bytes"));
  EXPECT_THAT(error_of("{% for i in range(50) %}abc{% endfor %}", Json::object(), {.output_bytes = 100}).what(),
              HasSubstr("100 bytes"));
  EXPECT_THAT(error_of("{{ 1 + 1 }}", Json::object(), {.steps = 3}).what(), HasSubstr("3 steps"));
}

TEST(ChatTemplate, RendersTheSameFromManyThreads) {
  const ChatTemplate chat("{% for m in messages %}<{{ m.role|upper }}>{{ m.content ~ '!' }}{% endfor %}");
  const Json context = {{"messages", {{{"role", "user"}, {"content", "hi"}}}}};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) EXPECT_EQ(chat.render(context), "<USER>hi!");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// A template broken anywhere still ends in text or an Error.
TEST(ChatTemplate, SurvivesMutatedSources) {
  const std::string source =
      "{%- macro m(a, b=1) -%}{{ a|tojson(indent=2) }}{{ caller() if caller }}{%- endmacro -%}{% set ns = "
      "namespace(x=[]) %}"
      "{% for m in messages[::-1] if m.role != 'x' %}{{ loop.index0 % 2 == 0 }}{{ m['content'].split(',', 1)[-1]|trim "
      "}}"
      "{% call m(m, b='%s' % 5) %}{{ '{:>5}'.format(1.5) }}{% endcall %}{% set ns.x = ns.x + [m] %}{% else %}{% endfor "
      "%}"
      "{{ ns.x|map(attribute='role')|join(', ') }}{# c #}{% raw %}{{{% endraw %}{{ messages|groupby('role')|list }}";
  const Json context = {{"messages", {{{"role", "user"}, {"content", "a,b"}}, {{"role", "bot"}, {"content", "é"}}}}};
  const std::string characters = "{}%#-+|.()[]'\",:=~*/ \n0a_é<>!x";
  std::mt19937 random(5);
  const TemplateLimits limits{.steps = 20000, .output_bytes = 100000, .memory_bytes = 4u << 20};
  for (int i = 0; i < 5000; ++i) {
    std::string mutated = source;
    for (unsigned change = random() % 4 + 1; change > 0; --change) {
      const std::size_t place = random() % mutated.size();
      if (random() % 2 == 0) mutated.erase(place, random() % 8 + 1);
      if (mutated.empty()) mutated = "{{";
      mutated.insert(random() % mutated.size(), 1, characters[random() % characters.size()]);
    }
    try {
      ChatTemplate(mutated, limits).render(context, 0);
    } catch (const Error& error) {
      EXPECT_STRNE(error.what(), "") << mutated;
    }
  }
}

TEST(KnownTemplates, AreNamedByTheirMarkers) {
  EXPECT_EQ(known_template_name("{{'<|im_start|>' + message['role']}}"), "chatml");
  EXPECT_EQ(known_template_name("<|start_header_id|>x<|end_header_id|><|eot_id|>"), "llama-3");
  EXPECT_EQ(known_template_name("<start_of_turn>model"), "gemma");
  EXPECT_EQ(known_template_name("<|turn>model <turn|>"), "gemma-4");
  EXPECT_EQ(known_template_name("<|user|>\n<|end|>\n<|assistant|>"), "phi-3");
  EXPECT_EQ(known_template_name("<|user|>\n</s>\n<|assistant|>"), "zephyr");
  EXPECT_EQ(known_template_name("[INST] x [/INST]"), "mistral");
  EXPECT_EQ(known_template_name("[INST] <<SYS>>"), "llama-2");
  EXPECT_EQ(known_template_name("{{ messages }}"), "");
}

}  // namespace
}  // namespace minnow::text
