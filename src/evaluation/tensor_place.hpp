// Which layer a tensor belongs to, by its name in a GGUF file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace minnow::evaluation {

// "blk.3.attn_q.weight" is of layer 3 and part "attn_q.weight".
struct TensorPlace {
  std::size_t layer = 0;
  std::string_view part{};  // empty: of no layer
};

inline TensorPlace place_of(std::string_view name, std::size_t n_layers) {
  constexpr std::string_view kBlock = "blk.";
  if (!name.starts_with(kBlock)) return {};
  const std::string_view rest = name.substr(kBlock.size());
  const std::string_view number = rest.substr(0, rest.find('.'));
  for (std::size_t i = 0; i < n_layers; ++i) {
    if (number == std::to_string(i) && number.size() < rest.size()) return {i, rest.substr(number.size() + 1)};
  }
  return {};
}

}  // namespace minnow::evaluation
