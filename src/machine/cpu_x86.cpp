#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "machine/cpu.hpp"

namespace minnow::machine {
namespace {

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  if (__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
  return r;
}

bool bit(unsigned word, int index) { return ((word >> index) & 1u) != 0; }

// The register states the operating system saves (XCR0).
std::uint64_t saved_states() {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<std::uint64_t>(high) << 32) | low;
}

// Linux lets a process use the tiles once it has asked for them: whoever does has more to save at every switch.
bool may_use_tiles() {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM of <asm/prctl.h>, since Linux 5.16
  constexpr long kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

CpuFeatures detect() {
  constexpr std::uint64_t kAvxStates = 0x6;      // XMM, YMM
  constexpr std::uint64_t kAvx512States = 0xe6;  // and opmask, ZMM
  constexpr std::uint64_t kAmxStates = 0x60000;  // tile configuration, tile data
  CpuFeatures features;
  const Registers basic = cpuid(1, 0);
  if (!bit(basic.ecx, 27)) return features;  // no OSXSAVE
  const std::uint64_t states = saved_states();
  const Registers extended = cpuid(7, 0);
  const Registers more = cpuid(7, 1);
  const bool avx_saved = (states & kAvxStates) == kAvxStates;
  const bool avx512_saved = (states & kAvx512States) == kAvx512States;
  const bool amx_saved = (states & kAmxStates) == kAmxStates;
  features.avx2 = avx_saved && bit(extended.ebx, 5) && bit(basic.ecx, 12) && bit(basic.ecx, 29);
  features.avx_vnni = features.avx2 && bit(more.eax, 4);
  features.avx512_vnni = features.avx2 && avx512_saved && bit(extended.ebx, 16) && bit(extended.ebx, 17) &&
                         bit(extended.ebx, 30) && bit(extended.ebx, 31) && bit(extended.ecx, 11);
  if (!features.avx512_vnni || !amx_saved || !bit(extended.edx, 24) || !may_use_tiles()) return features;
  features.amx_int8 = bit(extended.edx, 25);
  features.amx_bf16 = bit(extended.edx, 22) && bit(more.eax, 5);
  return features;
}

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = detect();
  return features;
}

}  // namespace minnow::machine
