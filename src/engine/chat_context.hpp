// The variables a chat template reads, from the public messages and options.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "minnow/model.hpp"
#include "text/tokenizer.hpp"

namespace minnow::engine {

// Throws Error(invalid_input) for a JSON text that is malformed or of the wrong kind, naming which.
nlohmann::ordered_json chat_context(std::span<const ChatMessage> messages, const ChatOptions& options,
                                    const text::Tokenizer& tokenizer);

}  // namespace minnow::engine
