#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "machine/cpu.hpp"

namespace minnow::machine {

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = [] {
    CpuFeatures found;
    found.neon_dotprod = (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    found.neon_i8mm = (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
    return found;
  }();
  return features;
}

}  // namespace minnow::machine
