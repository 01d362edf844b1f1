#include "text/jinja_lexer.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "text/jinja_literals.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

// One newline convention, and one newline less at the end, as Jinja2 reads its sources.
std::string normalize_newlines(std::string_view source) {
  std::string text;
  text.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      text.push_back(source[i]);
    } else {
      text.push_back('\n');
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    }
  }
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  std::vector<Token> run() {
    while (position_ < source_.size()) read_text_and_tag();
    add(TokenType::end, "");
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return std::string_view(source_).substr(position_); }
  bool at(std::string_view text) const { return rest().starts_with(text); }

  void advance(std::size_t size) {
    line_ +=
        static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(position_),
                                              source_.begin() + static_cast<std::ptrdiff_t>(position_ + size), '\n'));
    position_ += size;
  }
  void skip_space() { advance(rest().size() - strip_space(rest(), Side::left).size()); }

  Token& add(TokenType type, std::string_view text) {
    tokens_.push_back({.type = type, .line = line_, .text = std::string(text)});
    return tokens_.back();
  }

  [[noreturn]] void refuse(std::string_view what) const {
    fail(ErrorCode::invalid_input, "chat template, line {}: {}", line_, what);
  }

  // Text up to the next tag, trimmed as the tag's sign and place ask, then the tag.
  void read_text_and_tag() {
    std::size_t tag = position_;
    while (true) {
      tag = source_.find('{', tag);
      if (tag == std::string::npos || tag + 1 >= source_.size()) {
        add_text(rest());
        advance(rest().size());
        return;
      }
      if (source_[tag + 1] == '%' || source_[tag + 1] == '{' || source_[tag + 1] == '#') break;
      ++tag;
    }
    const char kind = source_[tag + 1];
    const std::string_view text = rest().substr(0, tag - position_);
    add_text(trimmed_before_tag(text, tag + 2, kind != '{'));
    advance(tag - position_);
    if (kind == '#') return skip_comment();
    if (kind == '%' && read_raw()) return;
    add(kind == '{' ? TokenType::variable_begin : TokenType::block_begin, "");
    advance(2);
    if (at("-") || at("+")) advance(1);
    read_inside(kind == '{');
  }

  void add_text(std::string_view text) {
    if (!text.empty()) add(TokenType::data, text);
  }

  std::string_view trimmed_before_tag(std::string_view text, std::size_t after_brackets, bool is_block) const {
    const char sign = after_brackets < source_.size() ? source_[after_brackets] : '\0';
    if (sign == '-') return strip_space(text, Side::right);
    if (sign == '+' || !is_block) return text;
    const std::size_t newline = text.rfind('\n');
    const std::size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
    const bool own_line = line_start > 0 || line_starting_;
    return own_line && strip_space(text.substr(line_start)).empty() ? text.substr(0, line_start) : text;
  }

  // Past the end of a tag that starts here: with '-' all whitespace goes, without '+' one newline.
  void finish_block(std::string_view brackets) {
    const char sign = source_[position_];
    advance(brackets.size() + (sign == '-' || sign == '+' ? 1 : 0));
    if (sign == '-') {
      skip_space();
    } else if (sign != '+' && at("\n")) {
      advance(1);
    }
    line_starting_ = source_[position_ - 1] == '\n';
  }

  bool at_block_end() const { return at("%}") || at("-%}") || at("+%}"); }

  void skip_comment() {
    advance(2);
    if (at("-") || at("+")) advance(1);
    const std::size_t end = source_.find("#}", position_);
    if (end == std::string::npos) refuse("a comment {# has no end #}");
    const char sign = end > position_ ? source_[end - 1] : '\0';
    advance(end - position_ - (sign == '-' || sign == '+' ? 1 : 0));
    finish_block("#}");
  }

  // {% raw %} … {% endraw %}; false when the tag here is another.
  bool read_raw() {
    const std::size_t tag = position_;
    const std::uint32_t line = line_;
    advance(2);
    if (at("-") || at("+")) advance(1);
    skip_space();
    if (at("raw")) {
      advance(3);
      skip_space();
      if (at("%}") || at("-%}")) return read_raw_text();
    }
    position_ = tag;
    line_ = line;
    return false;
  }

  bool read_raw_text() {
    const bool strip = at("-%}");
    advance(strip ? 3 : 2);
    if (strip) skip_space();
    line_starting_ = source_[position_ - 1] == '\n';
    const std::size_t start = position_;
    for (std::size_t tag = start; (tag = source_.find("{%", tag)) != std::string::npos; tag += 2) {
      position_ = tag + 2;
      if (at("-") || at("+")) ++position_;
      position_ += rest().size() - strip_space(rest(), Side::left).size();
      if (!at("endraw")) continue;
      position_ += 6;
      position_ += rest().size() - strip_space(rest(), Side::left).size();
      if (!at_block_end()) continue;
      add_text(trimmed_before_tag(std::string_view(source_).substr(start, tag - start), tag + 2, true));
      line_ += static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(start),
                                                     source_.begin() + static_cast<std::ptrdiff_t>(position_), '\n'));
      finish_block("%}");
      return true;
    }
    refuse("{% raw %} has no {% endraw %}");
  }

  void read_inside(bool is_variable) {
    std::string open;
    while (true) {
      skip_space();
      if (position_ >= source_.size()) {
        refuse(is_variable ? "{{ has no end }}" : "{% has no end %}");
      }
      if (open.empty() && (is_variable ? at("}}") || at("-}}") : at_block_end())) break;
      read_token(open);
    }
    if (!is_variable) {
      finish_block("%}");
      add(TokenType::block_end, "");
      return;
    }
    const bool strip = at("-");
    advance(strip ? 3 : 2);
    if (strip) skip_space();
    line_starting_ = source_[position_ - 1] == '\n';
    add(TokenType::variable_end, "");
  }

  void read_token(std::string& open) {
    const char c = source_[position_];
    if (c >= '0' && c <= '9') return read_number_token();
    if (c == '\'' || c == '"') return read_string_token(c);
    if (!is_name_start(c)) return read_symbol(open);
    std::size_t size = 1;
    while (size < rest().size() && is_name_part(rest()[size])) ++size;
    add(TokenType::name, rest().substr(0, size));
    advance(size);
  }

  void read_number_token() {
    const NumberLiteral number = at_line([&] { return read_number(rest(), source_[position_ - 1] != '.'); });
    Token& token = add(number.is_real ? TokenType::real : TokenType::integer, rest().substr(0, number.size));
    token.integer = number.integer;
    token.real = number.real;
    advance(number.size);
  }

  void read_string_token(char quote) {
    std::size_t end = 1;
    while (end < rest().size() && rest()[end] != quote) end += rest()[end] == '\\' ? 2 : 1;
    if (end >= rest().size()) refuse("a string has no closing quote");
    add(TokenType::string, at_line([&] { return resolve_escapes(rest().substr(1, end - 1)); }));
    advance(end + 1);
  }

  // Gives what a literal's reader throws its line.
  template <typename Read>
  auto at_line(Read read) const -> decltype(read()) {
    try {
      return read();
    } catch (const Error& error) {
      fail(error.code(), "chat template, line {}: {}", line_, error.what());
    }
  }

  void read_symbol(std::string& open) {
    static constexpr std::array<std::string_view, 25> kSymbols = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                                                  "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                                                  ">",  "<",  "=",  ".",  ":",  "|",  ","};
    const auto* symbol = std::find_if(kSymbols.begin(), kSymbols.end(), [&](std::string_view s) { return at(s); });
    if (symbol == kSymbols.end()) refuse(fmt::format("unexpected character '{}' in a tag", printable(rest()[0])));
    const char c = symbol->front();
    if (c == '(') open.push_back(')');
    if (c == '[') open.push_back(']');
    if (c == '{') open.push_back('}');
    if (c == ')' || c == ']' || c == '}') {
      if (open.empty()) refuse(fmt::format("unexpected '{}'", c));
      if (open.back() != c) refuse(fmt::format("unexpected '{}' where '{}' is due", c, open.back()));
      open.pop_back();
    }
    add(TokenType::symbol, *symbol);
    advance(symbol->size());
  }

  static std::string printable(char c) {
    return c >= ' ' && c < 0x7F ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }

  std::string source_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  bool line_starting_ = true;  // nothing but a newline, or nothing at all, comes before the text to be read
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(normalize_newlines(source)).run(); }

}  // namespace minnow::text::jinja
