// The API without sockets, over a small model with random weights.
#include "server/api.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "engine/tiny_adapter.hpp"
#include "engine/tiny_model.hpp"
#include "server/fake_responder.hpp"

namespace minnow::server {
namespace {

using ::minnow::testing::FakeResponder;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTemplate =
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}[{{ c.function.name }} "
    "{{ c.function.arguments.a }}]{% endfor %}{% endfor %}{% if tools %}{{ tools | length }} tools{% endif %}>";

ModelEntry tiny(const std::string& id, std::size_t max_sequences = 4, std::size_t max_waiting = 16) {
  const auto path = minnow::testing::tiny_model({.chat_template = kTemplate});
  return {.id = id,
          .load = [path] { return Model::load(path, {.threads = 1, .pack_dir = "off"}); },
          .scheduler = {.context = 256, .max_sequences = max_sequences, .max_waiting = max_waiting}};
}

struct Server {
  explicit Server(std::vector<ModelEntry> entries = {tiny("tiny")}, ModelPoolOptions options = {})
      : pool(std::move(entries), options), api({.defaults = {.sampling = {.temperature = 0}}}, pool, metrics) {}

  HttpReply ask(const std::string& path, const std::string& body, const std::string& method = "POST") {
    auto responder = std::make_shared<FakeResponder>();
    api.handle({.method = method, .path = path, .body = body}, responder);
    return responder->wait();
  }
  Json json(const std::string& path, const std::string& body) {
    const HttpReply reply = ask(path, body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return Json::parse(reply.body);
  }

  Metrics metrics;
  ModelPool pool;
  Api api;
};

std::vector<Json> events(const std::string& stream) {
  std::vector<Json> found;
  for (std::size_t at = 0; (at = stream.find("data: ", at)) != std::string::npos;) {
    at += 6;
    const std::string data = stream.substr(at, stream.find('\n', at) - at);
    if (data != "[DONE]") found.push_back(Json::parse(data));
  }
  return found;
}

constexpr const char* kHello =
    R"({"model": "tiny", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 8)";

TEST(Api, AnswersAChat) {
  Server server;
  const Json reply = server.json("/v1/chat/completions", std::string(kHello) + "}");
  EXPECT_EQ(reply["object"], "chat.completion");
  EXPECT_EQ(reply["model"], "tiny");
  EXPECT_EQ(reply["choices"][0]["message"]["role"], "assistant");
  EXPECT_EQ(reply["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(reply["usage"]["completion_tokens"], 8);
}

TEST(Api, TakesATopPOfNothingAsTheLikeliestToken) {
  Server server;
  const Json greedy = server.json("/v1/chat/completions", std::string(kHello) + "}");
  const Json reply = server.json("/v1/chat/completions", std::string(kHello) + R"(, "temperature": 1, "top_p": 0})");
  EXPECT_EQ(reply["choices"], greedy["choices"]);
}

TEST(Api, StopStringsEndNoRequiredCall) {
  Server server;
  const std::string tools = R"(, "stop": ["{", "a", "f"], "tools": [{"type": "function", "function": {"name": "f",
      "parameters": {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}}}], "max_tokens": 60,
      "parallel_tool_calls": false, "tool_choice": )";
  const std::string ask = R"({"messages": [{"role": "user", "content": "hello"}])" + tools;
  const Json choice = server.json("/v1/chat/completions", ask + R"("required"})")["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  const std::string arguments = choice["message"]["tool_calls"][0]["function"]["arguments"];
  EXPECT_TRUE(Json::parse(arguments)["a"].is_number());
}

TEST(Api, StopStringsCutNoAnswerThatKeepsToAShape) {
  Server server;
  const std::string stop = R"(, "stop": ["{", "\"", "a", "1", "b"])";
  const std::string schema = R"({"type": "json_schema", "name": "s", "schema": {"type": "object",
      "properties": {"a": {"enum": [11, 12]}}, "required": ["a"], "additionalProperties": false}})";
  const std::string format =
      R"(, "response_format": {"type": "json_schema", "json_schema": )" + schema + "}, \"max_tokens\": 60}";
  const Json chat = server.json("/v1/chat/completions",
                                R"({"messages": [{"role": "user", "content": "hello"}])" + stop + format)["choices"][0];
  EXPECT_TRUE(Json::parse(chat["message"]["content"].get<std::string>())["a"].is_number());
  EXPECT_EQ(chat["finish_reason"], "stop");
  const Json response =
      server.json("/v1/responses", R"({"input": "hello", "text": {"format": )" + schema + "}" + stop + "}");
  EXPECT_EQ(response["status"], "completed");
  EXPECT_TRUE(Json::parse(response["output"][0]["content"][0]["text"].get<std::string>())["a"].is_number());
  EXPECT_EQ(server.json("/v1/completions", R"({"prompt": "a", "regex": "ab{3}a")" + stop + "}")["choices"][0]["text"],
            "abbba");
  EXPECT_EQ(server.json("/v1/completions",
                        R"({"prompt": "a", "grammar": "root ::= \"ba\"")" + stop + "}")["choices"][0]["text"],
            "ba");
}

TEST(Api, RefusesWhatIsNoTokenAndNoCall) {
  Server server;
  for (const char* tokens :
       {R"(["a"])", "[[1], [2]]", "[-1]", "[4294967296]", "[18446744073709551615]", "[1.5]", "[99999999]"}) {
    EXPECT_EQ(server.ask("/detokenize", fmt::format(R"({{"tokens": {}}})", tokens)).status, 400) << tokens;
  }
  for (const char* call : {R"({"function": {"name": "f"}})", R"({"function": {"name": "f", "arguments": 1}})",
                           R"({"type": {}, "function": {"name": "f", "arguments": "{}"}})"}) {
    const auto body = fmt::format(R"({{"messages": [{{"role": "assistant", "tool_calls": [{}]}}]}})", call);
    EXPECT_EQ(server.ask("/tokenize", body).status, 400) << call;
  }
  EXPECT_EQ(server.ask("/tokenize", R"({"content": "a", "prompt": 1})").status, 400);
  EXPECT_EQ(server.ask("/v1/responses", R"({"input": "a", "tools": [], "parallel_tool_calls": {}})").status, 400);
}

TEST(Api, StreamsTheSameAnswer) {
  Server server;
  const Json whole = server.json("/v1/chat/completions", std::string(kHello) + "}");
  const HttpReply reply = server.ask(
      "/v1/chat/completions", std::string(kHello) + R"(, "stream": true, "stream_options": {"include_usage": true}})");
  EXPECT_EQ(reply.content_type, "text/event-stream");
  EXPECT_THAT(reply.body, ::testing::EndsWith("data: [DONE]\n\n"));
  std::string text;
  const auto chunks = events(reply.body);
  for (const Json& chunk : chunks) {
    if (!chunk["choices"].empty()) text += chunk["choices"][0]["delta"].value("content", "");
  }
  EXPECT_EQ(text, whole["choices"][0]["message"]["content"]);
  EXPECT_EQ(chunks.front()["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(chunks.back()["usage"]["completion_tokens"], 8);
}

TEST(Api, GivesSeveralChoicesThatDifferBySeed) {
  Server server;
  const std::string body = std::string(kHello) + R"(, "n": 3, "temperature": 2, "seed": 5})";
  const Json reply = server.json("/v1/chat/completions", body);
  ASSERT_EQ(reply["choices"].size(), 3u);
  EXPECT_NE(reply["choices"][0]["message"], reply["choices"][1]["message"]);
  EXPECT_EQ(reply["choices"], server.json("/v1/chat/completions", body)["choices"]);
  EXPECT_EQ(reply["usage"]["completion_tokens"], 24);
}

TEST(Api, HoldsAnswersToASchema) {
  Server server;
  const Json reply = server.json("/v1/chat/completions", R"({"messages": [{"role": "user", "content": "x"}],
      "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"enum": ["on", "off"]}}}})");
  const std::string content = reply["choices"][0]["message"]["content"];
  EXPECT_TRUE(content == "\"on\"" || content == "\"off\"") << content;
  EXPECT_EQ(reply["choices"][0]["finish_reason"], "stop");
}

TEST(Api, CallsAToolThatMustBeCalled) {
  Server server;
  const std::string body = R"({"messages": [{"role": "user", "content": "x"}], "tool_choice": "required",
      "tools": [{"type": "function", "function": {"name": "switch", "parameters": {"type": "object",
      "properties": {"on": {"type": "boolean"}}, "required": ["on"], "additionalProperties": false}}}])";
  const Json reply = server.json("/v1/chat/completions", body + "}");
  const Json choice = reply["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  ASSERT_EQ(choice["message"]["tool_calls"].size(), 1u);
  const Json call = choice["message"]["tool_calls"][0];
  EXPECT_EQ(call["function"]["name"], "switch");
  EXPECT_TRUE(Json::parse(call["function"]["arguments"].get<std::string>())["on"].is_boolean());

  std::string arguments;
  for (const Json& chunk : events(server.ask("/v1/chat/completions", body + R"(, "stream": true})").body)) {
    for (const Json& delta : chunk["choices"][0]["delta"].value("tool_calls", Json::array())) {
      arguments += delta["function"].value("arguments", "");
    }
  }
  EXPECT_EQ(arguments, call["function"]["arguments"]);
}

TEST(Api, HandsToolResultsToTheTemplate) {
  Server server;
  const Json reply = server.json("/tokenize", R"({"messages": [{"role": "assistant", "content": null, "tool_calls":
      [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 7}"}}]},
      {"role": "tool", "tool_call_id": "1", "content": "ok"}]})");
  const Json text = server.json("/detokenize", dump({{"tokens", reply["tokens"]}}));
  EXPECT_THAT(text["content"].get<std::string>(), HasSubstr("<assistant>[f 7]<tool>ok>"));
}

TEST(Api, CompletesPromptsOfEveryKind) {
  Server server;
  const Json reply =
      server.json("/v1/completions", R"({"prompt": ["ab", "cd"], "max_tokens": 4, "n": 2, "echo": true})");
  ASSERT_EQ(reply["choices"].size(), 4u);
  EXPECT_THAT(reply["choices"][3]["text"].get<std::string>(), ::testing::StartsWith("cd"));
  EXPECT_EQ(server.json("/v1/completions", R"({"prompt": [98, 99], "max_tokens": 2})")["usage"]["prompt_tokens"], 2);
  const Json logprobs = server.json("/v1/completions", R"({"prompt": "ab", "max_tokens": 3, "logprobs": 2})");
  EXPECT_EQ(logprobs["choices"][0]["logprobs"]["tokens"].size(), 3u);
}

TEST(Api, RefusesWhatItCannotDo) {
  Server server;
  const auto error = [&](const std::string& path, const std::string& body, int status) {
    const HttpReply reply = server.ask(path, body);
    EXPECT_EQ(reply.status, status) << reply.body;
    return Json::parse(reply.body)["error"];
  };
  const std::string chat = "/v1/chat/completions";
  EXPECT_EQ(error(chat, R"({"model": "gpt", "messages": [{"role": "user", "content": "x"}]})", 404)["code"],
            "model_not_found");
  EXPECT_EQ(error(chat, R"({"messages": []})", 400)["param"], "messages");
  EXPECT_EQ(error(chat, R"({"messages": [{"role": "king", "content": "x"}]})", 400)["param"], "messages[0].role");
  EXPECT_EQ(error(chat, std::string(kHello) + R"(, "temperature": -1})", 400)["param"], "temperature");
  EXPECT_EQ(error(chat, std::string(kHello) + R"(, "logit_bias": {"five": 1}})", 400)["param"], "logit_bias.five");
  EXPECT_EQ(error(chat, std::string(kHello) + R"(, "logit_bias": {"5": 101}})", 400)["param"], "logit_bias.5");
  EXPECT_EQ(error(chat, std::string(kHello) + R"(, "logit_bias": {"99999999": 1}})", 400)["type"],
            "invalid_request_error");
  EXPECT_EQ(error(chat, std::string(kHello) + R"(, "response_format": {"type": "xml"}})", 400)["param"],
            "response_format.type");
  EXPECT_THAT(error(chat, "{", 400)["message"].get<std::string>(), HasSubstr("not valid JSON"));
  EXPECT_EQ(error("/v1/completions", dump({{"prompt", std::string(3000, 'a')}}), 400)["code"],
            "context_length_exceeded");
  EXPECT_EQ(error("/v1/completions", R"({"prompt": [999999]})", 400)["type"], "invalid_request_error");
  EXPECT_EQ(error("/v1/completions", R"({"prompt": "a", "suffix": "b"})", 400)["param"], "suffix");
  EXPECT_EQ(server.ask("/nothing", "").status, 404);
  for (const char* path : {"/v1/models", "/v1/models/tiny", "/", "/openapi.json"}) {
    EXPECT_EQ(server.ask(path, "").status, 405) << path;
  }
}

TEST(Api, AnswersResponsesWholeAndInEvents) {
  Server server;
  const std::string body = R"({"model": "tiny", "instructions": "be brief", "input": "hello", "max_output_tokens": 6)";
  const Json reply = server.json("/v1/responses", body + "}");
  EXPECT_EQ(reply["object"], "response");
  EXPECT_EQ(reply["status"], "incomplete");
  EXPECT_EQ(reply["usage"]["output_tokens"], 6);
  const Json message = reply["output"][0];
  EXPECT_EQ(message["type"], "message");
  std::string text;
  const auto stream = events(server.ask("/v1/responses", body + R"(, "stream": true})").body);
  for (std::size_t i = 0; i < stream.size(); ++i) {
    EXPECT_EQ(stream[i]["sequence_number"], i);
    if (stream[i]["type"] == "response.output_text.delta") text += stream[i]["delta"];
  }
  EXPECT_EQ(text, message["content"][0]["text"]);
  EXPECT_EQ(stream.front()["type"], "response.created");
  EXPECT_EQ(stream.back()["type"], "response.incomplete");
  EXPECT_EQ(stream.back()["response"]["output"][0]["content"], message["content"]);
}

TEST(Api, CallsToolsInResponses) {
  Server server;
  const Json reply = server.json("/v1/responses", R"({"input": [{"role": "user", "content": [{"type": "input_text",
      "text": "x"}]}, {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\": 1}"},
      {"type": "function_call_output", "call_id": "c1", "output": "ok"}], "tool_choice": "required",
      "tools": [{"type": "function", "name": "f", "parameters": {"type": "object",
      "properties": {"a": {"enum": [1, 2]}}, "required": ["a"], "additionalProperties": false}}]})");
  ASSERT_FALSE(reply["output"].empty());
  EXPECT_EQ(reply["output"][0]["type"], "function_call");
  EXPECT_EQ(reply["output"][0]["name"], "f");
  EXPECT_TRUE(Json::parse(reply["output"][0]["arguments"].get<std::string>())["a"].is_number());
  EXPECT_EQ(server.ask("/v1/responses", R"({"input": "a", "previous_response_id": "resp_1"})").status, 400);
  const HttpReply wrong = server.ask(
      "/v1/responses", R"({"instructions": "b", "input": [{"role": "user", "content": "a"}, {"role": "nobody"}]})");
  EXPECT_EQ(Json::parse(wrong.body)["error"]["param"], "input[1].role");
}

TEST(Api, EmbedsTexts) {
  Server server;
  const Json reply = server.json("/v1/embeddings", R"({"input": ["abc", "abc", "xyz"]})");
  ASSERT_EQ(reply["data"].size(), 3u);
  const std::vector<float> one = reply["data"][0]["embedding"], other = reply["data"][2]["embedding"];
  EXPECT_EQ(reply["data"][0]["embedding"], reply["data"][1]["embedding"]);
  EXPECT_NE(one, other);
  double squares = 0;
  for (const float value : one) squares += static_cast<double>(value) * static_cast<double>(value);
  EXPECT_NEAR(squares, 1, 1e-5);
  const Json packed = server.json("/v1/embeddings", R"({"input": "abc", "encoding_format": "base64"})");
  EXPECT_EQ(packed["data"][0]["embedding"].get<std::string>().size(), (one.size() * 4 + 2) / 3 * 4);
  EXPECT_EQ(server.ask("/v1/embeddings", dump({{"input", std::string(4000, 'a')}})).status, 400);
}

// More than a few milliseconds of work.
std::string many_embeddings(const std::string& more = "") {
  const Json input = std::vector<std::string>(128, std::string(200, 'a'));
  return R"({"input": )" + dump(input) + more + "}";
}

TEST(Api, EmbeddingsEndAtTheirDeadlineEvenWhileTheyWait) {
  Server server;
  auto running = std::make_shared<FakeResponder>(), waiting = std::make_shared<FakeResponder>();
  server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = many_embeddings()}, running);
  server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = R"({"input": "a", "timeout": 0.001})"},
                    waiting);
  EXPECT_EQ(waiting->wait().status, 504);
  EXPECT_EQ(running->n_replies(), 0);
  EXPECT_EQ(running->wait().status, 200);
  const HttpReply late = server.ask("/v1/embeddings", many_embeddings(R"(, "timeout": 0.002)"));
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("deadline"));
  EXPECT_EQ(server.ask("/v1/embeddings", R"({"input": "a", "timeout": 0})").status, 400);
}

TEST(Api, EmbeddingsEndWhenTheirClientLeavesOrTheServerStops) {
  auto leaving = std::make_shared<FakeResponder>(), stopped = std::make_shared<FakeResponder>(),
       waiting = std::make_shared<FakeResponder>();
  {
    Server server;
    server.json("/v1/embeddings", R"({"input": "a"})");
    server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = many_embeddings()}, leaving);
    leaving->leave();
    EXPECT_EQ(leaving->wait().status, 503);
    server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = many_embeddings()}, stopped);
    server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = many_embeddings()}, waiting);
  }
  EXPECT_EQ(stopped->wait().status, 503);
  EXPECT_EQ(waiting->wait().status, 503);
}

TEST(Api, SaysWhenTooManyWait) {
  Server server({tiny("tiny", 1, 2)});
  const HttpReply reply = server.ask("/v1/completions", R"({"prompt": "a", "max_tokens": 4, "n": 3})");
  EXPECT_EQ(reply.status, 429);
  ASSERT_FALSE(reply.headers.empty());
  EXPECT_EQ(reply.headers[0].name, "Retry-After");
}

TEST(Api, CancelsForAClientThatWentAway) {
  Server server;
  auto responder = std::make_shared<FakeResponder>();
  server.api.handle({.method = "POST", .path = "/v1/completions", .body = R"({"prompt": "a", "max_tokens": 200})"},
                    responder);
  responder->leave();
  const HttpReply reply = responder->wait();
  EXPECT_TRUE(reply.status == 503 || reply.status == 200) << reply.body;
  EXPECT_EQ(responder->n_replies(), 1);
}

TEST(Api, AnswersWithTheAdapterThatWasAskedFor) {
  ModelEntry entry = tiny("tiny");
  const auto path = minnow::testing::tiny_adapter(entry.load(), 0.5f);
  entry.adapters = {{"kiosk", path.string()}};
  Server server({entry});
  const auto text = [&](const char* model) {
    const Json reply = server.json("/v1/completions", dump({{"model", model}, {"prompt", "ab"}, {"max_tokens", 8}}));
    EXPECT_EQ(reply["model"], model);
    return reply["choices"][0]["text"];
  };
  EXPECT_NE(text("tiny"), text("tiny:kiosk"));
  EXPECT_EQ(text("tiny"), text("tiny"));
  EXPECT_EQ(server.ask("/v1/completions", R"({"model": "tiny:bar", "prompt": "a"})").status, 404);
  EXPECT_EQ(Json::parse(server.ask("/v1/models", "", "GET").body)["data"][1]["id"], "tiny:kiosk");
}

TEST(Api, AModelIsNotUnloadedWhileItEmbeds) {
  Server server({tiny("one"), tiny("two")}, {.most_loaded = 1});
  const Json input = std::vector<std::string>(4, std::string(100, 'a'));
  std::vector<std::shared_ptr<FakeResponder>> embeddings;
  server.json("/v1/completions", R"({"model": "one", "prompt": "ab", "max_tokens": 2})");
  for (int i = 0; i < 4; ++i) {
    embeddings.push_back(std::make_shared<FakeResponder>());
    server.api.handle({.method = "POST", .path = "/v1/embeddings", .body = dump({{"model", "one"}, {"input", input}})},
                      embeddings[i]);
  }
  server.json("/v1/completions", R"({"model": "two", "prompt": "ab", "max_tokens": 2})");
  for (const auto& embedding : embeddings) EXPECT_EQ(embedding->wait().status, 200);
}

TEST(Api, AModelThatCantBeLoadedIsNoFaultOfTheRequest) {
  ModelEntry entry = tiny("broken");
  entry.load = []() -> Model { fail(ErrorCode::invalid_input, "/secret/model.gguf ends too early"); };
  Server server({tiny("tiny"), entry});
  const HttpReply reply = server.ask("/v1/completions", R"({"model": "broken", "prompt": "a"})");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, Not(HasSubstr("/secret")));
  EXPECT_EQ(server.ask("/v1/completions", R"({"prompt": "a", "max_tokens": 1})").status, 200);
}

TEST(Api, KeepsToItsRoomForModels) {
  Server server({tiny("one"), tiny("two"), tiny("three")}, {.most_loaded = 1});
  for (const char* id : {"one", "two", "three", "one"}) {
    const Json reply = server.json("/v1/completions", dump({{"model", id}, {"prompt", "ab"}, {"max_tokens", 2}}));
    EXPECT_EQ(reply["model"], id);
    EXPECT_EQ(server.pool.loaded().size(), 1u);
  }
}

TEST(Api, CountsTheCachesOfAModelAgainstTheRoomForAll) {
  std::uint64_t one_bytes = 0;
  {
    Server server;
    server.json("/v1/completions", R"({"prompt": "ab", "max_tokens": 2})");
    one_bytes = server.pool.loaded().front()->memory_bytes();
  }
  for (const std::uint64_t twice : {1, 0}) {
    std::vector<ModelEntry> entries{tiny("one"), tiny("two")};
    for (ModelEntry& entry : entries) entry.file_bytes = 1;  // as for a file much smaller than its caches
    Server server(std::move(entries), {.memory_bytes = 2 * one_bytes - 1 + twice});
    for (const char* id : {"one", "two", "one"}) {
      server.json("/v1/completions", dump({{"model", id}, {"prompt", "ab"}, {"max_tokens", 2}}));
    }
    EXPECT_EQ(server.pool.loaded().size(), 1 + twice);
  }
}

TEST(Api, TellsHowItIs) {
  Server server;
  EXPECT_EQ(server.ask("/ready", "", "GET").status, 503);
  server.json("/v1/completions", R"({"prompt": "ab", "max_tokens": 2})");
  EXPECT_EQ(server.ask("/ready", "", "GET").status, 200);
  EXPECT_EQ(server.ask("/health", "", "GET").status, 200);
  const std::string metrics = server.ask("/metrics", "", "GET").body;
  EXPECT_THAT(metrics, HasSubstr("gen_ai_server_time_to_first_token_seconds_count 1\n"));
  EXPECT_THAT(metrics, HasSubstr("gen_ai_client_token_usage_total{gen_ai_token_type=\"output\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("minnow_requests_running{gen_ai_request_model=\"tiny\"} "));
  server.api.set_draining();
  EXPECT_EQ(server.ask("/ready", "", "GET").status, 503);
}

}  // namespace
}  // namespace minnow::server
