#include "text/grammar/regex_syntax.hpp"

#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "text/grammar/regex_classes.hpp"
#include "text/unicode.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kLongestPatternBytes = 64u << 10;
constexpr std::size_t kDeepest = 100;
constexpr std::uint32_t kMostRounds = 1'000'000;

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) {}

  Regex parse() {
    if (pattern_.size() > kLongestPatternBytes) {
      fail(ErrorCode::invalid_input, "a regular expression of {} bytes is too long; at most {} are allowed",
           pattern_.size(), kLongestPatternBytes);
    }
    regex_.root = alternatives(0);
    if (!at_end()) wrong("')' has no '(' before it");
    return std::move(regex_);
  }

 private:
  using Kind = RegexNode::Kind;

  bool at_end() const { return position_ >= pattern_.size(); }
  char peek() const { return at_end() ? '\0' : pattern_[position_]; }
  bool take(std::string_view text) {
    if (!pattern_.substr(position_).starts_with(text)) return false;
    position_ += text.size();
    return true;
  }

  [[noreturn]] void wrong(std::string_view what, ErrorCode code = ErrorCode::invalid_input) const {
    fail(code, "regular expression '{}', byte {}: {}", pattern_.substr(0, 100), position_, what);
  }

  std::uint32_t add(RegexNode node) {
    regex_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(regex_.nodes.size() - 1);
  }

  std::uint32_t alternatives(std::size_t depth) {
    if (depth > kDeepest) wrong("groups are nested too deep");
    std::vector<std::uint32_t> parts{sequence(depth)};
    while (take("|")) parts.push_back(sequence(depth));
    if (parts.size() == 1) return parts[0];
    return add({.kind = Kind::choice, .children = std::move(parts)});
  }

  std::uint32_t sequence(std::size_t depth) {
    std::vector<std::uint32_t> parts;
    while (!at_end() && peek() != '|' && peek() != ')') {
      std::uint32_t part = atom(depth);
      if (const auto count = repetition()) {
        const Kind kind = regex_.nodes[part].kind;
        if (kind == Kind::begin || kind == Kind::end) wrong("'^' and '$' can't be repeated");
        part = add({.kind = Kind::repeat, .children = {part}, .minimum = count->first, .maximum = count->second});
      }
      parts.push_back(part);
    }
    if (parts.size() == 1) return parts[0];
    return add({.kind = parts.empty() ? Kind::empty : Kind::sequence, .children = std::move(parts)});
  }

  std::uint32_t atom(std::size_t depth) {
    if (take("(")) return group(depth);
    if (take("[")) return add({.kind = Kind::set, .set = bracket_class()});
    if (take("^")) return add({.kind = Kind::begin});
    if (take("$")) return add({.kind = Kind::end});
    if (take(".")) return add({.kind = Kind::set, .set = regex_line_ends().complement()});
    if (take("\\")) return add({.kind = Kind::set, .set = escape(/*in_class=*/false)});
    const char c = peek();
    if (c == '*' || c == '+' || c == '?') wrong("a repetition has nothing before it");
    return add({.kind = Kind::set, .set = one(character())});
  }

  std::uint32_t group(std::size_t depth) {
    if (take("?=") || take("?!") || take("?<=") || take("?<!")) {
      wrong("look-ahead and look-behind aren't supported", ErrorCode::unsupported);
    }
    if (take("?<")) {
      while (!at_end() && peek() != '>') ++position_;
      if (!take(">")) wrong("a group's name has no closing '>'");
    } else if (!take("?:") && peek() == '?') {
      wrong("this kind of group isn't supported", ErrorCode::unsupported);
    }
    const std::uint32_t inside = alternatives(depth + 1);
    if (!take(")")) wrong("')' is missing");
    return inside;
  }

  static CodePointSet one(char32_t c) { return {{c, c}}; }

  char32_t character() {
    const Utf8Step step = decode_utf8(pattern_, position_);
    if (!step.valid) wrong("it isn't valid UTF-8");
    position_ += step.length;
    return step.code_point;
  }

  CodePointSet bracket_class() {
    CodePointSet set;
    const bool negated = take("^");
    while (!take("]")) {
      const CodePointSet first = class_member();
      const bool range = peek() == '-' && position_ + 1 < pattern_.size() && pattern_[position_ + 1] != ']';
      if (!range) {
        set.add(first);
        continue;
      }
      ++position_;
      const CodePointSet last = class_member();
      if (!is_single(first) || !is_single(last)) wrong("a range needs single characters at both ends");
      if (last.ranges()[0].first < first.ranges()[0].first) wrong("a range runs backwards");
      set.add(first.ranges()[0].first, last.ranges()[0].last);
    }
    return negated ? set.complement() : set;
  }

  CodePointSet class_member() {
    if (at_end()) wrong("a class of characters has no closing ']'");
    return take("\\") ? escape(/*in_class=*/true) : one(character());
  }

  static bool is_single(const CodePointSet& set) {
    return set.ranges().size() == 1 && set.ranges()[0].first == set.ranges()[0].last;
  }

  CodePointSet escape(bool in_class) {
    if (at_end()) wrong("it ends with a '\\'");
    if (const auto named = regex_class(peek())) {
      ++position_;
      return *named;
    }
    const char32_t c = character();
    if (c == 'p' || c == 'P') return property(c == 'P');
    if (c == 'b' && in_class) return one('\b');
    if (c == 'b' || c == 'B') wrong("word boundaries (\\b) aren't supported", ErrorCode::unsupported);
    if (c == 'k' || (c >= '1' && c <= '9')) wrong("back-references aren't supported", ErrorCode::unsupported);
    return one(single_escape(c));
  }

  char32_t single_escape(char32_t c) {
    switch (c) {
      case 't':
        return '\t';
      case 'n':
        return '\n';
      case 'v':
        return '\v';
      case 'f':
        return '\f';
      case 'r':
        return '\r';
      case '0':
        return 0;
      case 'c': {
        const char letter = peek();
        if (!((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))) wrong("'\\c' needs a letter");
        ++position_;
        return static_cast<char32_t>(letter % 32);
      }
      case 'x':
        return hexadecimal(2);
      case 'u':
        return unicode_escape();
      default:
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
          wrong("a letter after '\\' that means nothing", ErrorCode::unsupported);
        }
        return c;
    }
  }

  char32_t unicode_escape() {
    if (take("{")) {
      char32_t value = 0;
      std::size_t n_digits = 0;
      for (; !take("}"); ++n_digits) value = std::min<char32_t>(value * 16 + hexadecimal(1), 0x110000);
      if (n_digits == 0 || !is_character(value)) wrong("an escape names no Unicode character");
      return value;
    }
    const char32_t high = hexadecimal(4);
    if (high >= 0xD800 && high <= 0xDBFF && take("\\u")) {
      const char32_t low = hexadecimal(4);
      if (low >= 0xDC00 && low <= 0xDFFF) return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    if (!is_character(high)) wrong("an escape names no Unicode character");
    return high;
  }

  static bool is_character(char32_t c) { return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF); }

  char32_t hexadecimal(int n_digits) {
    char32_t value = 0;
    for (int i = 0; i < n_digits; ++i) {
      const char c = peek();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) wrong("a hexadecimal digit is expected");
      value = value * 16 + static_cast<char32_t>(digit);
      ++position_;
    }
    return value;
  }

  CodePointSet property(bool negated) {
    if (!take("{")) wrong("'\\p' needs a property in braces");
    const std::size_t end = pattern_.find('}', position_);
    if (end == std::string_view::npos) wrong("'\\p{' has no closing '}'");
    const auto set = regex_property(pattern_.substr(position_, end - position_));
    if (!set) wrong("this Unicode property isn't supported", ErrorCode::unsupported);
    position_ = end + 1;
    return negated ? set->complement() : *set;
  }

  std::optional<std::pair<std::uint32_t, std::uint32_t>> repetition() {
    std::pair<std::uint32_t, std::uint32_t> count;
    if (take("*")) {
      count = {0, RegexNode::kUnbounded};
    } else if (take("+")) {
      count = {1, RegexNode::kUnbounded};
    } else if (take("?")) {
      count = {0, 1};
    } else if (take("{")) {
      count = braces();
    } else {
      return std::nullopt;
    }
    (void)take("?");  // lazy: which match is found first doesn't change what matches
    return count;
  }

  std::pair<std::uint32_t, std::uint32_t> braces() {
    const std::uint32_t minimum = number();
    std::uint32_t maximum = minimum;
    if (take(",")) maximum = peek() == '}' ? RegexNode::kUnbounded : number();
    if (!take("}")) wrong("a repetition has no closing '}'");
    if (maximum < minimum) wrong("a repetition's numbers are the wrong way round");
    return {minimum, maximum};
  }

  std::uint32_t number() {
    if (!(peek() >= '0' && peek() <= '9')) wrong("a number is expected after '{' (write '\\{' for the character)");
    std::uint32_t value = 0;
    for (; peek() >= '0' && peek() <= '9'; ++position_) {
      value = value * 10 + static_cast<std::uint32_t>(peek() - '0');
      if (value > kMostRounds) wrong("a repetition has too many rounds");
    }
    return value;
  }

  std::string_view pattern_;
  std::size_t position_ = 0;
  Regex regex_;
};

}  // namespace

Regex parse_regex(std::string_view pattern) { return Parser(pattern).parse(); }

}  // namespace minnow::text
