// A speed report for programs and for people.
#pragma once

#include <string>

#include "evaluation/speed_report.hpp"

namespace minnow::cli {

std::string speed_json(const evaluation::SpeedReport& report);   // one object, no newline
std::string speed_table(const evaluation::SpeedReport& report);  // lines

}  // namespace minnow::cli
