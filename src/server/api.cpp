#include "server/api.hpp"

#include <array>
#include <utility>

#include "server/chat_answer.hpp"
#include "server/chat_request.hpp"
#include "server/completion_answer.hpp"
#include "server/completion_request.hpp"
#include "server/embeddings.hpp"
#include "server/error_reply.hpp"
#include "server/responses_answer.hpp"
#include "server/responses_request.hpp"
#include "server/status_text.hpp"

namespace minnow::server {
namespace {

constexpr std::string_view kModels = "/v1/models/";

// Counts the reply on its way to the client.
class CountingResponder : public Responder {
 public:
  CountingResponder(std::shared_ptr<Responder> to, Metrics& metrics, std::string route, std::shared_ptr<void> lease)
      : to_(std::move(to)), metrics_(metrics), route_(std::move(route)), lease_(std::move(lease)) {}

  void reply(HttpReply reply) override {
    metrics_.replied(route_, reply.status);
    to_->reply(std::move(reply));
  }
  void begin_stream(HttpReply head) override {
    metrics_.replied(route_, head.status);
    to_->begin_stream(std::move(head));
  }
  void write(std::string bytes) override { to_->write(std::move(bytes)); }
  void finish() override { to_->finish(); }
  void on_gone(std::function<void()> gone) override { to_->on_gone(std::move(gone)); }

 private:
  std::shared_ptr<Responder> to_;
  Metrics& metrics_;
  std::string route_;
  std::shared_ptr<void> lease_;  // of the request's key
};

Json model_json(const ModelEntry& entry) {
  return {{"id", entry.id}, {"object", "model"}, {"created", entry.created_s}, {"owned_by", "minnow"}};
}

}  // namespace

Api::Api(ApiOptions options, ModelPool& pool, Metrics& metrics)
    : options_(std::move(options)), pool_(pool), metrics_(metrics) {}

bool Api::needs_key(const HttpRequest& request) {
  return request.path != "/" && request.path != "/health" && request.path != "/ready" &&
         request.path != "/openapi.json";
}

void Api::handle(HttpRequest request, std::shared_ptr<Responder> responder) {
  Call call{std::move(request), std::move(responder)};
  try {
    route(call);
  } catch (const std::exception& error) {
    call.responder->reply(error_reply(error));
  }
}

void Api::route(Call& call) {
  struct Route {
    const char* method;
    const char* path;
    void (Api::*answer)(Call&);
  };
  static constexpr std::array kRoutes{
      Route{"POST", "/v1/chat/completions", &Api::chat},
      Route{"POST", "/v1/completions", &Api::complete},
      Route{"POST", "/v1/responses", &Api::respond},
      Route{"POST", "/v1/embeddings", &Api::embed},
      Route{"POST", "/tokenize", &Api::tokenize},
      Route{"POST", "/detokenize", &Api::detokenize},
      Route{"GET", "/v1/models", &Api::list_models},
      Route{"GET", "/health", &Api::health},
      Route{"GET", "/ready", &Api::ready},
      Route{"GET", "/metrics", &Api::show_metrics},
  };
  const std::string method = call.request.method == "HEAD" ? "GET" : call.request.method;
  const char* allowed = nullptr;
  for (const Route& route : kRoutes) {
    if (call.request.path != route.path) continue;
    if (method == route.method) {
      call.responder = std::make_shared<CountingResponder>(std::move(call.responder), metrics_, route.path,
                                                           std::move(call.request.lease));
      return (this->*route.answer)(call);
    }
    allowed = route.method;
  }
  if (call.request.path.starts_with(kModels) && method == "GET") return show_model(call);
  if (allowed == nullptr) throw ApiError(404, "there is nothing at " + call.request.path);
  HttpReply reply = error_reply(405, call.request.path + " takes only " + allowed);
  reply.headers.push_back({"Allow", allowed});
  call.responder->reply(std::move(reply));
}

void Api::with_model(const Fields& fields, const std::shared_ptr<Responder>& responder, Answering answer) {
  pool_.acquire(fields.text("model").value_or(""),
                [responder, answer = std::move(answer)](const std::shared_ptr<ServedModel>& model,
                                                        const std::exception_ptr& failure) {
                  try {
                    if (failure) std::rethrow_exception(failure);
                    answer(model);
                  } catch (const std::exception& error) {
                    responder->reply(error_reply(error));
                  }
                });
}

void Api::chat(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  auto request = std::make_shared<ChatRequest>(read_chat_request(fields, options_.defaults));
  request->answer.client = call.request.client;
  request->answer.priority += call.request.priority;
  with_model(fields, call.responder, [this, request, responder = call.responder](const auto& model) {
    const std::vector<TokenId> prompt = prepare_chat(*model, *request);
    const AnswerOptions& options = request->answer;
    ChatAnswerSetup setup{.n = options.n,
                          .stream = options.stream,
                          .include_usage = options.include_usage,
                          .logprobs = options.logprobs.has_value()};
    if (request->tool_choice) setup.tools = model->tool_dialect();
    std::vector<engine::Request> requests;
    for (std::size_t i = 0; i < options.n; ++i) requests.push_back(make_request(options, prompt, i));
    run_answers(model, std::move(requests), std::make_shared<ChatAnswer>(*model, std::move(setup), responder),
                responder, metrics_);
  });
}

void Api::complete(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  auto request = std::make_shared<CompletionRequest>(read_completion_request(fields, options_.defaults));
  request->answer.client = call.request.client;
  request->answer.priority += call.request.priority;
  with_model(fields, call.responder, [this, request, responder = call.responder](const auto& model) {
    AnswerOptions& options = request->answer;
    options.grammar = make_grammar(*model, request->constraint);
    CompletionAnswerSetup setup{.answers_per_prompt = options.n,
                                .stream = options.stream,
                                .include_usage = options.include_usage,
                                .logprobs = options.logprobs.has_value()};
    std::vector<engine::Request> requests;
    for (const Prompt& prompt : request->prompts) {
      const auto ids = request->suffix ? fill_in_the_middle(model->model(), prompt, *request->suffix)
                                       : prompt_tokens(model->model(), prompt);
      const std::string echo = request->echo ? model->model().detokenize(ids) : "";
      for (std::size_t i = 0; i < options.n; ++i) {
        requests.push_back(make_request(options, ids, i));
        setup.echoes.push_back(echo);
      }
    }
    run_answers(model, std::move(requests), std::make_shared<CompletionAnswer>(*model, std::move(setup), responder),
                responder, metrics_);
  });
}

void Api::respond(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields asked(body);
  const Json chat_body = chat_body_of_response(asked);
  const Fields fields(chat_body);
  auto request = std::make_shared<ChatRequest>(read_chat_request(fields, options_.defaults));
  request->answer.client = call.request.client;
  request->answer.priority += call.request.priority;
  Json echoed = Json::object();
  for (const char* name : {"instructions", "max_output_tokens", "parallel_tool_calls", "temperature", "text",
                           "tool_choice", "tools", "top_p", "metadata"}) {
    if (const Json* value = asked.find(name)) echoed[name] = *value;
  }
  with_model(fields, call.responder, [this, request, echoed, responder = call.responder](const auto& model) {
    const std::vector<TokenId> prompt = prepare_chat(*model, *request);
    std::vector<engine::Request> requests;
    requests.push_back(make_request(request->answer, prompt, 0));
    run_answers(model, std::move(requests),
                std::make_shared<ResponsesAnswer>(*model, request->answer.stream, request->tool_choice.has_value(),
                                                  echoed, responder),
                responder, metrics_);
  });
}

void Api::embed(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  const EmbeddingsRequest request = read_embeddings_request(fields);
  with_model(fields, call.responder, [request, responder = call.responder](const auto& model) {
    const auto work = [request, responder, handle = model->model(), id = model->id()](engine::Embedder& embedder) {
      std::vector<std::vector<float>> vectors;
      std::size_t n_tokens = 0;
      for (const Prompt& input : request.inputs) {
        const std::vector<TokenId> ids = prompt_tokens(handle, input);
        n_tokens += ids.size();
        vectors.push_back(embedder.embed(ids));
      }
      responder->reply({.body = embeddings_reply(request, id, vectors, n_tokens)});
    };
    const auto failed = [responder](const std::exception& error) { responder->reply(error_reply(error)); };
    if (!model->embed(work, failed)) throw ApiError(429, "too many requests wait already; try again later");
  });
}

void Api::tokenize(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  const std::string name = fields.find("content") != nullptr ? "content" : "prompt";
  const bool chat = fields.find("messages") != nullptr;
  const auto text = chat ? std::nullopt : fields.text(name);
  if (!chat && !text) fields.refuse("content", "is missing");
  const std::vector<ChatMessage> messages = chat ? read_messages(fields) : std::vector<ChatMessage>{};
  const TokenizeOptions options{.add_special = fields.flag("add_special", true),
                                .parse_special = fields.flag("parse_special", true)};
  const bool with_pieces = fields.flag("with_pieces");
  with_model(fields, call.responder, [=, responder = call.responder](const auto& served) {
    const Model& model = served->model();
    const auto ids = chat ? model.chat_tokens(messages) : model.tokenize(*text, options);
    Json tokens = Json::array();
    for (const TokenId id : ids) {
      if (with_pieces)
        tokens.push_back({{"id", id}, {"piece", model.piece(id, true)}});
      else
        tokens.push_back(id);
    }
    responder->reply({.body = dump({{"tokens", std::move(tokens)},
                                    {"count", ids.size()},
                                    {"max_model_len", served->scheduler().plan().context}})});
  });
}

void Api::detokenize(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  if (fields.array("tokens") == nullptr) fields.refuse("tokens", "is missing");
  std::vector<TokenId> ids;
  if (!fields.find("tokens")->empty()) ids = std::get<std::vector<TokenId>>(read_prompts(fields, "tokens").front());
  with_model(fields, call.responder, [ids, responder = call.responder](const auto& served) {
    const std::string text = served->model().detokenize(ids);
    responder->reply({.body = dump({{"content", text}, {"prompt", text}})});
  });
}

void Api::list_models(Call& call) {
  Json list = Json::array();
  for (const ModelEntry& entry : pool_.entries()) list.push_back(model_json(entry));
  call.responder->reply({.body = dump({{"object", "list"}, {"data", std::move(list)}})});
}

void Api::show_model(Call& call) {
  const std::string id = call.request.path.substr(kModels.size());
  const ModelEntry* entry = pool_.find(id);
  if (entry == nullptr || id.empty()) throw ApiError(404, "there is no model '" + id + "'", "model", "model_not_found");
  call.responder->reply({.body = dump(model_json(*entry))});
}

void Api::health(Call& call) { call.responder->reply({.body = R"({"status":"ok"})"}); }

void Api::ready(Call& call) {
  if (draining_) throw ApiError(503, "the server is stopping");
  if (pool_.loaded().empty()) throw ApiError(503, "no model is loaded yet");
  call.responder->reply({.body = R"({"status":"ready"})"});
}

void Api::show_metrics(Call& call) {
  std::string text = metrics_.text() + status_metrics(pool_);
  if (options_.more_metrics) text += options_.more_metrics();
  call.responder->reply({.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(text)});
}

}  // namespace minnow::server
