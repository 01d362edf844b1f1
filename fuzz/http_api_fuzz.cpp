// Any body to any path of the API, with a real model behind it. Every request gets one answer; what the API says is
// JSON (or its events are), and none takes long or lets the service fall.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "server/api.hpp"
#include "server/fake_responder.hpp"

namespace {

using namespace minnow;

constexpr const char* kPaths[] = {"/v1/chat/completions", "/v1/completions", "/v1/responses",
                                  "/v1/embeddings",       "/tokenize",       "/detokenize",
                                  "/v1/models/other",     "/nothing"};

struct Service {
  Service()
      : pool({{.id = "home",
               .load = [] { return Model::embedded({.threads = 1}); },
               .scheduler = {.context = 256, .max_sequences = 4, .max_waiting = 8}}},
             {}),
        api({.defaults = {.max_tokens = 2}}, pool, metrics) {}

  server::Metrics metrics;
  server::ModelPool pool;
  server::Api api;
};

void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Service service;
  if (size == 0 || size > 4096) return 0;
  auto responder = std::make_shared<testing::FakeResponder>();
  const char* path = kPaths[data[0] % std::size(kPaths)];
  service.api.handle({.method = "POST", .path = path, .body = {reinterpret_cast<const char*>(data) + 1, size - 1}},
                     responder);
  const server::HttpReply reply = responder->wait();
  require(responder->n_replies() == 1);
  require(reply.status == 200 || (reply.status >= 400 && reply.status <= 429) || reply.status == 500 ||
          reply.status == 503);
  if (reply.content_type == "application/json") require(nlohmann::json::accept(reply.body));
  if (reply.status == 500) require(reply.body.find("internal error") == std::string::npos);
  return 0;
}
