// How a decoder's work is split on this device: searched for by a short measurement when a model is packed, and kept
// with the pack. Nothing here changes a bit of any result.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "base/thread_pool.hpp"
#include "formats/pack_file.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/work_split.hpp"

namespace minnow::models {

class Decoder;

struct DeviceSplit {
  kernels::WorkSplit work;
  std::size_t decode_threads = 0;  // threads for one token; 0: all of the pool

  bool operator==(const DeviceSplit&) const = default;
};

// Calls visit(name, value) for each of them, by the names they have in a pack and in reports.
template <typename Split, typename Visit>
void each_setting(Split& split, const Visit& visit) {
  visit("tasks_per_thread", split.work.tasks_per_thread);
  visit("batch_task_bytes", split.work.batch_task_bytes);
  visit("batch_tasks_per_thread", split.work.batch_tasks_per_thread);
  visit("decode_threads", split.decode_threads);
}

// How long a forward pass took.
struct PassTime {
  using Seconds = std::chrono::duration<double>;
  Seconds seconds;
  bool disturbed;  // a thread lost its processor to another program meanwhile
};

// Which of several candidates is fastest, given the times each took; the first one is what there is now. Interruptions
// only ever add time, so the shortest counts; another must be clearly shorter than the first, and every one needs
// several passes that weren't disturbed: on a busy machine the fewest threads would always seem best.
std::size_t clearly_fastest(std::span<const std::vector<PassTime>> times);

// Times forward passes of one token and of a prompt with the model's own weights, for at most about three seconds. What
// isn't clearly faster than the default stays as it is; so does everything when there is no time, memory or quiet to
// find out.
DeviceSplit tuned_split(Decoder& decoder, ThreadPool& pool);

// Writes it into the pack at `path`, as found with these kernels and as many threads. A hint, that may fail.
void store_split(const formats::PackFile& pack, const std::filesystem::path& path, const DeviceSplit& split,
                 const kernels::KernelTable& kernels, const ThreadPool& pool);
// The default when the pack has none, or one of other kernels or another number of threads.
DeviceSplit stored_split(const formats::PackFile& pack, const kernels::KernelTable& kernels, const ThreadPool& pool);

}  // namespace minnow::models
