// What the processor can do: the instruction sets that decide which kernels run, and how many cores are ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace minnow::machine {

struct CpuFeatures {
  bool avx2 = false;  // with FMA and F16C
  bool avx_vnni = false;
  bool avx512_vnni = false;  // with F, BW, DQ and VL
  bool amx_int8 = false;     // and the system lets this process use the tiles
  bool amx_bf16 = false;     // with AVX512-BF16
  bool neon_dotprod = false;
  bool neon_i8mm = false;
};

// Read once from CPUID or the auxiliary vector; also asks whether the system saves the registers.
const CpuFeatures& cpu_features();

// Physical cores this process may run on: its affinity mask, hyperthreads counted once, and the
// CPU quota of its cgroups, whichever is least. At least 1.
std::size_t usable_cores();

// How often the system has given a processor to others while a thread of this process had work for it.
std::uint64_t preemptions() noexcept;

}  // namespace minnow::machine
