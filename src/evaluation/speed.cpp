#include "evaluation/speed.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/aligned_buffer.hpp"
#include "base/checked.hpp"
#include "base/error.hpp"
#include "engine/loaded_model.hpp"
#include "engine/session_plan.hpp"
#include "evaluation/ceilings.hpp"
#include "machine/memory.hpp"
#include "models/cost.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kMostTokens = 1 << 20;
constexpr std::size_t kMostSequences = 1024;
constexpr std::size_t kMostRepetitions = 1000;
constexpr std::size_t kShortPrompt = 16;

double seconds_of(FunctionRef<void()> work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check_number(std::size_t number, std::size_t most, const char* what) {
  if (number >= 1 && number <= most) return;
  fail(ErrorCode::invalid_input, "{} must be 1 to {}, not {}", what, most, number);
}

void check(const SpeedOptions& options) {
  check_number(options.prompt_tokens, kMostTokens, "the number of prompt tokens");
  check_number(options.decode_tokens, kMostTokens, "the number of decoded tokens");
  check_number(options.repetitions, kMostRepetitions, "the number of repetitions");
  for (const std::size_t n : options.batches) check_number(n, kMostSequences, "the number of sequences");
}

// Tokens from all over the vocabulary, the same on every machine.
std::vector<TokenId> some_prompt(std::size_t n_tokens, std::size_t vocabulary_size) {
  std::vector<TokenId> prompt(n_tokens);
  for (std::size_t i = 0; i < n_tokens; ++i) prompt[i] = static_cast<TokenId>((100 + i * 7919) % vocabulary_size);
  return prompt;
}

TokenId likeliest(std::span<const float> logits) {
  return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

// Greedy decoding that doesn't stop where the model would: every run does the same work.
void decode_greedily(Session& session, std::size_t n_tokens) {
  for (std::size_t i = 0; i < n_tokens; ++i) {
    const TokenId next = likeliest(session.logits());
    session.prefill({&next, 1});
  }
}

std::uint64_t batch_bytes(const models::DecoderSpec& spec, std::size_t n_sequences, std::size_t n_steps,
                          kernels::CacheType type) {
  const auto caches = checked_multiply(models::KvCache::size_bytes(spec, n_steps, type), n_sequences);
  const std::uint64_t rest =
      models::Scratch::size_bytes(spec, n_sequences) + n_sequences * spec.vocabulary_size * sizeof(float);
  return checked_add(caches.value_or(~std::uint64_t{0}), rest).value_or(~std::uint64_t{0});
}

// Batches have memory of their own, which no session has planned.
void require_memory(const engine::LoadedModel& model, const SpeedFacts& facts, kernels::CacheType type) {
  const std::uint64_t available = model.available_memory_bytes();
  for (const std::size_t n : facts.batches) {
    const std::uint64_t needed = batch_bytes(model.spec(), n, facts.batch_steps, type);
    if (available == 0 || needed <= available) continue;
    fail(ErrorCode::out_of_memory,
         "{} sequences of {} tokens decoded together need {:.0f} MB besides the weights and {:.0f} MB is free", n,
         facts.batch_steps, static_cast<double>(needed) / 1e6, static_cast<double>(available) / 1e6);
  }
}

double decode_batch_s(const engine::LoadedModel& model, std::size_t n_sequences, std::size_t n_steps,
                      kernels::CacheType type) {
  const models::DecoderSpec& spec = model.spec();
  models::Scratch scratch(spec, n_sequences);
  AlignedBuffer<float> logits(n_sequences * spec.vocabulary_size);
  std::vector<models::KvCache> caches;
  std::vector<TokenId> tokens = some_prompt(n_sequences, model.vocabulary_size());
  std::vector<models::Slice> slices;
  caches.reserve(n_sequences);
  for (std::size_t i = 0; i < n_sequences; ++i) {
    caches.emplace_back(spec, n_steps, type);
    slices.push_back({&caches[i], {&tokens[i], 1}, models::Logits::last});
  }
  model.forward(slices, logits.data(), scratch);  // warms up: all this memory is new
  for (models::KvCache& cache : caches) cache.truncate(0);
  return seconds_of([&] {
    for (std::size_t step = 0; step < n_steps; ++step) {
      model.forward(slices, logits.data(), scratch);
      for (std::size_t i = 0; i < n_sequences; ++i) {
        tokens[i] = likeliest(logits.span().subspan(i * spec.vocabulary_size, model.vocabulary_size()));
      }
    }
  });
}

double first_token_ms(const Model& model) {
  const auto prompt = some_prompt(kShortPrompt, model.vocabulary_size());
  const double seconds = seconds_of([&] {
    Session session(model, {.context = kShortPrompt + 1});
    session.prefill(prompt);
    likeliest(session.logits());
  });
  return model.load_ms() + seconds * 1e3;
}

SpeedFacts facts_of(const Model& model, const Session& session, const SpeedOptions& options) {
  const engine::LoadedModel& loaded = *engine::loaded_model(model);
  const models::Cost cost = models::cost(loaded.decoder().weights());
  const kernels::KernelTable& kernels = loaded.decoder().kernels();
  const std::size_t middle = options.prompt_tokens + (options.decode_tokens - 1) / 2;
  SpeedFacts facts;
  facts.model = model.name();
  facts.isa = model.isa();
  facts.arithmetic = model.arithmetic();
  facts.threads = model.threads();
  facts.split = loaded.decoder().split();
  facts.prompt_tokens = options.prompt_tokens;
  facts.decode_tokens = options.decode_tokens;
  facts.batches = options.batches;
  facts.batch_steps = std::max<std::size_t>(4, options.decode_tokens / 8);
  facts.matmul_instruction = kernels.integer_loop.instruction;
  facts.bf16_instruction = kernels.bf16_loop.instruction;
  facts.weight_bytes = static_cast<double>(cost.weight_bytes());
  const std::size_t batch = SessionOptions{}.batch_tokens;
  const std::size_t n_batches = (options.prompt_tokens + batch - 1) / batch;
  facts.prefill_bytes = static_cast<double>(cost.layer_bytes * n_batches + cost.output_bytes);
  facts.attention_bytes =
      static_cast<double>(models::attention_bytes(loaded.spec(), middle, engine::cache_type(options.cache_type)));
  facts.prefill_operations = cost.operations(options.prompt_tokens, 1);
  facts.decode_operations = cost.operations(1, 1);
  facts.memory = session.memory();
  facts.peak_rss_bytes = machine::peak_rss_bytes();
  return facts;
}

SpeedSample measure_once(const Model& model, Session& session, std::span<const TokenId> prompt, const SpeedFacts& facts,
                         kernels::CacheType batch_cache, Ceilings& ceilings) {
  SpeedSample sample;
  session.reset();
  sample.matmul_before = ceilings.matmul_ops_per_s();
  sample.prefill_s = seconds_of([&] { session.prefill(prompt); });
  sample.matmul_after = ceilings.matmul_ops_per_s();
  sample.bf16 = ceilings.bf16_ops_per_s();
  sample.bandwidth_before = ceilings.read_bandwidth_bytes_per_s();
  sample.decode_s = seconds_of([&] { decode_greedily(session, facts.decode_tokens); });
  sample.bandwidth_after = ceilings.read_bandwidth_bytes_per_s();
  for (const std::size_t n : facts.batches) {
    sample.batch_s.push_back(decode_batch_s(*engine::loaded_model(model), n, facts.batch_steps, batch_cache));
  }
  return sample;
}

}  // namespace

SpeedReport measure_speed(const Model& model, const SpeedOptions& options) {
  check(options);
  const double first_ms = first_token_ms(model);
  Session session(model, {.context = options.prompt_tokens + options.decode_tokens, .cache_type = options.cache_type});
  const auto prompt = some_prompt(options.prompt_tokens, model.vocabulary_size());
  session.prefill(prompt);  // warms up, and takes the memory that facts_of() reports
  SpeedFacts facts = facts_of(model, session, options);
  Ceilings ceilings(*engine::loaded_model(model));
  const kernels::CacheType batch_cache = engine::cache_type(options.cache_type);
  require_memory(*engine::loaded_model(model), facts, batch_cache);
  facts.load_ms = model.load_ms();
  facts.first_token_ms = first_ms;
  facts.bandwidth_buffer_bytes = ceilings.bandwidth_buffer_bytes();
  std::vector<SpeedSample> samples;
  for (std::size_t i = 0; i < options.repetitions; ++i) {
    if (options.progress) options.progress(i, options.repetitions);
    samples.push_back(measure_once(model, session, prompt, facts, batch_cache, ceilings));
  }
  if (options.progress) options.progress(options.repetitions, options.repetitions);
  return speed_report(std::move(facts), samples);
}

}  // namespace minnow::evaluation
