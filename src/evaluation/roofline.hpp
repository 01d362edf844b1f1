// A roofline: what a machine can do at most for each ratio of operations to bytes, and where a model's decode, batched
// decode and prefill lie beneath it (Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009).
#pragma once

#include <string>

#include "evaluation/speed_report.hpp"

namespace minnow::evaluation {

// A complete SVG document.
std::string roofline_svg(const SpeedReport& report);

}  // namespace minnow::evaluation
