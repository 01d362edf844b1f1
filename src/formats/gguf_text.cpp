#include "formats/gguf_text.hpp"

namespace minnow::formats {

std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "'";
  for (const unsigned char byte : text.substr(0, kLongest)) {
    if (byte >= 0x20 && byte < 0x7f) {
      out += static_cast<char>(byte);
    } else {
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  if (text.size() > kLongest) out += "…";
  return out + "'";
}

}  // namespace minnow::formats
