// One client's connection: reads a request within bounds of size and time, lets the handler answer it, and goes on to
// the next.
//
//   ──▶ idle ──first byte──▶ headers ──▶ body ──▶ handler ──reply or stream──▶ idle, or closed
//
// Everything happens on the connection's strand; only ConnectionResponder's functions are called from elsewhere, and
// they post to it. `Stream` is a plain socket or TLS over one.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "server/connection_host.hpp"
#include "server/exchange.hpp"
#include "server/request_target.hpp"

namespace minnow::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using PlainSocket = asio::generic::stream_protocol::socket;
using TlsSocket = asio::ssl::stream<PlainSocket>;

template <typename Stream>
class Connection final : public Hangable, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  // `number`: what the host calls it.
  Connection(Stream stream, ConnectionHost& host, std::uint64_t number, std::string peer)
      : stream_(std::move(stream)),
        timer_(stream_.get_executor()),
        host_(host),
        number_(number),
        peer_(std::move(peer)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { host_.forget(number_); }

  void start() {
    if constexpr (std::is_same_v<Stream, TlsSocket>) {
      if (must_go()) return close();
      arm(host_.limits().header);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = self()](Failure failure) {
        if (failure) return self->close();
        self->await_request();
      });
    } else {
      await_request();
    }
  }

  void hang_up_when_idle() override {
    asio::post(stream_.get_executor(), [self = self()] {
      if (self->phase_ != Phase::idle || !self->must_go()) return;
      Failure ignored;
      self->socket().cancel(ignored);  // of the read: should it have got a request just now, that is answered
    });
  }

  void hang_up_unless_answering() override {
    asio::post(stream_.get_executor(), [self = self()] {
      if (self->phase_ != Phase::idle && self->phase_ != Phase::reading) return;
      self->host_.count_refused();
      self->close();
    });
  }

 private:
  using Failure = boost::system::error_code;
  using Duration = std::chrono::milliseconds;

  enum class Phase { idle, reading, handling, replying, lingering, closed };

  class ConnectionResponder;

  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  static constexpr std::size_t kFirstRead = 512;
  static constexpr std::size_t kBufferBytes = 64 << 10;
  static constexpr std::size_t kLeastBudget = 64 << 20;  // for all bodies, however small the largest may be
  static constexpr Duration kLinger{2'000};              // for a client that still sends to read its refusal
  static constexpr Duration kGoneCheck{100};             // when bytes are waiting that hide a hang-up behind them

  std::shared_ptr<Connection> self() { return this->shared_from_this(); }

  PlainSocket& socket() {
    if constexpr (std::is_same_v<Stream, TlsSocket>)
      return stream_.next_layer();
    else
      return stream_;
  }

  // Whether nothing is asked, and nothing may be asked any more. A request that is here already gets its answer.
  bool must_go() {
    Failure failure;
    return host_.draining() && buffer_.size() == 0 && socket().available(failure) == 0;
  }

  // What isn't done in time is cancelled.
  void arm(Duration patience) {
    timed_out_ = false;
    armed_ = true;
    timer_.expires_after(patience);
    timer_.async_wait([weak = this->weak_from_this()](Failure failure) {
      const auto connection = weak.lock();
      if (failure || !connection || !connection->armed_) return;
      if (connection->timer_.expiry() > asio::steady_timer::clock_type::now()) return;  // armed again meanwhile
      connection->timed_out_ = true;
      Failure ignored;
      connection->socket().cancel(ignored);
    });
  }

  void disarm() {
    armed_ = false;
    timer_.cancel();
  }

  void await_request() {
    head_only_ = false;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(host_.limits().header_bytes));
    parser_->body_limit(host_.limits().body_bytes);
    if (must_go()) return close();
    if (buffer_.size() > 0) return read_header();
    phase_ = Phase::idle;
    arm(host_.limits().idle);
    stream_.async_read_some(buffer_.prepare(kFirstRead), [self = self()](Failure failure, std::size_t n_bytes) {
      if (failure || self->phase_ != Phase::idle) return self->close();
      self->buffer_.commit(n_bytes);
      self->read_header();
    });
  }

  void read_header() {
    phase_ = Phase::reading;
    arm(host_.limits().header);
    http::async_read_header(stream_, buffer_, *parser_, [self = self()](Failure failure, std::size_t) {
      if (failure) return self->refuse(failure);
      self->take_header();
    });
  }

  void take_header() {
    const auto& message = parser_->get();
    request_ = {};
    request_.method = std::string(message.method_string());
    RequestTarget target = parse_request_target({message.target().data(), message.target().size()});
    request_.path = std::move(target.path);
    request_.query = std::move(target.query);
    for (const auto& field : message) {
      request_.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    request_.peer = peer_;
    head_only_ = message.method() == http::verb::head;
    keep_alive_ = message.keep_alive();
    http_1_0_ = message.version() < 11;
    if (auto refusal = host_.admit(request_)) {
      keep_alive_ = keep_alive_ && parser_->is_done();  // else a body follows that nobody reads
      return reply(std::move(*refusal));
    }
    if (beast::iequals(message[http::field::expect], "100-continue")) return invite_body();
    read_body();
  }

  void invite_body() {
    asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = self()](Failure failure, std::size_t) {
                        if (failure) return self->close();
                        self->read_body();
                      });
  }

  void read_body() {
    arm(host_.limits().body);
    share_ = std::make_shared<BodyShare>(host_.body_budget());
    read_more();
  }

  // Counted as it comes, not as it is announced: a client that sends nothing takes nothing from others.
  void read_more() {
    const HttpLimits limits = host_.limits();
    if (!share_->grow_to(parser_->get().body().size(), std::max(kLeastBudget, limits.bodies * limits.body_bytes))) {
      disarm();
      drop_request();
      return reply(host_.refusal(503, "too many large requests are here already; try again later"));
    }
    if (parser_->is_done()) return take_body();
    http::async_read_some(stream_, buffer_, *parser_, [self = self()](Failure failure, std::size_t) {
      if (failure) return self->refuse(failure);
      self->read_more();
    });
  }

  void take_body() {
    disarm();
    request_.body = std::move(parser_->get().body());
    request_.share = std::move(share_);
    parser_.reset();
    handle();
  }

  // What has come of its body goes at once, and what follows on this connection can't be told apart.
  void drop_request() {
    keep_alive_ = false;
    parser_.reset();
    share_.reset();
  }

  // A request that can't be read gets an answer if its sender may still be listening.
  void refuse(Failure failure) {
    drop_request();
    if (timed_out_) return reply(host_.refusal(408, "the request took too long to arrive"));
    if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
      return reply(host_.refusal(431, fmt::format("the headers have more than {} bytes", host_.limits().header_bytes)));
    }
    if (failure == http::error::body_limit) {
      return reply(host_.refusal(413, fmt::format("the body has more than {} bytes", host_.limits().body_bytes)));
    }
    const bool malformed = failure.category() == http::make_error_code(http::error::bad_method).category();
    if (!malformed || failure == http::error::end_of_stream || failure == http::error::partial_message) return close();
    reply(host_.refusal(400, "this is not HTTP: " + failure.message()));
  }

  void handle() {
    phase_ = Phase::handling;
    asked_ = false;
    ++exchange_;
    watch();
    host_.handle(std::move(request_), std::make_shared<ConnectionResponder>(self(), exchange_));
  }

  // While an answer is made the client may go away: then its socket becomes readable, with nothing to read. It becomes
  // so, too, when a client has only said that it sends no more, and waits for its answer.
  void watch() {
    socket().async_wait(PlainSocket::wait_read, [self = self(), exchange = exchange_](Failure failure) {
      if (!failure && self->is_current(exchange)) self->look();
    });
  }

  void look() {
    pollfd hang_up{socket().native_handle(), POLLRDHUP, 0};
    ::poll(&hang_up, 1, 0);
    if ((hang_up.revents & (POLLHUP | POLLERR)) != 0) return close();
    if ((hang_up.revents & POLLRDHUP) != 0) {
      if constexpr (std::is_same_v<Stream, TlsSocket>) return close();  // TLS ends before its socket does
      ask_whether_it_listens();
    }
    // What is there to read, or the end of it, would wake this at once for ever.
    auto pause = std::make_shared<asio::steady_timer>(stream_.get_executor(), kGoneCheck);
    pause->async_wait([self = self(), pause, exchange = exchange_](Failure failure) {
      if (!failure && self->is_current(exchange)) self->look();
    });
  }

  // Whoever has closed a TCP socket says so only when something is sent to it. A stream finds out by itself; before an
  // answer has begun HTTP/1.1 lets us send an interim one.
  void ask_whether_it_listens() {
    if (phase_ != Phase::handling || http_1_0_ || std::exchange(asked_, true)) return;
    unsent_ = kContinue;
    pump();
  }

  bool is_current(std::uint64_t exchange) const {
    return exchange == exchange_ && (phase_ == Phase::handling || phase_ == Phase::replying);
  }

  bool streams() const { return phase_ == Phase::replying && !complete_; }

  std::string head(const HttpReply& reply, bool whole) {
    http::response<http::empty_body> message{http::int_to_status(static_cast<unsigned>(reply.status)),
                                             http_1_0_ ? 10u : 11u};
    if (host_.draining()) keep_alive_ = false;
    if (!whole && http_1_0_) keep_alive_ = false;  // the end of the connection is the end of the answer
    for (const Header& header : reply.headers) message.set(header.name, header.value);
    if (!reply.content_type.empty()) message.set(http::field::content_type, reply.content_type);
    if (whole) message.content_length(reply.body.size());
    if (!whole && !http_1_0_) message.chunked(true);
    message.keep_alive(keep_alive_);
    std::ostringstream text;
    text << message.base();
    return text.str();
  }

  void reply(HttpReply answer) {
    phase_ = Phase::replying;
    unsent_ = head(answer, true);
    if (!head_only_) unsent_ += answer.body;
    complete_ = true;
    pump();
  }

  void begin_stream(const HttpReply& answer) {
    phase_ = Phase::replying;
    unsent_ = head(answer, false);
    complete_ = false;
    pump();
  }

  void add(const std::string& bytes) {
    if (bytes.empty()) return;  // an empty chunk would end the answer
    if (http_1_0_)
      unsent_ += bytes;
    else
      unsent_ += fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
    if (unsent_.size() > host_.limits().unsent_bytes) return close();
    pump();
  }

  void end_stream() {
    if (!http_1_0_) unsent_ += "0\r\n\r\n";
    complete_ = true;
    pump();
  }

  void pump() {
    if (writing_) return;
    if (unsent_.empty()) {
      if (complete_) next();
      return;
    }
    sending_.clear();
    sending_.swap(unsent_);
    write_on(0);
  }

  // Piece by piece, so that a client that reads slowly but steadily isn't cut off.
  void write_on(std::size_t from) {
    writing_ = true;
    arm(host_.limits().write);
    stream_.async_write_some(asio::buffer(sending_.data() + from, sending_.size() - from),
                             [self = self(), from](Failure failure, std::size_t n_bytes) {
                               if (failure || self->phase_ == Phase::closed) return self->close();
                               if (from + n_bytes < self->sending_.size()) return self->write_on(from + n_bytes);
                               self->disarm();
                               self->writing_ = false;
                               self->pump();
                             });
  }

  // The answer is out.
  void next() {
    complete_ = false;
    ++exchange_;
    gone_ = nullptr;
    sending_ = {};
    Failure ignored;
    if (!keep_alive_) return linger();
    socket().cancel(ignored);  // ends the watch
    await_request();
  }

  // Closing with bytes unread would reset the connection and with it the answer on its way.
  void linger() {
    phase_ = Phase::lingering;
    arm(kLinger);
    if constexpr (std::is_same_v<Stream, TlsSocket>) {
      stream_.async_shutdown([self = self()](Failure) { self->close(); });
    } else {
      Failure ignored;
      stream_.shutdown(PlainSocket::shutdown_send, ignored);
      discard();
    }
  }

  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kFirstRead), [self = self()](Failure failure, std::size_t) {
      if (failure) return self->close();
      self->discard();
    });
  }

  void close() {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    disarm();
    Failure ignored;
    socket().close(ignored);
    if (auto gone = std::exchange(gone_, nullptr)) gone();
  }

  Stream stream_;
  asio::steady_timer timer_;
  ConnectionHost& host_;
  const std::uint64_t number_;
  const std::string peer_;
  beast::flat_buffer buffer_{kBufferBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  HttpRequest request_;
  std::shared_ptr<BodyShare> share_;  // of the body that is being read
  Phase phase_ = Phase::idle;
  std::uint64_t exchange_ = 0;  // counts requests and answers: a responder of an earlier one is ignored
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool head_only_ = false;
  bool armed_ = false;  // the timer counts
  bool timed_out_ = false;
  bool asked_ = false;  // whether the client still listens
  bool writing_ = false;
  bool complete_ = false;  // nothing follows what is unsent
  std::string unsent_, sending_;
  std::function<void()> gone_;
};

template <typename Stream>
class Connection<Stream>::ConnectionResponder final : public Responder {
 public:
  ConnectionResponder(std::shared_ptr<Connection> connection, std::uint64_t exchange)
      : connection_(std::move(connection)), exchange_(exchange) {}
  ~ConnectionResponder() override {
    post([](Connection& connection) {
      if (connection.phase_ == Phase::handling) {
        connection.reply(connection.host_.refusal(500, "the request was not answered"));
      } else if (connection.streams()) {
        connection.close();
      }
    });
  }

  void reply(HttpReply reply) override {
    post([reply = std::move(reply)](Connection& connection) mutable {
      if (connection.phase_ == Phase::handling) connection.reply(std::move(reply));
    });
  }
  void begin_stream(HttpReply head) override {
    post([head = std::move(head)](Connection& connection) {
      if (connection.phase_ == Phase::handling) connection.begin_stream(head);
    });
  }
  void write(std::string bytes) override {
    post([bytes = std::move(bytes)](Connection& connection) {
      if (connection.streams()) connection.add(bytes);
    });
  }
  void finish() override {
    post([](Connection& connection) {
      if (connection.streams()) connection.end_stream();
    });
  }
  void on_gone(std::function<void()> gone) override {
    asio::post(connection_->stream_.get_executor(),
               [connection = connection_, exchange = exchange_, gone = std::move(gone)] {
                 if (connection->is_current(exchange))
                   connection->gone_ = gone;
                 else if (connection->phase_ == Phase::closed)
                   gone();
               });
  }

 private:
  template <typename Do>
  void post(Do&& act) {
    asio::post(connection_->stream_.get_executor(),
               [connection = connection_, exchange = exchange_, act = std::forward<Do>(act)]() mutable {
                 if (connection->is_current(exchange)) act(*connection);
               });
  }

  std::shared_ptr<Connection> connection_;
  std::uint64_t exchange_;
};

}  // namespace minnow::server
