#include "text/grammar/gbnf.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "text/grammar/grammar_builder.hpp"
#include "text/unicode.hpp"

namespace minnow::text {
namespace {

constexpr std::uint32_t kMostRounds = 1'000'000;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

class Parser {
 public:
  Parser(std::string_view source, const GrammarLimits& limits) : source_(source), limits_(limits), builder_(limits) {}

  Grammar parse() {
    if (source_.size() > limits_.source_bytes) {
      fail(ErrorCode::invalid_input, "grammar: {} bytes are too many; at most {} are allowed", source_.size(),
           limits_.source_bytes);
    }
    skip_space(true);
    while (!at_end()) {
      parse_rule();
      skip_space(true);
    }
    const auto root = rules_.find("root");
    if (root == rules_.end() || !builder_.is_defined(root->second)) {
      fail(ErrorCode::invalid_input, "grammar: there is no rule named 'root'");
    }
    return builder_.build(root->second);
  }

 private:
  using Part = GrammarBuilder::Part;

  bool at_end() const { return position_ >= source_.size(); }
  char peek() const { return at_end() ? '\0' : source_[position_]; }
  bool take(char c) {
    if (at_end() || source_[position_] != c) return false;
    ++position_;
    return true;
  }

  template <typename... Args>
  [[noreturn]] void wrong(fmt::format_string<Args...> sentence, Args&&... args) const {
    const auto line = 1 + std::count(source_.begin(), source_.begin() + static_cast<std::ptrdiff_t>(position_), '\n');
    fail(ErrorCode::invalid_input, "grammar, line {}: {}", line, fmt::format(sentence, std::forward<Args>(args)...));
  }

  void skip_space(bool newlines) {
    for (; !at_end(); ++position_) {
      const char c = peek();
      if (c == '#') {
        position_ = std::min(source_.find('\n', position_), source_.size()) - 1;
      } else if (c != ' ' && c != '\t' && !(newlines && (c == '\n' || c == '\r'))) {
        return;
      }
    }
  }

  std::string_view name() {
    const std::size_t begin = position_;
    while (is_name(peek())) ++position_;
    if (position_ == begin) wrong("a rule's name is expected here");
    return source_.substr(begin, position_ - begin);
  }

  GrammarBuilder::Rule rule_named(std::string_view text) {
    const auto found = rules_.find(text);
    if (found != rules_.end()) return found->second;
    const GrammarBuilder::Rule rule = builder_.declare(std::string(text));
    rules_.emplace(text, rule);
    return rule;
  }

  void parse_rule() {
    const std::string_view rule_name = name();
    const GrammarBuilder::Rule rule = rule_named(rule_name);
    if (builder_.is_defined(rule)) wrong("the rule '{}' is defined twice", rule_name);
    skip_space(false);
    if (!source_.substr(position_).starts_with("::=")) wrong("'::=' is expected after the name '{}'", rule_name);
    position_ += 3;
    skip_space(true);
    builder_.define(rule, alternatives(0));
    if (!at_end() && peek() != '\n' && peek() != '\r') wrong("'{}' isn't expected here", peek());
  }

  Part alternatives(std::size_t depth) {
    if (depth > limits_.nesting) wrong("groups are nested more than {} deep", limits_.nesting);
    std::vector<Part> parts{sequence(depth)};
    while (take('|')) {
      skip_space(true);
      parts.push_back(sequence(depth));
    }
    return builder_.choice(std::move(parts));
  }

  Part sequence(std::size_t depth) {
    std::vector<Part> parts;
    for (;;) {
      std::optional<Part> one = element(depth);
      if (!one) break;
      skip_space(depth > 0);
      while (auto count = repetition()) {
        one = builder_.repeat(*one, count->first, count->second);
        skip_space(depth > 0);
      }
      parts.push_back(*one);
    }
    return builder_.sequence(std::move(parts));
  }

  std::optional<Part> element(std::size_t depth) {
    const char c = peek();
    if (take('"')) return literal();
    if (take('[')) return character_class();
    if (take('.')) return builder_.characters(CodePointSet::all());
    if (take('(')) {
      skip_space(true);
      const Part group = alternatives(depth + 1);
      if (!take(')')) wrong("')' is missing");
      return group;
    }
    if (is_name(c)) return builder_.rule(rule_named(name()));
    if (c == '*' || c == '+' || c == '?' || c == '{') wrong("'{}' has nothing before it to repeat", c);
    if (c == '<' || c == '!') wrong("tokens named in a grammar ('{}') aren't supported; write their text", c);
    return std::nullopt;
  }

  Part literal() {
    std::string text;
    while (!take('"')) {
      if (at_end() || peek() == '\n') wrong("a literal has no closing '\"'");
      append_utf8(text, character());
    }
    return builder_.literal(text);
  }

  Part character_class() {
    CodePointSet set;
    const bool negated = take('^');
    while (!take(']')) {
      if (at_end()) wrong("a class of characters has no closing ']'");
      const char32_t first = character();
      char32_t last = first;
      const bool range = peek() == '-' && position_ + 1 < source_.size() && source_[position_ + 1] != ']';
      if (range) {
        ++position_;
        last = character();
      }
      if (last < first) wrong("a range of characters runs backwards");
      set.add(first, last);
    }
    return builder_.characters(negated ? set.complement() : set);
  }

  char32_t character() {
    if (take('\\')) return escape();
    const Utf8Step step = decode_utf8(source_, position_);
    if (!step.valid) wrong("the grammar isn't valid UTF-8");
    position_ += step.length;
    return step.code_point;
  }

  char32_t escape() {
    const char c = peek();
    ++position_;
    switch (c) {
      case 'x':
        return hexadecimal(2);
      case 'u':
        return hexadecimal(4);
      case 'U':
        return hexadecimal(8);
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'n':
        return '\n';
      case '\\':
      case '"':
      case '[':
      case ']':
      case '-':
      case '^':
        return static_cast<char32_t>(c);
      default:
        --position_;
        wrong("'\\{}' is no escape", c);
    }
  }

  char32_t hexadecimal(int n_digits) {
    char32_t value = 0;
    for (int i = 0; i < n_digits; ++i) {
      const char c = peek();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) wrong("an escape needs {} hexadecimal digits", n_digits);
      value = value * 16 + static_cast<char32_t>(digit);
      ++position_;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) wrong("an escape names no Unicode character");
    return value;
  }

  std::optional<std::pair<std::uint32_t, std::uint32_t>> repetition() {
    constexpr std::uint32_t kEndless = GrammarRepeat::kUnbounded;
    if (take('*')) return {{0, kEndless}};
    if (take('+')) return {{1, kEndless}};
    if (take('?')) return {{0, 1}};
    if (!take('{')) return std::nullopt;
    skip_space(false);
    const std::uint32_t minimum = number();
    std::uint32_t maximum = minimum;
    skip_space(false);
    if (take(',')) {
      skip_space(false);
      maximum = peek() == '}' ? kEndless : number();
      skip_space(false);
    }
    if (!take('}')) wrong("a repetition has no closing '}}'");
    if (maximum < minimum) wrong("a repetition of {} to {} times makes no sense", minimum, maximum);
    return {{minimum, maximum}};
  }

  std::uint32_t number() {
    std::uint32_t value = 0;
    const std::size_t begin = position_;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + static_cast<std::uint32_t>(peek() - '0');
      if (value > kMostRounds) wrong("a repetition of more than {} times isn't supported", kMostRounds);
      ++position_;
    }
    if (position_ == begin) wrong("a number is expected in a repetition");
    return value;
  }

  std::string_view source_;
  GrammarLimits limits_;
  GrammarBuilder builder_;
  std::map<std::string, GrammarBuilder::Rule, std::less<>> rules_;
  std::size_t position_ = 0;
};

}  // namespace

Grammar parse_gbnf(std::string_view source, const GrammarLimits& limits) { return Parser(source, limits).parse(); }

}  // namespace minnow::text
