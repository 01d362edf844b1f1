#include "cli/served_model_check.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "engine/scheduler_plan.hpp"
#include "formats/lora_adapter.hpp"
#include "kernels/kernel_table.hpp"
#include "machine/memory.hpp"
#include "models/adapter.hpp"
#include "models/spec_reader.hpp"

namespace minnow::cli {

void check_served_model(const formats::GgufFile& file, const server::ModelEntry& entry, std::uint64_t freed_bytes) {
  const models::DecoderSpec spec = models::read_spec(file);
  engine::SchedulerOptions options = entry.scheduler;
  options.pinned.clear();  // only the tokenizer knows how long they are
  ThreadPool pool(1);
  for (const server::AdapterEntry& adapter : entry.adapters) {
    const models::Adapter read(formats::read_adapter(adapter.path, models::adapter_target(spec)), spec,
                               kernels::active_kernels(kernels::Arithmetic::exact), pool);
    options.max_adapter_rank = std::max(options.max_adapter_rank, read.max_rank());
  }
  const std::uint64_t available = machine::available_memory_bytes();
  if (available == 0) return;  // the system doesn't say
  const std::uint64_t most = available + freed_bytes;
  try {
    engine::plan_scheduler(spec, options, most - std::min(most - 1, file.size_bytes()));
  } catch (const Error& error) {
    fail(error.code(), "model '{}': {}", entry.id, error.what());
  }
}

}  // namespace minnow::cli
