#include "minnow/chat.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "minnow/error.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

using testing::tiny_model;

const char* const kTemplate =
    "{{ bos_token }}{% for message in messages %}[{{ message.role }}] {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}";

Model chat_model() { return Model::load(tiny_model({.chat_template = kTemplate})); }

TEST(Chat, RendersTheConversationThroughTheModelsTemplate) {
  const Model model = chat_model();
  const std::vector<ChatMessage> messages{{.role = "system", .content = "be brief"}, {.role = "user", .content = "hi"}};
  EXPECT_EQ(model.apply_chat_template(messages), "<s>[system] be brief\n[user] hi\n[assistant]");
  EXPECT_EQ(model.apply_chat_template(messages, {.add_generation_prompt = false}), "<s>[system] be brief\n[user] hi\n");
  const auto ids = model.chat_tokens(messages);
  EXPECT_EQ(ids.front(), 1);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), 1), 1) << "BOS is there once";
}

TEST(Chat, ReusesWhatTheCacheHoldsAndAnswersAsAFreshSessionWould) {
  const Model model = chat_model();
  const SessionOptions options{.sampling = {.temperature = 0}};
  Chat chat(model, options, {.system = "be brief"});
  chat.answer("hello", {.max_tokens = 6});
  const Generation second = chat.answer("and then", {.max_tokens = 6});
  EXPECT_LT(second.timings.prefill_tokens, second.prompt_tokens.size());
  Session fresh(model, options);
  EXPECT_EQ(fresh.generate(second.prompt_tokens, {.max_tokens = 6}).text, second.text);
  ASSERT_EQ(chat.messages().size(), 5u);
  EXPECT_EQ(chat.messages()[4].role, "assistant");
  EXPECT_EQ(chat.messages()[4].content, second.text);
}

TEST(Chat, AConversationThatDoesNotFitStaysAsItWas) {
  Chat chat(chat_model(), {.context = 64, .sampling = {.temperature = 0}});
  chat.answer("hello", {.max_tokens = 4});
  const std::size_t n_messages = chat.messages().size();
  try {
    chat.answer(std::string(200, 'a'));
    FAIL() << "200 letters went into a context of 64 tokens";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::context_full);
  }
  EXPECT_EQ(chat.messages().size(), n_messages);
  EXPECT_NO_THROW(chat.answer("hi", {.max_tokens = 2}));
}

TEST(Chat, ClearingKeepsTheSystemMessage) {
  Chat chat(chat_model(), {}, {.system = "be brief"});
  chat.answer("hello", {.max_tokens = 2});
  chat.clear();
  ASSERT_EQ(chat.messages().size(), 1u);
  EXPECT_EQ(chat.messages()[0].role, "system");
}

TEST(Chat, AModelWithoutATemplateIsRefused) {
  const Model model = Model::load(tiny_model());
  EXPECT_FALSE(model.has_chat_template());
  EXPECT_THROW(Chat{model}, Error);
}

TEST(Chat, ABrokenTemplateFailsTheChatAndNotTheModel) {
  const Model model = Model::load(tiny_model({.chat_template = "{% if %}"}));
  Session session(model);
  EXPECT_NO_THROW(session.generate("raw", {.max_tokens = 1}));
  Chat chat(model);
  EXPECT_THROW(chat.answer("hi"), Error);
  EXPECT_TRUE(chat.messages().empty());
}

TEST(Chat, ExtraJsonReachesTheTemplateAndBadJsonIsRefused) {
  const Model model =
      Model::load(tiny_model({.chat_template = "{{ messages[0].name }} {{ mood }} {{ tools|length }}"}));
  const std::vector<ChatMessage> messages{{.role = "user", .content = "x", .extra_json = R"({"name": "Ann"})"}};
  EXPECT_EQ(model.apply_chat_template(messages, {.tools_json = "[{},{}]", .extra_json = R"({"mood": "calm"})"}),
            "Ann calm 2");
  EXPECT_THROW(model.apply_chat_template(messages, {.tools_json = "{}"}), Error);
  EXPECT_THROW(model.apply_chat_template(messages, {.extra_json = "{oops"}), Error);
}

// The values are copied by recursion, and an object's keys are compared one by one: neither may be had for a request.
TEST(Chat, HostileExtraJsonIsRefused) {
  const Model model = Model::load(tiny_model({.chat_template = "{{ messages[0].content }}"}));
  const std::vector<ChatMessage> messages{{.role = "user", .content = "x"}};
  const std::string deep = "{\"a\": " + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  std::string wide = "{\"a\": 1";
  for (int i = 0; i < 2000; ++i) wide += ", \"b" + std::to_string(i) + "\": 1";
  wide += "}";
  for (const std::string& hostile : {deep, wide}) {
    EXPECT_THROW(model.apply_chat_template(messages, {.extra_json = hostile}), Error);
    EXPECT_THROW(model.apply_chat_template(messages, {.tools_json = "[" + hostile + "]"}), Error);
    const std::vector<ChatMessage> extended{{.role = "user", .content = "x", .extra_json = hostile}};
    EXPECT_THROW(model.apply_chat_template(extended), Error);
  }
}

}  // namespace
}  // namespace minnow
