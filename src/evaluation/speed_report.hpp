// What a speed measurement found, and its distance to what the machine could do.
//
// Ceilings and measurements alternate (speed.hpp), and each share is formed within its repetition before the median
// is taken: on a machine that others use too, both sides of a ratio then saw the same neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "minnow/session.hpp"
#include "models/device_split.hpp"

namespace minnow::evaluation {

struct Rate {
  double median = 0;
  double min = 0;
  double max = 0;
};
// Of at least one sample; the median of an even number is the mean of the middle two.
Rate rate(std::vector<double> samples);

// What doesn't change between repetitions. Operations count a multiplication and an addition as two.
struct SpeedFacts {
  std::string model;
  std::string isa;
  std::string arithmetic;
  std::size_t threads = 0;
  models::DeviceSplit split;  // how the products are cut and spread, as found when the model was packed
  std::size_t prompt_tokens = 0;
  std::size_t decode_tokens = 0;
  std::vector<std::size_t> batches;  // sequences decoded together
  std::size_t batch_steps = 0;       // tokens of each sequence

  std::string matmul_instruction;  // what the integer ceiling is made of
  std::string bf16_instruction;    // empty: no such unit in use
  std::size_t bandwidth_buffer_bytes = 0;
  double weight_bytes = 0;        // read by one token, or by a batch
  double prefill_bytes = 0;       // weights read while the prompt passes, once for each of its batches
  double attention_bytes = 0;     // keys and values one decoded token reads, in the mean
  double prefill_operations = 0;  // of the whole prompt
  double decode_operations = 0;   // of one token
  double load_ms = 0;
  double first_token_ms = 0;  // from opening the file to the first token of a short prompt
  MemoryUse memory;
  std::uint64_t peak_rss_bytes = 0;  // without what measuring itself takes
};

// One repetition: seconds of each piece of work, and the ceilings around it.
struct SpeedSample {
  double prefill_s = 0;
  double decode_s = 0;
  std::vector<double> batch_s;  // as SpeedFacts::batches
  double bandwidth_before = 0;  // bytes/s, just before and just after decoding
  double bandwidth_after = 0;
  double matmul_before = 0;  // operations/s, just before and just after prefill
  double matmul_after = 0;
  double bf16 = 0;  // operations/s; 0: no such unit
};

struct BatchSpeed {
  std::size_t sequences = 0;
  Rate tokens_per_s;  // of all sequences together
};

struct SpeedReport {
  SpeedFacts facts;
  std::size_t repetitions = 0;
  Rate prefill_tokens_per_s;
  Rate decode_tokens_per_s;
  std::vector<BatchSpeed> batches;
  Rate read_bandwidth_bytes_per_s;
  Rate matmul_ops_per_s;
  std::optional<Rate> bf16_ops_per_s;

  double bytes_per_token = 0;
  double decode_fraction_of_bandwidth = 0;
  double prefill_ops_per_s = 0;
  double prefill_fraction_of_matmul = 0;  // of the ceiling that its arithmetic has: bf16 in "fast", else integer
};

// At least one sample, each with as many batches as the facts name.
SpeedReport speed_report(SpeedFacts facts, std::span<const SpeedSample> samples);

}  // namespace minnow::evaluation
