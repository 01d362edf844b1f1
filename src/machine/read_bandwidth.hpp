// How fast the threads of a pool read memory together: the limit of everything that reads its data once.
//
//   ReadBandwidth probe(std::size_t{1} << 30);
//   double bytes_per_s = probe.measure(pool);      // again and again: memory is shared with others
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/aligned_buffer.hpp"
#include "base/thread_pool.hpp"

namespace minnow::machine {

class ReadBandwidth {
 public:
  // Takes and touches `bytes` of memory, in huge pages where the system has them. To measure memory and not a cache
  // it should be several times the size of the last one. Throws std::bad_alloc.
  ReadBandwidth(std::size_t bytes, ThreadPool& pool);

  std::size_t size_bytes() const { return words_.size_bytes(); }
  // Bytes per second of one pass over the buffer, each thread reading one piece after another.
  double measure(ThreadPool& pool) const;

  // What suits this device: 1 GiB, or less where that would be more than a quarter of the free memory; at least 16 MiB.
  static std::size_t suitable_bytes();

 private:
  AlignedBuffer<std::uint64_t> words_;
};

}  // namespace minnow::machine
