#pragma once
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include "text/tokenizer.hpp"
namespace minnow::testing {
inline text::TokenizerSpec read_vocabulary(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string d((std::istreambuf_iterator<char>(in)), {});
  std::size_t p = 8;
  auto u32 = [&] {
    std::uint32_t v;
    std::memcpy(&v, d.data() + p, 4);
    p += 4;
    return v;
  };
  auto u64 = [&] {
    std::uint64_t v;
    std::memcpy(&v, d.data() + p, 8);
    p += 8;
    return v;
  };
  auto str = [&] {
    auto n = u64();
    std::string s = d.substr(p, n);
    p += n;
    return s;
  };
  u64();
  auto n = u64();
  text::TokenizerSpec s;
  const int size[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  while (n-- > 0) {
    auto key = str();
    auto type = u32();
    auto opt = [&](std::string_view k) { return key == "tokenizer.ggml." + std::string(k); };
    if (type == 9) {
      auto et = u32();
      auto c = u64();
      for (std::uint64_t i = 0; i < c; ++i) {
        if (et == 8) {
          auto v = str();
          if (opt("tokens")) s.tokens.push_back(v);
          if (opt("merges")) s.merges.push_back(v);
        } else {
          if (opt("scores")) {
            float f;
            std::memcpy(&f, d.data() + p, 4);
            s.scores.push_back(f);
          }
          if (opt("token_type")) s.types.push_back(static_cast<text::TokenType>(d[p]));
          p += static_cast<std::size_t>(size[et]);
        }
      }
    } else if (type == 8) {
      auto v = str();
      if (opt("model")) s.model = v;
      if (opt("pre")) s.pre = v;
    } else {
      std::int32_t v = 0;
      std::memcpy(&v, d.data() + p, std::min(4, size[type]));
      p += static_cast<std::size_t>(size[type]);
      if (opt("bos_token_id")) s.bos = v;
      if (opt("eos_token_id")) s.eos = v;
      if (opt("unknown_token_id")) s.unknown = v;
      if (opt("cls_token_id")) s.cls = v;
      if (opt("seperator_token_id")) s.separator = v;
      if (opt("add_bos_token")) s.add_bos = v != 0;
      if (opt("add_eos_token")) s.add_eos = v != 0;
      if (opt("add_space_prefix")) s.add_space_prefix = v != 0;
    }
  }
  return s;
}
}  // namespace minnow::testing
