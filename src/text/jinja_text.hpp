// Python's str on UTF-8: indices count code points, whitespace and case are Unicode's. A byte that isn't UTF-8
// counts as one code point of its own and passes through unchanged.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::text::jinja {

// The code point at `position`, which moves past it. A stray byte b gives 0xDC00 + b, as Python's surrogateescape.
char32_t next_code_point(std::string_view text, std::size_t& position);
void append_utf8(std::string& out, char32_t code_point);

std::size_t count_code_points(std::string_view text);
// Where code point number `index` starts; text.size() when there are fewer.
std::size_t byte_offset(std::string_view text, std::size_t index);
// The code points as pieces of the text.
std::vector<std::string_view> split_code_points(std::string_view text);

bool is_space(char32_t code_point);
bool is_upper(char32_t code_point);
bool is_lower(char32_t code_point);
bool is_title(char32_t code_point);
bool is_alpha(char32_t code_point);
bool is_decimal(char32_t code_point);
bool is_numeric(char32_t code_point);
bool is_printable(char32_t code_point);

enum class Side { left, right, both };
std::string_view strip_space(std::string_view text, Side side = Side::both);
std::string_view strip_any_of(std::string_view text, std::string_view characters, Side side = Side::both);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
std::string capitalize(std::string_view text);  // first code point up, the rest down
std::string to_title(std::string_view text);    // str.title: every run of letters
std::string swap_case(std::string_view text);

std::vector<std::string_view> split_space(std::string_view text, std::size_t max_splits);
std::vector<std::string_view> split_space_from_right(std::string_view text, std::size_t max_splits);
std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends);

}  // namespace minnow::text::jinja
