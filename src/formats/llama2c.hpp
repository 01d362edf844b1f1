// A llama2.c checkpoint (the first form of its .bin) and its tokenizer, as a model on its way to GGUF.
//
// The checkpoint is seven i32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len; a negative
// vocab_size says that the output matrix is its own) and then every matrix in f32, each kind for all layers in a row:
//
//   token embedding, attention norms, wq, wk, wv, wo, feed-forward norms, w1, w2, w3, final norm,
//   two tables of seq_len × head/2 that are no longer used, [output matrix]
//
// The tokenizer is i32 longest piece and then, per piece: f32 score, i32 length, bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/mapped_file.hpp"
#include "formats/converted_model.hpp"

namespace minnow::formats {

class Llama2cCheckpoint {
 public:
  // An empty `tokenizer` means tokenizer.bin or tok<vocabulary size>.bin beside the checkpoint.
  Llama2cCheckpoint(const std::filesystem::path& path, const std::filesystem::path& tokenizer);

  const std::filesystem::path& tokenizer() const { return tokenizer_; }  // the file that is read
  // Must not outlive the checkpoint.
  ConvertedModel describe() const;

 private:
  struct Sizes {
    std::uint64_t hidden, ffn, n_layers, n_heads, n_kv_heads, vocabulary, positions;
  };

  void read_sizes();
  std::vector<ConvertedTensor> tensors() const;

  MappedFile file_;
  std::string name_;
  Sizes sizes_{};
  bool tied_output_ = false;
  std::filesystem::path tokenizer_;
};

}  // namespace minnow::formats
