// The number an answer to a GSM8K question comes to, found as the evaluation harness finds it.
#pragma once

#include <string>
#include <string_view>

namespace minnow::evaluation {

inline constexpr std::string_view kNoNumber = "[invalid]";

// What follows the first "#### ", or kNoNumber.
std::string strict_number(std::string_view answer);
// The last thing that looks like a number, or kNoNumber.
std::string last_number(std::string_view answer);
// Whether both come to the same once commas, dollar signs, all up to "#### " and a full stop at the end are gone.
bool same_number(std::string_view found, std::string_view expected);

}  // namespace minnow::evaluation
