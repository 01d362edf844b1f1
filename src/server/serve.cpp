#include "server/serve.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <utility>

#include "base/error.hpp"
#include "server/api_keys.hpp"
#include "server/configuration_change.hpp"
#include "server/gate.hpp"
#include "server/service_manager.hpp"

namespace minnow::server {
namespace {

constexpr const char* kDefaultHost = "127.0.0.1";
constexpr std::uint16_t kDefaultPort = 8080;

std::vector<ListeningSocket> open_sockets(const ServeOptions& options) {
  std::vector<ListeningSocket> sockets = inherited_sockets();
  if (!sockets.empty()) return sockets;  // systemd has decided
  if (!options.unix_socket.empty()) sockets.push_back(listen_unix(options.unix_socket));
  if (sockets.empty() || options.host || options.port) {
    sockets.push_back(listen_tcp(options.host.value_or(kDefaultHost), options.port.value_or(kDefaultPort)));
  }
  return sockets;
}

bool any_remote(const std::vector<ListeningSocket>& sockets) {
  for (const ListeningSocket& socket : sockets) {
    if (socket.is_remote()) return true;
  }
  return false;
}

std::vector<ApiKey> keys_of(const ServeOptions& options) {
  return options.api_key_file.empty() ? std::vector<ApiKey>{} : read_api_keys(options.api_key_file);
}

// Whether every model that has work has done some of it since it was last asked.
class Pulse {
 public:
  bool beats(const ModelPool& pool) {
    bool all = true;
    for (const auto& model : pool.loaded()) {
      const engine::SchedulerStats stats = model->scheduler().stats();
      const auto before = std::exchange(steps_[model->id()], stats.steps);
      if (stats.running > 0 && stats.steps == before) all = false;
    }
    return all;
  }

 private:
  std::map<std::string, std::uint64_t> steps_;
};

// Everything that lives as long as the server does. The order matters: the pool's threads answer through the API and
// the server's connections, so it goes first.
class Service {
 public:
  explicit Service(ServeOptions options)
      : options_(std::move(options)),
        log_(options_.log),
        keys_(std::make_shared<ApiKeys>(keys_of(options_))),
        sockets_(open_sockets(options_)),
        remote_(any_remote(sockets_)),
        gate_(keys_, !remote_),
        server_({.limits = options_.limits,
                 .tls = options_.tls,
                 .admit = [this](HttpRequest& request) { return gate_.admit(request); }},
                [this](HttpRequest request, std::shared_ptr<Responder> responder) {
                  api_.handle(std::move(request), std::move(responder));
                }),
        api_({.defaults = options_.defaults,
              .page = options_.page,
              .more_metrics = [this] { return http_metrics(); },
              .log = options_.log},
             pool_, metrics_),
        pool_(options_.models, options_.pool) {
    check_door(keys_->needed());
  }

  void run() {
    load_first();
    server_.on_signals([this] { stop(); }, [this] { reload(); });
    watch();
    for (ListeningSocket& socket : sockets_) {
      log((options_.tls && !socket.is_unix() ? "listening on https://"
           : socket.is_unix()                ? "listening on "
                                             : "listening on http://") +
          socket.address());
      server_.listen(std::move(socket));
    }
    server_.run();
    leave_at_a_signal();
    if (load_failure_) std::rethrow_exception(load_failure_);
  }

 private:
  void log(const std::string& line) const {
    if (log_) log_(line);
  }

  // Whoever can come from elsewhere needs a key.
  void check_door(bool keys_needed) const {
    if (!remote_ || keys_needed) return;
    fail(ErrorCode::invalid_input,
         "other machines can reach this server: that needs --api-key-file (and better "
         "--tls-cert too)");
  }

  void load_first() {
    pool_.acquire("", [this](const std::shared_ptr<ServedModel>& model, const std::exception_ptr& failure) {
      if (!failure) return announce(*model);
      if (reloaded_) return load_again("");  // what was to be first then need not be so now
      load_failure_ = failure;
      server_.drain(std::chrono::milliseconds(0));
    });
  }

  void announce(const ServedModel& model) {
    log_ready(model);
    if (!ready_.exchange(true)) notify_service_manager("READY=1\nSTATUS=" + model.id() + " is ready");
  }

  void log_ready(const ServedModel& model) const {
    const engine::SchedulerPlan& plan = model.scheduler().plan();
    log(fmt::format("{} is ready: {} requests at once, {} tokens each, {} MB", model.id(), plan.max_sequences,
                    plan.context, model.memory_bytes() / 1'000'000));
    for (const ModelEntry& entry : pool_.entries()) {
      if (entry.id != model.id()) continue;
      for (const std::string& prompt : entry.pinned_prompts) warn_of_pin(model, prompt);
    }
  }

  void warn_of_pin(const ServedModel& model, const std::string& prompt) const {
    if (!leaves_out_system_prompt(model.model(), prompt)) return;
    log("--pin does nothing for " + model.id() + ": its chat template leaves system messages out");
  }

  // A second signal doesn't wait any longer.
  void stop() {
    const bool again = told_to_stop_.exchange(true);
    api_.set_draining();
    notify_service_manager("STOPPING=1");
    log(again ? "stopping now" : "stopping: answering the requests in progress");
    // Nothing can interrupt the loading of a model.
    if (again && pool_.loading()) std::_Exit(EXIT_SUCCESS);
    server_.drain(again ? std::chrono::milliseconds(0) : options_.drain);
  }

  // Nobody handles signals when the server has stopped, and a model that is being loaded, or a cache that is written
  // (whole or not at all), may still take long.
  void leave_at_a_signal() const {
    if (!told_to_stop_) return;
    for (const int number : {SIGTERM, SIGINT}) std::signal(number, [](int) { std::_Exit(EXIT_SUCCESS); });
  }

  // All of it, or nothing. Signals are handled one after another, and nobody else looks at the options meanwhile.
  void reload() {
    if (!options_.read_again) return;
    std::vector<std::string> to_load;
    try {
      ServeOptions next = options_.read_again();
      std::vector<ApiKey> keys = keys_of(next);
      check_door(!keys.empty());
      check_new_models(next.models);
      ConfigurationChange change = compare(options_, next);
      server_.reconfigure(next.limits, next.tls);
      // From here on nothing can fail.
      reloaded_ = true;
      change.keys = keys_->replace(std::move(keys));
      api_.reconfigure(next.defaults, next.page);
      to_load = pool_.replace(next.models, next.pool);
      keep_what_needs_a_restart(next);
      options_ = std::move(next);
      log(change.sentence());
    } catch (const std::exception& error) {
      log(std::string("kept the old configuration: ") + error.what());
    }
    for (const std::string& id : to_load) load_again(id);
  }

  void check_new_models(const std::vector<ModelEntry>& entries) const {
    std::uint64_t loaded_bytes = 0;
    for (const auto& model : pool_.loaded()) loaded_bytes += model->memory_bytes();
    for (const ModelEntry& entry : entries) {
      const auto same = [&](const ModelEntry& old) { return same_model(old, entry); };
      if (entry.check && std::none_of(options_.models.begin(), options_.models.end(), same)) {
        entry.check(entry, loaded_bytes);
      }
    }
  }

  void keep_what_needs_a_restart(ServeOptions& next) const {
    next.host = options_.host;
    next.port = options_.port;
    next.unix_socket = options_.unix_socket;
    if (next.tls.has_value() != options_.tls.has_value()) next.tls = options_.tls;
  }

  void load_again(const std::string& id) {
    const auto failed = [this, id](const std::exception& error) {
      if (told_to_stop_) return;
      log(fmt::format("can't load {}: {}", id.empty() ? "the first model" : "model '" + id + "'", error.what()));
    };
    try {
      pool_.acquire(id, [this, failed](const std::shared_ptr<ServedModel>& model, const std::exception_ptr& failure) {
        try {
          if (failure) std::rethrow_exception(failure);
          announce(*model);
        } catch (const std::exception& error) {
          failed(error);
        }
      });
    } catch (const std::exception& error) {
      failed(error);
    }
  }

  void watch() {
    const auto period = watchdog_period();
    if (!period) return;
    server_.every(*period / 2, [this] {
      if (pulse_.beats(pool_)) notify_service_manager("WATCHDOG=1");
    });
  }

  std::string http_metrics() const {
    std::string text;
    const HttpStats stats = server_.stats();
    write_metric(text, "minnow_http_connections", "gauge", "Open connections.", static_cast<double>(stats.connections));
    write_metric(text, "minnow_http_connections_refused_total", "counter", "Connections closed for being too many.",
                 static_cast<double>(stats.refused_connections));
    return text;
  }

  ServeOptions options_;
  const std::function<void(const std::string&)> log_;  // of any thread, as the options are not
  std::shared_ptr<ApiKeys> keys_;
  std::vector<ListeningSocket> sockets_;
  const bool remote_;
  Gate gate_;
  Metrics metrics_;
  Pulse pulse_;
  std::exception_ptr load_failure_;         // written before the server is told to stop
  std::atomic<bool> reloaded_ = false;      // the models may be others than those it began with
  std::atomic<bool> ready_ = false;         // and the service manager knows
  std::atomic<bool> told_to_stop_ = false;  // by a signal
  HttpServer server_;
  Api api_;  // begins to use the pool with its first request
  ModelPool pool_;
};

}  // namespace

void serve(ServeOptions options) { Service(std::move(options)).run(); }

}  // namespace minnow::server
