#include "evaluation/growing_session.hpp"
#include "engine/common_prefix.hpp"

#include <algorithm>

namespace minnow::evaluation {

GrowingSession::GrowingSession(const Model& model, const ReadingOptions& options)
    : model_(model),
      options_(options),
      limit_(std::max<std::size_t>(2, options.context == 0 ? model.context_length() : options.context)) {}

Session& GrowingSession::with_room(std::size_t n_tokens) {
  constexpr std::size_t kStep = 256;
  if (session_ && session_->context() >= n_tokens) return *session_;
  const std::size_t doubled = session_ ? 2 * session_->context() : 0;
  const std::size_t context = std::min(limit_, std::max(doubled, (n_tokens + kStep - 1) / kStep * kStep));
  session_.reset();
  session_.emplace(
      model_, SessionOptions{.context = context, .cache_type = options_.cache_type, .sampling = {.temperature = 0}});
  return *session_;
}

std::size_t GrowingSession::keep_common(std::span<const TokenId> tokens) {
  // Only exact arithmetic gives the same bits wherever the evaluation of a text is cut.
  if (model_.arithmetic() == "exact") return engine::keep_common(*session_, tokens);
  session_->truncate(0);
  return 0;
}

}  // namespace minnow::evaluation
