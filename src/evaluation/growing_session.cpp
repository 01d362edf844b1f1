#include "evaluation/growing_session.hpp"

#include <algorithm>

namespace minnow::evaluation {

std::size_t common_length(std::span<const TokenId> a, std::span<const TokenId> b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

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
  const bool keeps = model_.arithmetic() == "exact";
  std::size_t known = keeps ? common_length(session_->tokens(), tokens) : 0;
  if (known == tokens.size() && known > 0) --known;
  session_->truncate(known);
  return known;
}

}  // namespace minnow::evaluation
