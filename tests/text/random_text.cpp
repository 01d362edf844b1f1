#include "random_text.hpp"

#include <fstream>
#include <sstream>

#include "test_data.hpp"
#include "text/unicode.hpp"

namespace minnow::testing {
namespace {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}
  std::uint64_t next(std::uint64_t below) {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % below;
  }

 private:
  std::uint64_t state_;
};

// "\u00AD;" becomes the character.
std::string unescape(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\u") != 0) {
      out.push_back(text[i]);
      continue;
    }
    const std::size_t end = text.find(';', i);
    text::append_utf8(out, static_cast<char32_t>(std::stoul(text.substr(i + 2, end - i - 2), nullptr, 16)));
    i = end;
  }
  return out;
}

}  // namespace

RandomTexts::RandomTexts() {
  std::ifstream in(golden("tokenizers/text_parts.txt"), std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    if (word == "group") groups_.emplace_back();
    if (word == "text") groups_.back().emplace_back(unescape(rest));
    if (word == "range") {
      std::uint32_t first = 0, last = 0;
      std::istringstream(rest) >> std::hex >> first >> last;
      groups_.back().emplace_back(Range{first, last});
    }
  }
}

std::string RandomTexts::text(std::uint64_t number) const {
  SplitMix64 random(number);
  std::string out;
  for (std::uint64_t parts = 1 + random.next(12); parts > 0; --parts) {
    const auto& group = groups_[random.next(groups_.size())];
    for (std::uint64_t items = 1 + random.next(6); items > 0; --items) {
      const Item& item = group[random.next(group.size())];
      if (const auto* fixed = std::get_if<std::string>(&item)) {
        out += *fixed;
      } else {
        const auto [first, last] = std::get<Range>(item);
        text::append_utf8(out, static_cast<char32_t>(first + random.next(last - first + 1)));
      }
    }
  }
  return out;
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t value = 0xCBF29CE484222325;
  for (const char byte : bytes) value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return value;
}

std::uint64_t fnv1a(const std::vector<std::uint32_t>& numbers) {
  std::string bytes;
  for (const std::uint32_t number : numbers) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(number >> shift));
  }
  return fnv1a(bytes);
}

}  // namespace minnow::testing
