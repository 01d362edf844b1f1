#include "server/http_server.hpp"

#include <strings.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "server/connection.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;
using Failure = boost::system::error_code;

constexpr std::size_t kReserve = 8;  // when the last eighth of the connections is reached, room is made
constexpr std::size_t kLargeBody = 64 << 10;
constexpr int kAskedForRoom = 2;                        // connections, by each new one
constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors have run out

std::shared_ptr<asio::ssl::context> tls_context(const TlsFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION);
  Failure failure;
  context->use_certificate_chain_file(files.certificate, failure);
  if (failure) {
    fail(ErrorCode::invalid_input, "can't use the TLS certificate '{}': {}", files.certificate, failure.message());
  }
  context->use_private_key_file(files.private_key, asio::ssl::context::pem, failure);
  if (failure) fail(ErrorCode::invalid_input, "can't use the TLS key '{}': {}", files.private_key, failure.message());
  return context;
}

// Every connection is a descriptor; the usual soft limit of 1024 is there for programs that use select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string peer_of(const PlainSocket& socket, bool is_unix) {
  if (is_unix) return "unix";
  Failure failure;
  const auto remote = socket.remote_endpoint(failure);
  if (failure) return "?";
  asio::ip::tcp::endpoint endpoint;
  if (remote.size() > endpoint.capacity()) return "?";
  std::memcpy(endpoint.data(), remote.data(), remote.size());
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name.size() == name.size() && ::strncasecmp(header.name.data(), name.data(), name.size()) == 0) {
      return header.value;
    }
  }
  return {};
}

struct HttpServer::State final : ConnectionHost {
  struct Listener {
    Listener(asio::io_context& io, ListeningSocket listening)
        : is_unix(listening.is_unix()),
          socket(std::move(listening)),
          acceptor(asio::any_io_executor(asio::make_strand(io))),
          pause(acceptor.get_executor()) {}
    bool is_unix;
    std::optional<ListeningSocket> socket;  // owns the descriptor, and the acceptor a duplicate; both are closed
    Acceptor acceptor;                      // on a strand: it is closed while it accepts
    asio::steady_timer pause;
  };

  State(HttpServerOptions given, Handler answers)
      : options(std::move(given)), handler(std::move(answers)), signals(io), patience(io) {
    if (options.tls) tls = tls_context(*options.tls);
  }

  HttpLimits limits() const override {
    const std::scoped_lock lock(limits_mutex);
    return options.limits;
  }
  bool draining() const override { return is_draining; }
  HttpReply refusal(int status, const std::string& sentence) const override { return error_reply(status, sentence); }
  std::optional<HttpReply> admit(HttpRequest& request) override {
    return options.admit ? options.admit(request) : std::nullopt;
  }

  void handle(HttpRequest request, std::shared_ptr<Responder> responder) override {
    if (request.body.size() <= kLargeBody) return answer(std::move(request), responder);
    asio::post(desk, [this, request = std::move(request), responder = std::move(responder)]() mutable {
      answer(std::move(request), responder);
    });
  }

  void answer(HttpRequest request, const std::shared_ptr<Responder>& responder) {
    try {
      handler(std::move(request), responder);
    } catch (const std::exception& error) {
      responder->reply(error_reply(error));
    }
  }

  const std::shared_ptr<BodyBudget>& body_budget() const override { return budget; }
  void count_refused() override { ++refused; }

  void forget(std::uint64_t number) override {
    const std::scoped_lock lock(mutex);
    connections.erase(number);
    stop_when_done();
  }

  std::vector<std::shared_ptr<Hangable>> make_room();
  void accept(Listener& listener);
  void welcome(PlainSocket socket, const Listener& listener);
  void close(Listener& listener);
  void leave();
  template <typename Stream>
  void begin(Stream stream, std::string peer);
  void begin_drain(std::chrono::milliseconds time);
  void await_signal();
  void repeat(asio::steady_timer& timer, std::chrono::milliseconds period, std::function<void()> tick);
  // Called with the mutex held.
  void stop_when_done() {
    if (is_draining && n_listening == 0 && connections.empty()) stop();
  }
  void stop() {
    is_stopping = true;
    io.stop();
  }

  HttpServerOptions options;
  Handler handler;
  std::atomic<bool> is_draining = false;
  std::atomic<bool> is_stopping = false;
  std::atomic<std::size_t> refused = 0;
  std::function<void()> on_terminate, on_reload;
  const std::shared_ptr<BodyBudget> budget = std::make_shared<BodyBudget>(0);

  mutable std::mutex limits_mutex;  // guards options.limits

  mutable std::mutex mutex;  // guards what follows
  std::shared_ptr<asio::ssl::context> tls;
  std::map<std::uint64_t, std::weak_ptr<Hangable>> connections;  // by age
  std::uint64_t n_accepted = 0;
  std::size_t n_listening = 0;
  std::uint64_t last_asked = 0;  // to make room

  asio::io_context io;  // destroyed before the above, with the connections it holds
  std::deque<Listener> listeners;
  std::deque<asio::steady_timer> ticks;
  asio::signal_set signals;
  asio::steady_timer patience;
  asio::thread_pool desk{1};  // large requests take long to read: one after another, and nobody else waits for them
};

// The oldest connections go first, and only those that no answer is made for: whoever opens many and asks nothing keeps
// nobody out. Called with the mutex held; what it returns must not be destroyed before the mutex is free.
std::vector<std::shared_ptr<Hangable>> HttpServer::State::make_room() {
  std::vector<std::shared_ptr<Hangable>> asked;
  for (int i = 0; i < kAskedForRoom && !connections.empty(); ++i) {
    auto next = connections.upper_bound(last_asked);
    if (next == connections.end()) next = connections.begin();
    last_asked = next->first;
    asked.push_back(next->second.lock());
    if (asked.back()) asked.back()->hang_up_unless_answering();
  }
  return asked;
}

void HttpServer::State::accept(Listener& listener) {
  const auto taken = [this, &listener](Failure failure, PlainSocket socket) {
    if (!failure) welcome(std::move(socket), listener);
    if (!listener.acceptor.is_open()) return leave();
    if (!failure) return accept(listener);
    listener.pause.expires_after(kAcceptPause);
    listener.pause.async_wait([this, &listener](Failure) { accept(listener); });
  };
  if (!listener.acceptor.is_open()) return leave();
  listener.acceptor.async_accept(asio::any_io_executor(asio::make_strand(io)), taken);
}

void HttpServer::State::welcome(PlainSocket socket, const Listener& listener) {
  std::shared_ptr<asio::ssl::context> context;
  std::vector<std::shared_ptr<Hangable>> asked;
  const std::size_t most = limits().connections;
  {
    const std::scoped_lock lock(mutex);
    if (connections.size() >= most - most / kReserve) asked = make_room();
    if (connections.size() >= most) {
      ++refused;
      return;  // and so closes it
    }
    if (!listener.is_unix) context = tls;
  }
  Failure ignored;  // a Unix socket has no such thing
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  std::string peer = peer_of(socket, listener.is_unix);
  if (context)
    begin(TlsSocket(std::move(socket), *context), std::move(peer));
  else
    begin(std::move(socket), std::move(peer));
}

// Whoever has connected before gets an answer, if it has asked by now; whoever comes later finds the door closed, and
// not a queue that nobody serves.
void HttpServer::State::close(Listener& listener) {
  Failure failure;
  listener.acceptor.non_blocking(true, failure);
  while (!failure) {
    PlainSocket socket{asio::any_io_executor(asio::make_strand(io))};
    listener.acceptor.accept(socket, failure);
    if (!failure) welcome(std::move(socket), listener);
  }
  listener.acceptor.close(failure);  // and accept() leaves
  listener.socket.reset();
}

void HttpServer::State::leave() {
  const std::scoped_lock lock(mutex);
  --n_listening;
  stop_when_done();
}

template <typename Stream>
void HttpServer::State::begin(Stream stream, std::string peer) {
  const auto executor = stream.get_executor();
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(mutex);
    number = ++n_accepted;
  }
  auto connection = std::make_shared<Connection<Stream>>(std::move(stream), *this, number, std::move(peer));
  {
    const std::scoped_lock lock(mutex);
    connections.emplace(number, connection);
  }
  asio::post(executor, [connection] { connection->start(); });
}

void HttpServer::State::begin_drain(std::chrono::milliseconds time) {
  const bool again = is_draining.exchange(true);
  if (again || time.count() == 0) return stop();
  for (Listener& listener : listeners) {
    asio::post(listener.acceptor.get_executor(), [this, &listener] { close(listener); });
  }
  std::vector<std::shared_ptr<Hangable>> open;
  {
    const std::scoped_lock lock(mutex);
    for (const auto& [_, weak] : connections) open.push_back(weak.lock());
    stop_when_done();
  }
  for (const auto& connection : open) {
    if (connection) connection->hang_up_when_idle();
  }
  patience.expires_after(time);
  patience.async_wait([this](Failure failure) {
    if (!failure) stop();
  });
}

void HttpServer::State::await_signal() {
  signals.async_wait([this](Failure failure, int number) {
    if (failure) return;
    const auto& act = number == SIGHUP ? on_reload : on_terminate;
    if (act) act();
    await_signal();
  });
}

void HttpServer::State::repeat(asio::steady_timer& timer, std::chrono::milliseconds period,
                               std::function<void()> tick) {
  timer.expires_after(period);
  timer.async_wait([this, &timer, period, tick = std::move(tick)](Failure failure) mutable {
    if (failure) return;
    tick();
    repeat(timer, period, std::move(tick));
  });
}

HttpServer::HttpServer(HttpServerOptions options, Handler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {
  raise_descriptor_limit();
}

HttpServer::~HttpServer() = default;

void HttpServer::listen(ListeningSocket socket) {
  State& state = *state_;
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &length);
  const int duplicate = ::fcntl(socket.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) fail(ErrorCode::io, "can't listen on {}: too many open files", socket.address());
  auto& listener = state.listeners.emplace_back(state.io, std::move(socket));
  listener.acceptor.assign(asio::generic::stream_protocol(address.ss_family, 0), duplicate);
  {
    const std::scoped_lock lock(state.mutex);
    ++state.n_listening;
  }
  state.accept(listener);
}

void HttpServer::on_signals(std::function<void()> terminate, std::function<void()> reload) {
  state_->on_terminate = std::move(terminate);
  state_->on_reload = std::move(reload);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) state_->signals.add(number);
  state_->await_signal();
}

void HttpServer::every(std::chrono::milliseconds period, std::function<void()> tick) {
  state_->repeat(state_->ticks.emplace_back(state_->io), period, std::move(tick));
}

void HttpServer::run() {
  const auto work = [this] {
    while (!state_->is_stopping) {
      try {
        state_->io.run();
        return;
      } catch (const std::exception&) {  // memory ran out in one connection's work; the others go on
      }
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < state_->options.threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  state_->desk.stop();
  state_->desk.join();
}

void HttpServer::drain(std::chrono::milliseconds patience) {
  asio::post(state_->io, [this, patience] { state_->begin_drain(patience); });
}

bool HttpServer::draining() const { return state_->is_draining; }

void HttpServer::reconfigure(const HttpLimits& limits, const std::optional<TlsFiles>& tls) {
  auto context = tls ? tls_context(*tls) : nullptr;
  {
    const std::scoped_lock lock(state_->limits_mutex);
    state_->options.limits = limits;
  }
  const std::scoped_lock lock(state_->mutex);
  if (state_->tls && context) state_->tls = std::move(context);
}

HttpStats HttpServer::stats() const {
  const std::scoped_lock lock(state_->mutex);
  return {.connections = state_->connections.size(), .refused_connections = state_->refused};
}

}  // namespace minnow::server
