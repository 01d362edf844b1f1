// How matrix products are cut into tasks: what suits a device, and never a bit of a result.
#pragma once

#include <cstddef>

namespace minnow::kernels {

struct WorkSplit {
  // A task is small enough that the threads finish together, and large enough that taking one costs nothing beside it.
  std::size_t tasks_per_thread = 8;  // of products with one token
  // With several tokens a task's weights are read once per token tile and should stay in the second-level cache.
  std::size_t batch_task_bytes = 192 * 1024;
  std::size_t batch_tasks_per_thread = 4;  // at least, for kernels that say how many rows they like

  bool operator==(const WorkSplit&) const = default;
};

}  // namespace minnow::kernels
