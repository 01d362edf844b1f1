// Someone who watches what matrices multiply: how statistics of activations are gathered.
//
// Scratch::observer is null but for that, and then a forward pass pays one comparison per group of products and per
// layer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace minnow::models {

// Matrices of a layer that multiply the same values.
enum class MatrixInput : std::uint8_t {
  attention,         // query, key and value
  attention_output,  //
  feed_forward,      // gate and up
  down,              //
  output,            // of the whole model; `layer` is 0
};

class InputObserver {
 public:
  virtual ~InputObserver() = default;
  // x[n_tokens][cols] is about to be multiplied. One call at a time, from the thread that called forward().
  virtual void observe(MatrixInput input, std::size_t layer, const float* x, std::size_t n_tokens,
                       std::size_t cols) = 0;
  // x[n_tokens][cols] is the residual stream that enters `layer`; with the number of layers: what leaves the last one.
  virtual void observe_residual(std::size_t /*layer*/, const float* /*x*/, std::size_t /*n_tokens*/,
                                std::size_t /*cols*/) {}
};

}  // namespace minnow::models
