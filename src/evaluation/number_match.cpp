#include "evaluation/number_match.hpp"

#include <algorithm>

#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::string_view kMark = "#### ";
constexpr std::string_view kDigits = "0123456789";

// How many characters from `begin` on are of these.
std::size_t run_of(std::string_view characters, std::string_view text, std::size_t begin) {
  return std::min(text.find_first_not_of(characters, begin), text.size()) - std::min(begin, text.size());
}

std::string bare(std::string_view text) {
  std::string out(text);
  out.erase(std::remove_if(out.begin(), out.end(), [](char c) { return c == ',' || c == '$'; }), out.end());
  if (const std::size_t mark = out.rfind(kMark); mark != std::string::npos) out.erase(0, mark + kMark.size());
  if (out.ends_with('.')) {
    out.pop_back();
  } else if (out.ends_with(".\n")) {
    out.erase(out.size() - 2, 1);
  }
  return text::jinja::to_lower(out);
}

}  // namespace

std::string strict_number(std::string_view answer) {
  for (std::size_t mark = answer.find(kMark); mark != std::string_view::npos; mark = answer.find(kMark, mark + 1)) {
    const std::size_t begin = mark + kMark.size();
    const std::size_t sign = begin < answer.size() && answer[begin] == '-' ? 1 : 0;
    const std::size_t length = run_of("0123456789.,", answer, begin + sign);
    if (length > 0) return std::string(answer.substr(begin, sign + length));
  }
  return std::string(kNoNumber);
}

// A sign and two or more of digits, points, commas and dollar signs, or else a sign and digits.
std::string last_number(std::string_view answer) {
  std::string_view last = kNoNumber;
  for (std::size_t position = 0; position < answer.size();) {
    const std::size_t sign = answer[position] == '-' ? 1 : 0;
    std::size_t length = run_of("$0123456789.,", answer, position + sign);
    if (length < 2) length = run_of(kDigits, answer, position + sign);
    if (length > 0) last = answer.substr(position, sign + length);
    position += length > 0 ? sign + length : 1;
  }
  return std::string(last);
}

bool same_number(std::string_view found, std::string_view expected) { return bare(found) == bare(expected); }

}  // namespace minnow::evaluation
