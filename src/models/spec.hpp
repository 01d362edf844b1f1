// How a model family differs from the plain decoder: a value that the forward pass reads.
//
// A new family is a reader of tens of lines that fills this from a file's metadata (families/), never another
// forward pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace minnow::models {

enum class Norm : std::uint8_t { rms, layer };
enum class Activation : std::uint8_t { silu_gate, gelu_tanh_gate, gelu_tanh };
enum class RopeLayout : std::uint8_t { none, interleaved, half };  // "none": learned positions
enum class RopeScaling : std::uint8_t { none, linear, yarn, longrope };

// llama3's scaling needs no word here: files carry it as one factor per pair (rope_freqs.weight), as they carry
// longrope's (rope_factors_short.weight, rope_factors_long.weight).
struct RopeSpec {
  RopeLayout layout = RopeLayout::interleaved;
  std::size_t n_dims = 0;  // values of a head that are rotated; the rest passes through
  double base = 10000;
  RopeScaling scaling = RopeScaling::none;
  double factor = 1;                 // linear, yarn
  std::size_t original_context = 0;  // yarn, longrope
  double attention_factor = 1;       // multiplies cos and sin, on top of yarn's own
  double yarn_beta_fast = 32;
  double yarn_beta_slow = 1;
};

// What may differ from layer to layer.
struct LayerSpec {
  std::size_t n_heads = 0;
  std::size_t n_kv_heads = 0;
  std::size_t ffn_size = 0;
  std::size_t sliding_window = 0;  // 0: sees everything; else the last `sliding_window` positions, itself included
  bool local_rope = false;         // uses DecoderSpec::local_rope (gemma3's sliding layers)
};

struct DecoderSpec {
  std::string architecture;  // "llama", "qwen2", …
  std::string name;          // general.name
  std::size_t vocabulary_size = 0;
  std::size_t embedding_size = 0;
  std::size_t context_length = 0;  // trained; 0 when the file doesn't say
  std::size_t key_size = 0;        // per head
  std::size_t value_size = 0;
  std::vector<LayerSpec> layers;

  Norm norm = Norm::rms;
  float norm_epsilon = 1e-5f;
  bool qk_norm = false;     // queries and keys of each head are normed before they are rotated
  bool post_norms = false;  // what attention and feed-forward give is normed before it is added
  Activation activation = Activation::silu_gate;
  RopeSpec rope;
  RopeSpec local_rope;
  float attention_scale = 0;     // on q·k, usually 1/sqrt(key_size)
  float attention_soft_cap = 0;  // 0: none
  float final_soft_cap = 0;      // 0: none
  float embedding_scale = 1;
  bool parallel_residual = false;  // attention and FFN read the same normed input
  bool learned_positions = false;
  bool tied_output = false;

  // The largest over all layers: what buffers are made for.
  std::size_t max_heads() const;
  std::size_t max_kv_heads() const;
  std::size_t max_ffn_size() const;
  bool has_local_rope() const;
};

}  // namespace minnow::models
