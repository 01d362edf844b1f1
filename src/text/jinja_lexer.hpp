// Cuts a template into tokens as Jinja2 does with trim_blocks and lstrip_blocks: text between tags, tag borders,
// and inside tags names, literals and operators. Whitespace control is settled here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::text::jinja {

enum class TokenType : std::uint8_t {
  data,
  variable_begin,
  variable_end,
  block_begin,
  block_end,
  name,
  string,
  integer,
  real,
  symbol,
  end,
};

struct Token {
  TokenType type = TokenType::end;
  std::uint32_t line = 0;
  std::string text;  // of data, names and symbols as written; of strings with escapes resolved
  std::int64_t integer = 0;
  double real = 0;
};

// Throws Error(invalid_input) with the line. Ends with a token of type `end`.
std::vector<Token> tokenize(std::string_view source);

}  // namespace minnow::text::jinja
