// The tokens of one HTTP request, as OpenAI's API counts them.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/request.hpp"
#include "server/fields.hpp"

namespace minnow::server {

struct Usage {
  std::size_t prompt_tokens = 0, cached_tokens = 0, completion_tokens = 0;

  // `same_prompt`: another answer to a prompt that was counted already.
  void add(const engine::RequestEnd& end, bool same_prompt) {
    completion_tokens += end.completion_tokens;
    if (same_prompt) return;
    prompt_tokens += end.prompt_tokens;
    cached_tokens += end.cached_tokens;
  }

  Json json() const {
    return {{"prompt_tokens", prompt_tokens},
            {"completion_tokens", completion_tokens},
            {"total_tokens", prompt_tokens + completion_tokens},
            {"prompt_tokens_details", {{"cached_tokens", cached_tokens}}}};
  }
};

}  // namespace minnow::server
