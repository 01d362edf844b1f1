#include "models/device_split.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/pack_table.hpp"
#include "machine/cpu.hpp"
#include "models/decoder.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::models {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = PassTime::Seconds;

constexpr std::size_t kPromptTokens = 128;
constexpr std::size_t kMostRounds = 9;
constexpr std::size_t kFewestRounds = 3;
constexpr Seconds kTimeForEach{0.75};  // of the searches below
constexpr double kWorthIt = 0.97;      // of the default's time

// Forward passes of n tokens from an empty cache, timed.
class Stopwatch {
 public:
  Stopwatch(Decoder& decoder, ThreadPool& pool)
      : decoder_(decoder),
        pool_(pool),
        cache_(decoder.spec(), kPromptTokens, kernels::CacheType::f16),
        scratch_(decoder.spec(), kPromptTokens),
        logits_(decoder.spec().vocabulary_size),
        tokens_(kPromptTokens) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      tokens_[i] = static_cast<TokenId>(i * 7919 % decoder.spec().vocabulary_size);
    }
  }

  PassTime time(std::size_t n_tokens, const DeviceSplit& split) {
    decoder_.set_split(split);
    cache_.truncate(0);
    const Slice slice{.cache = &cache_, .tokens = std::span(tokens_).first(n_tokens), .logits = Logits::last};
    const std::uint64_t preemptions = machine::preemptions();
    const auto begin = Clock::now();
    decoder_.forward({&slice, 1}, logits_.data(), scratch_, pool_);
    const auto end = Clock::now();
    return {end - begin, machine::preemptions() != preemptions};
  }

 private:
  Decoder& decoder_;
  ThreadPool& pool_;
  KvCache cache_;
  Scratch scratch_;
  std::vector<float> logits_;
  std::vector<TokenId> tokens_;
};

// The fastest of the candidates, the first of which is what there is now; each gets its turn in every round.
DeviceSplit fastest(Stopwatch& stopwatch, std::size_t n_tokens, const std::vector<DeviceSplit>& candidates) {
  const Seconds once = stopwatch.time(n_tokens, candidates.front()).seconds;  // also brings weights into memory
  const double fits = kTimeForEach / (std::max(once, Seconds{1e-6}) * static_cast<double>(candidates.size()));
  if (fits < kFewestRounds) return candidates.front();
  const std::size_t n_rounds = std::min(kMostRounds, static_cast<std::size_t>(fits));
  std::vector<std::vector<PassTime>> times(candidates.size());
  for (std::size_t round = 0; round < n_rounds; ++round) {
    for (std::size_t i = 0; i < candidates.size(); ++i) times[i].push_back(stopwatch.time(n_tokens, candidates[i]));
  }
  return candidates[clearly_fastest(times)];
}

std::vector<DeviceSplit> with_fewer_threads(const DeviceSplit& now, std::size_t n_threads) {
  std::vector<DeviceSplit> candidates{now};
  for (const std::size_t n : {n_threads * 3 / 4, n_threads / 2}) {
    if (n == 0 || n == candidates.back().decode_threads) continue;
    candidates.push_back(now);
    candidates.back().decode_threads = n;
  }
  return candidates;
}

std::vector<DeviceSplit> with_other_decode_tasks(const DeviceSplit& now) {
  std::vector<DeviceSplit> candidates{now};
  for (const std::size_t tasks : {4, 16, 32}) {
    candidates.push_back(now);
    candidates.back().work.tasks_per_thread = tasks;
  }
  return candidates;
}

std::vector<DeviceSplit> with_other_batch_tasks(const DeviceSplit& now) {
  std::vector<DeviceSplit> candidates{now, now, now};
  candidates[1].work.batch_tasks_per_thread *= 2;
  candidates[1].work.batch_task_bytes /= 2;
  candidates[2].work.batch_tasks_per_thread /= 2;
  candidates[2].work.batch_task_bytes *= 4;
  return candidates;
}

constexpr std::size_t kLargestSetting = std::size_t{1} << 30;

std::optional<std::size_t> number(const formats::PackSettings& settings, const char* name) {
  const auto found = settings.find(name);
  if (found == settings.end()) return std::nullopt;
  std::size_t value = 0;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, value);
  if (error != std::errc() || stop != end || value > kLargestSetting) return std::nullopt;
  return value;
}

formats::PackSettings place(const kernels::KernelTable& kernels, const ThreadPool& pool) {
  return {{"isa", std::string(kernels.name)}, {"threads", std::to_string(pool.size())}};
}

}  // namespace

std::size_t clearly_fastest(std::span<const std::vector<PassTime>> times) {
  std::size_t best = 0;
  Seconds least{};
  for (std::size_t i = 0; i < times.size(); ++i) {
    std::size_t n_undisturbed = 0;
    Seconds shortest = Seconds::max();
    for (const PassTime& time : times[i]) {
      if (time.disturbed) continue;
      ++n_undisturbed;
      shortest = std::min(shortest, time.seconds);
    }
    if (n_undisturbed < kFewestRounds) return 0;
    if (i == 0 || shortest < least) {
      best = i;
      least = i == 0 ? shortest * kWorthIt : shortest;
    }
  }
  return best;
}

DeviceSplit tuned_split(Decoder& decoder, ThreadPool& pool) {
  const DeviceSplit usual;
  if (decoder.spec().learned_positions && decoder.spec().context_length < kPromptTokens) return usual;
  try {
    Stopwatch stopwatch(decoder, pool);
    DeviceSplit split = fastest(stopwatch, 1, with_other_decode_tasks(usual));
    split = fastest(stopwatch, 1, with_fewer_threads(split, pool.size()));
    return fastest(stopwatch, kPromptTokens, with_other_batch_tasks(split));
  } catch (const std::bad_alloc&) {
    return usual;
  }
}

void store_split(const formats::PackFile& pack, const std::filesystem::path& path, const DeviceSplit& split,
                 const kernels::KernelTable& kernels, const ThreadPool& pool) {
  formats::PackSettings settings = place(kernels, pool);
  each_setting(split, [&](const char* name, std::size_t value) { settings[name] = std::to_string(value); });
  overwrite_in_place(path, pack.file_stamp(), formats::kPackSettingsOffset, formats::encode_pack_settings(settings));
}

DeviceSplit stored_split(const formats::PackFile& pack, const kernels::KernelTable& kernels, const ThreadPool& pool) {
  for (const auto& [name, value] : place(kernels, pool)) {
    const auto found = pack.settings().find(name);
    if (found == pack.settings().end() || found->second != value) return {};
  }
  DeviceSplit split;
  bool is_whole = true;
  each_setting(split, [&](const char* name, std::size_t& setting) {
    const auto value = number(pack.settings(), name);
    is_whole = is_whole && value;
    setting = value.value_or(setting);
  });
  const bool makes_sense = split.work.tasks_per_thread > 0 && split.work.batch_task_bytes > 0 &&
                           split.work.batch_tasks_per_thread > 0 && split.decode_threads <= pool.size();
  return is_whole && makes_sense ? split : DeviceSplit{};
}

}  // namespace minnow::models
