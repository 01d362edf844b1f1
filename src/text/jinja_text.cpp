#include "text/jinja_text.hpp"

#include <algorithm>

namespace minnow::text::jinja {

namespace {

constexpr char32_t kStrayByte = 0xDC00;

// The length of the sequence that `lead` opens, 0 for a byte that opens none.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_line_end(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Where the code point that ends before `end` starts.
std::size_t previous_start(std::string_view text, std::size_t end) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, end); ++length) {
    std::size_t position = end - length;
    next_code_point(text, position);
    if (position == end) {
      // A stray continuation byte reads as itself; a longer sequence that ends here is the real one.
      if (length > 1 || static_cast<unsigned char>(text[end - 1]) < 0x80) return end - length;
    }
  }
  return end - 1;
}

template <typename Strip>
std::string_view strip_where(std::string_view text, Side side, Strip strip) {
  std::size_t first = 0;
  std::size_t last = text.size();
  while (side != Side::right && first < last) {
    std::size_t next = first;
    const char32_t c = next_code_point(text, next);
    if (!strip(c)) break;
    first = next;
  }
  while (side != Side::left && first < last) {
    const std::size_t start = previous_start(text, last);
    std::size_t next = start;
    const char32_t c = next_code_point(text, next);
    if (!strip(c)) break;
    last = start;
  }
  return text.substr(first, last - first);
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[position + offset]); };
  const unsigned char lead = byte(0);
  const std::size_t length = sequence_length(lead);
  const auto stray = [&] {
    ++position;
    return kStrayByte + lead;
  };
  if (length == 1) {
    ++position;
    return lead;
  }
  if (length == 0 || position + length > text.size()) return stray();
  char32_t code_point = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return stray();
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code_point < kSmallest[length] || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
    return stray();
  }
  position += length;
  return code_point;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (c >= kStrayByte + 0x80 && c <= kStrayByte + 0xFF) return put(c - kStrayByte);
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
    }
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t position = 0; position < text.size(); ++count) next_code_point(text, position);
  return count;
}

std::size_t byte_offset(std::string_view text, std::size_t index) {
  std::size_t position = 0;
  while (index > 0 && position < text.size()) {
    next_code_point(text, position);
    --index;
  }
  return position;
}

std::vector<std::string_view> split_code_points(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t start = position;
    next_code_point(text, position);
    pieces.push_back(text.substr(start, position - start));
  }
  return pieces;
}

std::string_view strip_space(std::string_view text, Side side) { return strip_where(text, side, is_space); }

std::string_view strip_any_of(std::string_view text, std::string_view characters, Side side) {
  std::vector<char32_t> set;
  for (std::size_t position = 0; position < characters.size();) set.push_back(next_code_point(characters, position));
  std::sort(set.begin(), set.end());
  return strip_where(text, side, [&](char32_t c) { return std::binary_search(set.begin(), set.end(), c); });
}

std::vector<std::string_view> split_space(std::string_view text, std::size_t max_splits) {
  std::vector<std::string_view> words;
  std::string_view rest = strip_space(text, Side::left);
  while (!rest.empty()) {
    if (words.size() == max_splits) {
      words.push_back(strip_space(rest, Side::right));
      break;
    }
    std::size_t end = 0;
    for (std::size_t next = 0; end < rest.size() && !is_space(next_code_point(rest, next));) end = next;
    words.push_back(rest.substr(0, end));
    rest = strip_space(rest.substr(end), Side::left);
  }
  return words;
}

std::vector<std::string_view> split_space_from_right(std::string_view text, std::size_t max_splits) {
  std::vector<std::string_view> words;
  std::string_view rest = strip_space(text, Side::right);
  while (!rest.empty()) {
    if (words.size() == max_splits) {
      words.push_back(strip_space(rest, Side::left));
      break;
    }
    std::size_t start = rest.size();
    while (start > 0) {
      const std::size_t before = previous_start(rest, start);
      std::size_t next = before;
      if (is_space(next_code_point(rest, next))) break;
      start = before;
    }
    words.push_back(rest.substr(start));
    rest = strip_space(rest.substr(0, start), Side::right);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends) {
  std::vector<std::string_view> lines;
  std::size_t start = 0;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t end = position;
    const char32_t c = next_code_point(text, position);
    if (!is_line_end(c)) continue;
    if (c == '\r' && position < text.size() && text[position] == '\n') ++position;
    lines.push_back(text.substr(start, (keep_ends ? position : end) - start));
    start = position;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

}  // namespace minnow::text::jinja
