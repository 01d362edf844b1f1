#include "server/api.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/sha256.hpp"
#include "server/chat_answer.hpp"
#include "server/chat_request.hpp"
#include "server/completion_answer.hpp"
#include "server/completion_request.hpp"
#include "server/embeddings.hpp"
#include "server/error_reply.hpp"
#include "server/responses_answer.hpp"
#include "server/responses_request.hpp"
#include "server/static_files.hpp"
#include "server/status_text.hpp"

namespace minnow::server {
namespace {

constexpr std::string_view kModels = "/v1/models/";
constexpr std::string_view kDescription = "/openapi.json";
constexpr std::size_t kMostTokenized = 1 << 20;  // bytes of text
// The page may load and ask nothing but this server, and no other page may frame it.
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// Counts the reply on its way to the client.
class CountingResponder : public Responder {
 public:
  CountingResponder(std::shared_ptr<Responder> to, Metrics& metrics, std::string route, HttpRequest& request)
      : to_(std::move(to)),
        metrics_(metrics),
        route_(std::move(route)),
        lease_(std::move(request.lease)),
        share_(std::move(request.share)) {}

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
  std::shared_ptr<void> lease_, share_;  // of the request's key and of its body
};

// Models, and after each its adapters.
Json models_json(const std::vector<ModelEntry>& entries) {
  Json list = Json::array();
  const auto add = [&](const ModelEntry& entry, const std::string& id) -> Json& {
    list.push_back({{"id", id}, {"object", "model"}, {"created", entry.created_s}, {"owned_by", "minnow"}});
    return list.back();
  };
  for (const ModelEntry& entry : entries) {
    add(entry, entry.id);
    for (const AdapterEntry& adapter : entry.adapters) add(entry, entry.id + ":" + adapter.name)["parent"] = entry.id;
  }
  return list;
}

bool is_static(const std::string& path) {
  const auto files = static_files();
  return std::any_of(files.begin(), files.end(), [&](const StaticFile& file) { return file.path == path; });
}

// Whose request it is.
void identify(AnswerOptions& options, const HttpRequest& request) {
  options.client = request.client;
  options.priority += request.priority;
}

}  // namespace

Api::Api(ApiOptions options, ModelPool& pool, Metrics& metrics)
    : options_(std::move(options)), pool_(pool), metrics_(metrics), page_(options_.page) {}

void Api::reconfigure(const AnswerDefaults& defaults, bool page) {
  page_ = page;
  const std::scoped_lock lock(mutex_);
  options_.defaults = defaults;
}

AnswerDefaults Api::defaults() const {
  const std::scoped_lock lock(mutex_);
  return options_.defaults;
}

bool Api::needs_key(const HttpRequest& request) {
  return request.path != "/health" && request.path != "/ready" && !is_static(request.path);
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
      call.responder =
          std::make_shared<CountingResponder>(std::move(call.responder), metrics_, route.path, call.request);
      return (this->*route.answer)(call);
    }
    allowed = route.method;
  }
  if (call.request.path.starts_with(kModels) && method == "GET") return show_model(call);
  if (method == "GET" && send_static_file(call)) return;
  if (call.request.path.starts_with(kModels) || is_static(call.request.path)) allowed = "GET";
  if (allowed == nullptr) throw ApiError(404, "there is nothing at " + call.request.path);
  HttpReply reply = error_reply(405, call.request.path + " takes only " + allowed);
  reply.headers.push_back({"Allow", allowed});
  call.responder->reply(std::move(reply));
}

// Not the request is wrong, and where the server's files lie is nobody's business.
ApiError Api::not_loaded(const std::string& asked, const std::exception_ptr& failure) const {
  try {
    std::rethrow_exception(failure);
  } catch (const ApiError& error) {
    return error;
  } catch (const std::exception& error) {
    const std::vector<ModelEntry> entries = asked.empty() ? pool_.entries() : std::vector<ModelEntry>{};
    const std::string id = entries.empty() ? asked : entries.front().id;  // who names none asks for the first
    if (options_.log) options_.log("can't load model '" + id + "': " + error.what());
    const auto* ours = dynamic_cast<const Error*>(&error);
    if (ours != nullptr && ours->code() == ErrorCode::out_of_memory) {
      return {503, "there is not enough memory for model '" + id + "' now", "model", "model_not_loaded"};
    }
    return {500, "model '" + id + "' can't be loaded; the server's log says why", "model", "model_not_loaded"};
  }
}

void Api::with_model(const Fields& fields, const std::shared_ptr<Responder>& responder, Answering answer) {
  const std::string id = fields.text("model").value_or("");
  pool_.acquire(id, [this, id, responder, answer = std::move(answer)](const std::shared_ptr<ServedModel>& served,
                                                                      const std::exception_ptr& failure) {
    try {
      if (failure) throw not_loaded(id, failure);
      answer({served, served->variant(id), id.empty() ? served->id() : id});
    } catch (const std::exception& error) {
      responder->reply(error_reply(error));
    }
  });
}

void Api::chat(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  auto request = std::make_shared<ChatRequest>(read_chat_request(fields, defaults()));
  identify(request->answer, call.request);
  with_model(fields, call.responder, [this, request, responder = call.responder](const Chosen& chosen) {
    const std::vector<TokenId> prompt = prepare_chat(*chosen.served, *request);
    AnswerOptions& options = request->answer;
    options.adapter = engine::adapter_of(chosen.model);
    ChatAnswerSetup setup{.model_id = chosen.id,
                          .n = options.n,
                          .stream = options.stream,
                          .include_usage = options.include_usage,
                          .logprobs = options.logprobs.has_value()};
    setup.tools = call_parser(*chosen.served, *request);
    std::vector<engine::Request> requests;
    for (std::size_t i = 0; i < options.n; ++i) requests.push_back(make_request(options, prompt, i));
    run_answers(chosen.served, std::move(requests),
                std::make_shared<ChatAnswer>(chosen.model, std::move(setup), responder), responder, metrics_);
  });
}

void Api::complete(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  auto request = std::make_shared<CompletionRequest>(read_completion_request(fields, defaults()));
  identify(request->answer, call.request);
  with_model(fields, call.responder, [this, request, responder = call.responder](const Chosen& chosen) {
    AnswerOptions& options = request->answer;
    options.grammar = make_grammar(*chosen.served, request->constraint);
    options.adapter = engine::adapter_of(chosen.model);
    CompletionAnswerSetup setup{.model_id = chosen.id,
                                .answers_per_prompt = options.n,
                                .stream = options.stream,
                                .include_usage = options.include_usage,
                                .logprobs = options.logprobs.has_value()};
    std::vector<engine::Request> requests;
    for (const Prompt& prompt : request->prompts) {
      const auto ids = request->suffix ? fill_in_the_middle(*chosen.served, prompt, *request->suffix)
                                       : prompt_tokens(*chosen.served, prompt);
      const std::string echo = request->echo ? chosen.model.detokenize(ids) : "";
      for (std::size_t i = 0; i < options.n; ++i) {
        requests.push_back(make_request(options, ids, i));
        setup.echoes.push_back(echo);
      }
    }
    run_answers(chosen.served, std::move(requests),
                std::make_shared<CompletionAnswer>(chosen.model, std::move(setup), responder), responder, metrics_);
  });
}

void Api::respond(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields asked(body);
  const ResponseAsChat chat = chat_of_response(asked);
  const Fields fields(chat.body);
  auto request = std::make_shared<ChatRequest>(read_chat_request(fields, defaults(), chat.message_paths));
  identify(request->answer, call.request);
  Json echoed = Json::object();
  for (const char* name : {"instructions", "max_output_tokens", "parallel_tool_calls", "temperature", "text",
                           "tool_choice", "tools", "top_p", "metadata"}) {
    if (const Json* value = asked.find(name)) echoed[name] = *value;
  }
  with_model(fields, call.responder, [this, request, echoed, responder = call.responder](const Chosen& chosen) {
    const std::vector<TokenId> prompt = prepare_chat(*chosen.served, *request);
    request->answer.adapter = engine::adapter_of(chosen.model);
    std::vector<engine::Request> requests;
    requests.push_back(make_request(request->answer, prompt, 0));
    run_answers(chosen.served, std::move(requests),
                std::make_shared<ResponsesAnswer>(chosen.id, request->answer.stream,
                                                  call_parser(*chosen.served, *request), echoed, responder),
                responder, metrics_);
  });
}

void Api::embed(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  const EmbeddingsRequest request = read_embeddings_request(fields);
  with_model(fields, call.responder, [request, responder = call.responder](const Chosen& chosen) {
    EmbeddingJob job{.adapter = engine::adapter_of(chosen.model), .deadline = request.deadline};
    std::size_t n_tokens = 0;
    for (const Prompt& input : request.inputs) {
      job.inputs.push_back(prompt_tokens(*chosen.served, input));
      n_tokens += job.inputs.back().size();
    }
    const auto gone = std::make_shared<std::atomic<bool>>(false);
    job.cancelled = gone;
    job.done = [request, responder, id = chosen.id, n_tokens](const EmbeddingJob::Vectors& vectors) {
      responder->reply({.body = embeddings_reply(request, id, vectors, n_tokens)});
    };
    job.failed = [responder](const std::exception& error) { responder->reply(error_reply(error)); };
    if (!chosen.served->embed(std::move(job))) {
      throw ApiError(429, "too many requests wait already; try again later", "", "queue_full");
    }
    responder->on_gone([gone] { *gone = true; });
  });
}

void Api::tokenize(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  auto text = fields.text("content");
  if (const auto prompt = fields.text("prompt"); !text) text = prompt;
  const bool chat = fields.find("messages") != nullptr;
  if (!chat && !text) fields.refuse("content", "is missing");
  const std::vector<ChatMessage> messages = chat ? read_messages(fields) : std::vector<ChatMessage>{};
  const std::size_t n_bytes = text_bytes(messages) + (text ? text->size() : 0);
  if (n_bytes > kMostTokenized) {
    throw ApiError(413, fmt::format("the text has {} bytes and /tokenize takes {}", n_bytes, kMostTokenized));
  }
  const TokenizeOptions options{.add_special = fields.flag("add_special", true),
                                .parse_special = fields.flag("parse_special", true)};
  const bool with_pieces = fields.flag("with_pieces");
  with_model(fields, call.responder, [=, responder = call.responder](const Chosen& chosen) {
    const Model& model = chosen.model;
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
                                    {"max_model_len", chosen.served->scheduler().plan().context}})});
  });
}

void Api::detokenize(Call& call) {
  const Json body = parse_body(call.request.body);
  const Fields fields(body);
  const Json* tokens = fields.array("tokens");
  if (tokens == nullptr) fields.refuse("tokens", "is missing");
  const std::vector<TokenId> ids = read_tokens(fields, "tokens", *tokens);
  with_model(fields, call.responder, [ids, responder = call.responder](const Chosen& chosen) {
    const std::string text = chosen.model.detokenize(ids);
    responder->reply({.body = dump({{"content", text}, {"prompt", text}})});
  });
}

void Api::list_models(Call& call) {
  call.responder->reply({.body = dump({{"object", "list"}, {"data", models_json(pool_.entries())}})});
}

void Api::show_model(Call& call) {
  const std::string id = call.request.path.substr(kModels.size());
  for (const Json& model : models_json(pool_.entries())) {
    if (model["id"] == id) return call.responder->reply({.body = dump(model)});
  }
  throw ApiError(404, "there is no model '" + id + "'", "model", "model_not_found");
}

bool Api::send_static_file(Call& call) const {
  for (const StaticFile& file : static_files()) {
    if (call.request.path != file.path || (!page_ && file.path != kDescription)) continue;
    const std::string tag = '"' + sha256_hex(std::as_bytes(std::span(file.bytes))).substr(0, 16) + '"';
    const bool known = call.request.header("If-None-Match") == tag;
    call.responder->reply({.status = known ? 304 : 200,
                           .content_type = std::string(file.content_type),
                           .body = known ? std::string() : std::string(file.bytes),
                           .headers = {{"ETag", tag},
                                       {"Cache-Control", "no-cache"},
                                       {"Content-Security-Policy", kPagePolicy},
                                       {"X-Content-Type-Options", "nosniff"},
                                       {"Referrer-Policy", "no-referrer"}}});
    return true;
  }
  return false;
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
