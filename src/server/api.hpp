// The API: which path does what.
//
//   Api api({.defaults = …}, pool, metrics);
//   HttpServer server({…}, [&](HttpRequest request, auto responder) { api.handle(std::move(request), responder); });
//
// Any number of threads may call it.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "server/answer_options.hpp"
#include "server/error_reply.hpp"
#include "server/exchange.hpp"
#include "server/fields.hpp"
#include "server/metrics.hpp"
#include "server/model_pool.hpp"

namespace minnow::server {

struct ApiOptions {
  AnswerDefaults defaults{};
  bool page = true;                               // a page at "/"
  std::function<std::string()> more_metrics{};    // lines for /metrics that the server itself knows
  std::function<void(const std::string&)> log{};  // a line for the server's owner
};

class Api {
 public:
  // All of them must outlive the API, and the pool's requests.
  Api(ApiOptions options, ModelPool& pool, Metrics& metrics);

  // Answers any request; never throws.
  void handle(HttpRequest request, std::shared_ptr<Responder> responder);
  void reconfigure(const AnswerDefaults& defaults, bool page);
  // From now on /ready says that no more requests should be sent here.
  void set_draining() { draining_ = true; }

  // Whether a request needs an API key where there are any: what tells nothing of models or people doesn't.
  static bool needs_key(const HttpRequest& request);

 private:
  struct Chosen {
    std::shared_ptr<ServedModel> served;
    Model model;     // with its adapter
    std::string id;  // as the request named it
  };
  using Answering = std::function<void(const Chosen&)>;

  struct Call {
    HttpRequest request;
    std::shared_ptr<Responder> responder;
  };

  void route(Call& call);
  // What a client is told of a model that couldn't be loaded; the log is told why.
  ApiError not_loaded(const std::string& asked, const std::exception_ptr& failure) const;
  // Loads the model that the body names, then calls `answer`; what that throws becomes the reply.
  void with_model(const Fields& fields, const std::shared_ptr<Responder>& responder, Answering answer);

  void chat(Call& call);
  void complete(Call& call);
  void respond(Call& call);
  void embed(Call& call);
  void tokenize(Call& call);
  void detokenize(Call& call);
  void list_models(Call& call);
  void show_model(Call& call);
  void health(Call& call);
  bool send_static_file(Call& call) const;
  void ready(Call& call);
  void show_metrics(Call& call);

  AnswerDefaults defaults() const;

  ApiOptions options_;  // its defaults change, and page_ takes over from its page
  ModelPool& pool_;
  Metrics& metrics_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> page_;
  mutable std::mutex mutex_;  // guards options_.defaults
};

}  // namespace minnow::server
