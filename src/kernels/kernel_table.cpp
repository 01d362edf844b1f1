#include "kernels/kernel_table.hpp"

#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "kernels/scalar/scalar.hpp"
#include "machine/cpu.hpp"
#if defined(MINNOW_KERNELS_X86)
#include "kernels/amx/amx.hpp"
#include "kernels/avx2/avx2.hpp"
#include "kernels/avx512/avx512.hpp"
#include "kernels/avxvnni/avxvnni.hpp"
#elif defined(MINNOW_KERNELS_ARM64)
#include "kernels/i8mm/i8mm.hpp"
#include "kernels/neon/neon.hpp"
#endif

namespace minnow::kernels {
namespace {

struct Named {
  std::string_view name;
  Isa isa;
};
// Best first.
constexpr Named kIsas[] = {{"amx", Isa::amx},   {"avx512", Isa::avx512}, {"avxvnni", Isa::avxvnni}, {"avx2", Isa::avx2},
                           {"i8mm", Isa::i8mm}, {"neon", Isa::neon},     {"scalar", Isa::scalar}};

#if defined(MINNOW_KERNELS_X86)
KernelTable amx_table() {
  KernelTable table = amx_kernels();
  if (machine::cpu_features().amx_bf16) table.bf16_loop = amx_bf16_loop();
  return table;
}
#endif

// Each table is made when it is asked for: the functions that make them are compiled for machines that have it.
const KernelTable& table([[maybe_unused]] Isa isa, [[maybe_unused]] Arithmetic arithmetic) {
#if defined(MINNOW_KERNELS_X86)
  if (isa == Isa::avx2) {
    static const KernelTable avx2 = avx2_kernels();
    return avx2;
  }
  if (isa == Isa::avxvnni) {
    static const KernelTable avxvnni = avxvnni_kernels();
    return avxvnni;
  }
  if (isa == Isa::avx512) {
    static const KernelTable avx512 = avx512_kernels();
    return avx512;
  }
  if (isa == Isa::amx && arithmetic == Arithmetic::fast && machine::cpu_features().amx_bf16) {
    static const KernelTable amx_fast = amx_fast_kernels();
    return amx_fast;
  }
  if (isa == Isa::amx) {
    static const KernelTable amx = amx_table();
    return amx;
  }
#elif defined(MINNOW_KERNELS_ARM64)
  if (isa == Isa::i8mm) {
    static const KernelTable i8mm = i8mm_kernels();
    return i8mm;
  }
  if (isa == Isa::neon) {
    static const KernelTable neon = neon_kernels();
    return neon;
  }
#endif
  static const KernelTable scalar = scalar_kernels();
  return scalar;
}

std::string_view name_of(Isa isa) {
  for (const Named& named : kIsas) {
    if (named.isa == isa) return named.name;
  }
  return "unknown";
}

const KernelTable& choose(Arithmetic arithmetic) {
  const char* wish = std::getenv("MINNOW_ISA");
  if (wish == nullptr || *wish == '\0') {
    for (const Named& named : kIsas) {
      if (has_kernels(named.isa)) return table(named.isa, arithmetic);
    }
    return table(Isa::scalar, arithmetic);
  }
  for (const Named& named : kIsas) {
    if (named.name == wish) return kernels_for(named.isa, arithmetic);
  }
  fail(ErrorCode::invalid_input,
       "MINNOW_ISA={}: no such instruction set; use scalar, avx2, avxvnni, avx512, amx, neon or i8mm", wish);
}

}  // namespace

bool has_kernels(Isa isa) noexcept {
  [[maybe_unused]] const machine::CpuFeatures& cpu = machine::cpu_features();
#if defined(MINNOW_KERNELS_X86)
  if (isa == Isa::avx2) return cpu.avx2;
  if (isa == Isa::avxvnni) return cpu.avx_vnni;
  if (isa == Isa::avx512) return cpu.avx512_vnni;
  if (isa == Isa::amx) return cpu.amx_int8;
#elif defined(MINNOW_KERNELS_ARM64)
  if (isa == Isa::i8mm) return cpu.neon_dotprod && cpu.neon_i8mm;
  if (isa == Isa::neon) return cpu.neon_dotprod;
#endif
  return isa == Isa::scalar;
}

const KernelTable& kernels_for(Isa isa, Arithmetic arithmetic) {
  if (!has_kernels(isa)) {
    fail(ErrorCode::unsupported, "this machine has no {} kernels; leave MINNOW_ISA unset to use the best it has",
         name_of(isa));
  }
  return table(isa, arithmetic);
}

const KernelTable& active_kernels(Arithmetic arithmetic) {
  static const KernelTable& exact = choose(Arithmetic::exact);
  static const KernelTable& fast = choose(Arithmetic::fast);
  return arithmetic == Arithmetic::fast ? fast : exact;
}

}  // namespace minnow::kernels
