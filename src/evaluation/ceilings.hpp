// What this machine can do at most, measured with the threads of a model: read memory, and multiply and add.
#pragma once

#include <cstddef>

#include "engine/loaded_model.hpp"
#include "kernels/register_loop.hpp"
#include "machine/read_bandwidth.hpp"

namespace minnow::evaluation {

class Ceilings {
 public:
  // `model` must outlive this. Takes the memory that is read, up to 1 GiB.
  explicit Ceilings(const engine::LoadedModel& model);

  std::size_t bandwidth_buffer_bytes() const { return bandwidth_.size_bytes(); }
  // Each call measures anew.
  double read_bandwidth_bytes_per_s() const;
  double matmul_ops_per_s() const;  // of the model's instruction set, integers
  double bf16_ops_per_s() const;    // 0: its kernels have no such unit

 private:
  double ops_per_s(const kernels::RegisterLoop& loop) const;

  const engine::LoadedModel& model_;
  machine::ReadBandwidth bandwidth_;
};

}  // namespace minnow::evaluation
