// Every published template, snippet and random expression renders as Jinja2 renders it; how the golden files were
// made is told beside them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "minnow/error.hpp"
#include "test_data.hpp"
#include "text/chat_template.hpp"

namespace minnow::text {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::time_t kNow = 1767323045;  // 2026-01-02 03:04:05 UTC, the generator's clock

Json read_json(const std::string& name) {
  std::ifstream file(testing::golden("chat-templates/" + name));
  return Json::parse(file);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What one rendering should give, and gave: {"text"}, {"refusal"} or {"error"}.
void expect_same(const Json& expected, const std::string& source, const Json& context, const std::string& what) {
  try {
    const std::string text = ChatTemplate(source).render(context, kNow);
    EXPECT_TRUE(expected.contains("text")) << what << "\nrendered: " << text << "\nexpected: " << expected;
    EXPECT_EQ(text, expected.value("text", text)) << what;
  } catch (const Error& error) {
    if (expected.contains("refusal")) {
      const std::string words =
          "the chat template refuses this conversation: " + expected["refusal"].get<std::string>();
      EXPECT_EQ(error.what(), words) << what;
    } else {
      EXPECT_TRUE(expected.contains("error")) << what << "\nfailed: " << error.what() << "\nexpected: " << expected;
      EXPECT_EQ(std::string(error.what()).find("chat template, line "), 0u) << what << ": " << error.what();
    }
  }
}

class ChatTemplateGolden : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    tzset();
  }

  static void check_cases(const std::string& name, std::size_t least) {
    const Json golden = read_json(name);
    ASSERT_GE(golden["cases"].size(), least);
    for (const Json& expected : golden["cases"]) {
      const auto source = expected["template"].get<std::string>();
      expect_same(expected, source, golden["context"], source);
    }
  }
};

TEST_F(ChatTemplateGolden, SnippetsRenderAsJinjaRendersThem) { check_cases("snippets.json", 300); }

TEST_F(ChatTemplateGolden, RandomExpressionsRenderAsJinjaRendersThem) { check_cases("random_expressions.json", 500); }

TEST_F(ChatTemplateGolden, PublishedTemplatesRenderAsJinjaRendersThem) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Json inputs = read_json("conversations.json");
  std::size_t n_templates = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::shared_data() / "chat-templates")) {
    const std::string name = entry.path().stem().string();
    if (!std::filesystem::exists(testing::golden("chat-templates/rendered-" + name + ".json"))) continue;
    ++n_templates;
    const std::string source = read_text(entry.path());
    const Json expected = read_json("rendered-" + name + ".json");
    ASSERT_EQ(expected.size(), inputs["cases"].size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto conversation = inputs["cases"][i][0].get<std::string>();
      const auto setting = inputs["cases"][i][1].get<std::string>();
      Json context = inputs["settings"][setting];
      context["messages"] = inputs["conversations"][conversation];
      expect_same(expected[i], source, context, name + ", " + conversation + ", " + setting);
    }
  }
  EXPECT_EQ(n_templates, 12u);
}

}  // namespace
}  // namespace minnow::text
