// Remembers, while one text is encoded, where the ids of each word already seen are, so that words are merged once.
#pragma once

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text/tokenizer.hpp"

namespace minnow::text {

class WordCache {
 public:
  // Appends the ids of `word`, by `encode` the first time. Only that appends to `ids` while the cache is in use, and
  // what `word` refers to must outlive the cache.
  template <typename Encode>
  void append(std::string_view word, std::vector<TokenId>& ids, const Encode& encode) {
    const auto [entry, is_new] = places_.try_emplace(word, ids.size(), 0);
    auto& [begin, end] = entry->second;
    if (is_new) {
      encode(word);
      end = ids.size();
    } else {
      for (std::size_t i = begin; i < end; ++i) ids.push_back(ids[i]);
    }
  }

 private:
  std::unordered_map<std::string_view, std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace minnow::text
