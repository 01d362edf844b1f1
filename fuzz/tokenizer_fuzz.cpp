// A vocabulary and a text from the same bytes. Whatever they are: one clear Error or ids of the vocabulary, and
// decoding at once and piece by piece give the same valid text.
//
// Input: one byte of switches, then vocabulary lines (a type digit and the token, or 'm' and a merge), then after the
// first NUL the text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "minnow/error.hpp"
#include "text/byte_level.hpp"
#include "text/stream_decoder.hpp"
#include "text/tokenizer.hpp"
#include "text/unicode.hpp"

namespace {

using namespace minnow::text;

constexpr const char* kModels[] = {"llama", "gpt2", "gemma4", "bert"};
constexpr const char* kPreTokenizers[] = {"gpt-2",  "llama-bpe",    "qwen2",          "gpt-4o",
                                          "tekken", "deepseek-llm", "deepseek-coder", "default"};

void require(bool condition) {
  if (!condition) std::abort();
}

void add_line(TokenizerSpec& spec, std::string_view line) {
  if (line.empty()) return;
  if (line[0] == 'm') {
    spec.merges.emplace_back(line.substr(1));
    return;
  }
  spec.tokens.emplace_back(line.substr(1));
  spec.types.push_back(static_cast<TokenType>(1 + static_cast<unsigned char>(line[0]) % 6));
  if (spec.model == "llama") spec.scores.push_back(static_cast<float>(spec.tokens.size() * 7919 % 101));
}

TokenizerSpec spec_from(std::uint8_t switches, std::string_view vocabulary) {
  TokenizerSpec spec;
  spec.model = kModels[switches & 3];
  spec.pre = kPreTokenizers[(switches >> 2) & 7];
  spec.add_space_prefix = (switches & 0x20) != 0;
  spec.strip_after_special = (switches & 0x40) != 0;
  for (int byte = 0; spec.model == "gpt2" && (switches & 0x80) != 0 && byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    spec.tokens.push_back(to_byte_level({&raw, 1}));
    spec.types.push_back(TokenType::normal);
  }
  while (!vocabulary.empty()) {
    const std::size_t end = std::min(vocabulary.find('\n'), vocabulary.size() - 1);
    add_line(spec, vocabulary.substr(0, vocabulary[end] == '\n' ? end : end + 1));
    vocabulary.remove_prefix(end + 1);
  }
  return spec;
}

void exercise(const Tokenizer& tokenizer, std::string_view text) {
  for (const bool parse_special : {true, false}) {
    const auto ids = tokenizer.encode(text, {.add_special = true, .parse_special = parse_special});
    StreamDecoder stream(tokenizer, true);
    std::string streamed;
    for (const TokenId id : ids) {
      require(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabulary_size());
      streamed += stream.add(id);
    }
    streamed += stream.finish();
    require(is_valid_utf8(streamed));
    require(streamed == tokenizer.decode(ids));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  const std::string_view text = end < bytes.size() ? bytes.substr(end + 1) : std::string_view();
  try {
    exercise(*make_tokenizer(spec_from(data[0], bytes.substr(0, end))), text);
  } catch (const minnow::Error&) {
  }
  return 0;
}
