// One sequence with a model: its tokens so far, its KV cache, and how it chooses the next token.
//
//   minnow::Session session(model, {.context = 4096, .sampling = {.temperature = 0}});
//   session.prefill(model.tokenize("Turn on the"));
//   while (auto token = session.decode()) std::cout << model.piece(*token);
//
// A Session belongs to one thread at a time; many Sessions may share one Model, and then take turns at its threads.
// Same file, same tokens, same seed: the same answer and the same bits, on every machine and any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "minnow/constraint.hpp"
#include "minnow/model.hpp"

namespace minnow {

// Added to a token's logit; minus infinity: never.
struct LogitBias {
  TokenId id = 0;
  float bias = 0;

  bool operator==(const LogitBias&) const = default;
};

// Applied in this order: logit bias, penalties, top-k, top-p, min-p, temperature, draw.
struct SamplingOptions {
  float temperature = 0.8f;     // 0: always the likeliest token, ties to the lowest id
  int top_k = 40;               // 0: all
  float top_p = 0.95f;          // 1: all
  float min_p = 0.05f;          // 0: all
  float repeat_penalty = 1.0f;  // 1: none
  int repeat_last_n = 64;       // tokens the penalties look back on, prompt included; -1: all, 0: none
  float frequency_penalty = 0;
  float presence_penalty = 0;
  std::optional<std::uint64_t> seed{};  // no value: a random one
  std::vector<LogitBias> logit_bias{};

  bool operator==(const SamplingOptions&) const = default;
};

// Of the KV cache. q8_0 takes 9/16 of the memory of f16; it needs heads of whole blocks of 32 values.
enum class CacheType : std::uint8_t { f32, f16, q8_0 };

// Drafts of the next tokens, verified by the model itself several at a time: the answer is the same to the bit, and
// sooner where drafts are often right. How many to draft follows from how many were accepted and what they cost.
struct SpeculationOptions {
  bool prompt_lookup = false;          // drafts what followed the same tokens earlier in the text
  std::optional<Model> draft_model{};  // a smaller model with the same vocabulary drafts
  std::size_t max_draft = 16;          // tokens at once, 1 to 64
};

struct SessionOptions {
  std::size_t context = 0;         // tokens; 0: the model's, but at most 4096 and no more than fits the memory
  std::size_t batch_tokens = 512;  // prompt tokens evaluated at once; changes speed and memory, never a bit
  CacheType cache_type = CacheType::f16;
  SamplingOptions sampling{};
  SpeculationOptions speculation{};
};

struct TokenProbability {
  TokenId id = 0;
  double logprob = 0;
};

struct TokenOutput {
  TokenId id = 0;
  std::string piece{};  // the bytes of this token; may be a part of a character
  std::string text{};   // what this token released: never half a character, possible stop strings held back
  // Before sampling changed anything. Set when GenerateOptions::logprobs is.
  double logprob = 0;
  std::vector<TokenProbability> top{};  // the likeliest first
};

struct GenerateOptions {
  std::size_t max_tokens = static_cast<std::size_t>(-1);  // the context is a limit too
  std::vector<std::string> stop{};  // ends the answer and is not part of it; under a constraint, that alone ends it
  Constraint constraint{};          // what the answer must look like
  std::optional<std::size_t> logprobs{};  // no value: not computed; K: the chosen token's, and the K likeliest
  // Called as tokens come, and once more with an empty piece when held-back text is released at the end.
  std::function<bool(const TokenOutput&)> on_token{};  // return false to cancel
};

struct Timings {
  std::size_t prefill_tokens = 0;
  double prefill_ms = 0;
  std::size_t decode_tokens = 0;
  double decode_ms = 0;
  std::size_t drafted_tokens = 0;   // by speculation, and
  std::size_t accepted_tokens = 0;  // those of them that became part of the answer
};

struct Generation {
  std::string text;
  std::vector<TokenOutput> tokens;  // without the token that ended the answer
  std::string finish_reason;        // "stop", "length" or "cancelled"
  std::vector<TokenId> prompt_tokens;
  Timings timings;
};

struct MemoryUse {
  std::uint64_t weights_bytes = 0;
  std::uint64_t kv_bytes = 0;
  std::uint64_t scratch_bytes = 0;
};

class Session {
 public:
  // Plans all memory first: throws Error(out_of_memory), naming the largest context that fits, and
  // Error(invalid_input) for options that make no sense.
  explicit Session(const Model& model, const SessionOptions& options = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Appends tokens. Throws Error(context_full) or Error(invalid_input) for an unknown id, and then nothing has changed.
  void prefill(std::span<const TokenId> tokens);
  // Chooses the next token and appends it; no value at the end of generation. Allocates nothing. Throws
  // Error(context_full), Error(invalid_input) when nothing was prefilled or the model gives no finite logits.
  std::optional<TokenId> decode();

  // prefill with the logits of every token from tokens[first] on: calls on_logits(index, logits of the token after
  // tokens[index]).
  using OnLogits = std::function<void(std::size_t index, std::span<const float> logits)>;
  void evaluate(std::span<const TokenId> tokens, const OnLogits& on_logits, std::size_t first = 0);

  // A prompt (appended to what the session already holds) and its answer. Throws as prefill and decode do; a full
  // context ends the answer with "length". Text is tokenized with special tokens, and BOS only at the start.
  Generation generate(std::span<const TokenId> prompt, const GenerateOptions& options = {});
  Generation generate(std::string_view prompt, const GenerateOptions& options = {});

  // The logits the last token was chosen from, or after prefill those of the next one. Empty at the start.
  std::span<const float> logits() const;
  double log_probability(TokenId id) const;
  // The k likeliest, best first, ties to the lowest id.
  std::vector<TokenProbability> top(std::size_t k) const;

  // Forgets every token from `position` on. Precondition: position ≤ position().
  void truncate(std::size_t position);
  // Forgets every token and starts the random numbers again.
  void reset();
  // From here on; the random numbers start again.
  void set_sampling(const SamplingOptions& options);

  const Model& model() const;
  std::span<const TokenId> tokens() const;  // all so far, the last decoded one included
  std::size_t position() const;             // tokens().size()
  std::size_t context() const;
  std::uint64_t seed() const;  // the one in use, given or random
  MemoryUse memory() const;    // a draft model's included
  bool speculates() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace minnow
