#include "models/decoder.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "models/adapter.hpp"
#include "models/device_split.hpp"
#include "models/forward_pass.hpp"
#include "models/scratch.hpp"
#include "models/spec_reader.hpp"
#include "models/weight_pack.hpp"
#include "models/weights.hpp"

namespace minnow::models {
namespace {

void check_slice(const DecoderSpec& spec, const Slice& slice) {
  const KvCache& cache = *slice.cache;
  const std::size_t end = cache.size() + slice.tokens.size();
  if (slice.tokens.empty()) fail(ErrorCode::invalid_input, "there are no tokens to evaluate");
  if (end > cache.capacity()) {
    fail(ErrorCode::context_full, "{} tokens come after {} and the context holds {}", slice.tokens.size(), cache.size(),
         cache.capacity());
  }
  if (spec.learned_positions && end > spec.context_length) {
    fail(ErrorCode::context_full, "{} tokens come after {} and this model has learned {} positions",
         slice.tokens.size(), cache.size(), spec.context_length);
  }
  for (const TokenId id : slice.tokens) {
    if (id >= 0 && static_cast<std::size_t>(id) < spec.vocabulary_size) continue;
    fail(ErrorCode::invalid_input, "there is no token {}: the vocabulary has {}", id, spec.vocabulary_size);
  }
}

// Checks everything, then gives each token its place. Caches get room, and keep their contents.
std::span<const TokenPlace> place_tokens(const DecoderSpec& spec, std::span<const Slice> slices, Scratch& scratch) {
  std::size_t n_tokens = 0;
  for (const Slice& slice : slices) {
    check_slice(spec, slice);
    const std::size_t rank = slice.adapter != nullptr ? slice.adapter->max_rank() : 0;
    if (rank > 0 && (!scratch.adapters || scratch.adapters->max_rank < rank)) {
      fail(ErrorCode::internal, "there is no scratch memory for an adapter of rank {}", rank);
    }
    n_tokens += slice.tokens.size();
  }
  if (n_tokens > scratch.max_tokens()) {
    fail(ErrorCode::internal, "{} tokens at once, and the scratch memory is for {}", n_tokens, scratch.max_tokens());
  }
  for (const Slice& slice : slices) slice.cache->make_room(slice.tokens.size());
  TokenPlace* place = scratch.places.data();
  for (const Slice& slice : slices) {
    std::size_t position = slice.cache->size();
    for (const TokenId id : slice.tokens)
      *place++ = {.cache = slice.cache, .adapter = slice.adapter, .position = position++, .id = id};
  }
  return {scratch.places.data(), n_tokens};
}

// Contexts beyond the one a longrope model was first trained on use other frequencies. The capacity decides, not the
// length so far, so that a cache never holds keys of both kinds.
const RopeFrequencies& frequencies(const ForwardPass& pass, const KvCache& cache) {
  const RopeSpec& rope = pass.spec.rope;
  const bool beyond = rope.scaling == RopeScaling::longrope && cache.capacity() > rope.original_context;
  return beyond ? pass.weights.long_rope : pass.weights.rope;
}

void embed(const ForwardPass& pass, std::size_t token, float* x) {
  const TokenPlace& place = pass.tokens[token];
  const Weights& weights = pass.weights;
  const auto row = static_cast<std::size_t>(place.id);
  const std::size_t size = pass.spec.embedding_size;
  if (pass.spec.tied_output) {
    weights.output.matrix.decode_row(row, x);
  } else {
    weights.token_embedding.read(row, x);
  }
  if (pass.spec.embedding_scale != 1) pass.kernels.scale(pass.spec.embedding_scale, size, x);
  if (!pass.spec.learned_positions) return;
  float* position = pass.scratch.normed.data() + token * size;  // free until the first norm
  weights.position_embedding.read(place.position, position);
  pass.kernels.add(position, size, x);
}

void embed_all(const ForwardPass& pass) {
  pass.pool.run(pass.tokens.size(), [&](std::size_t token) {
    embed(pass, token, pass.scratch.residual.data() + token * pass.spec.embedding_size);
  });
}

// The cosines and sines of each token's position.
void find_rotations(const ForwardPass& pass) {
  const DecoderSpec& spec = pass.spec;
  Scratch& scratch = pass.scratch;
  pass.pool.run(pass.tokens.size(), [&](std::size_t token) {
    const TokenPlace& place = pass.tokens[token];
    if (spec.rope.layout != RopeLayout::none) {
      fill_cos_sin(frequencies(pass, *place.cache), place.position, scratch.rope.data() + token * spec.rope.n_dims);
    }
    if (scratch.local_rope.size() > 0) {
      fill_cos_sin(pass.weights.local_rope, place.position, scratch.local_rope.data() + token * spec.local_rope.n_dims);
    }
  });
}

// Norms the rows whose logits are wanted, one after another into `normed`, and says how many there are.
std::size_t norm_wanted(const ForwardPass& pass, std::span<const Slice> slices) {
  const std::size_t size = pass.spec.embedding_size;
  std::size_t n_rows = 0;
  std::size_t end = 0;
  for (const Slice& slice : slices) {
    const std::size_t begin = end;
    end += slice.tokens.size();
    if (slice.logits == Logits::none) continue;
    for (std::size_t token = slice.logits == Logits::all ? begin : end - 1; token < end; ++token, ++n_rows) {
      norm(pass, pass.weights.output_norm, pass.scratch.residual.data() + token * size,
           pass.scratch.normed.data() + n_rows * size);
    }
  }
  return n_rows;
}

// Of normed rows.
void predict(const ForwardPass& pass, const float* rows, std::size_t n_rows, float* logits) {
  if (n_rows == 0) return;
  const Linear& output = pass.weights.output;
  set_input(pass, MatrixInput::output, 0, rows, n_rows, pass.spec.embedding_size);
  pass.multiply(pass.scratch.activations, {{&output.matrix, logits}});
  if (output.bias.size() == 0 && pass.spec.final_soft_cap == 0) return;
  pass.pool.run(n_rows, [&](std::size_t row) {
    float* y = logits + row * pass.spec.vocabulary_size;
    add_bias(pass, output.bias, y);
    if (pass.spec.final_soft_cap != 0) pass.kernels.soft_cap(pass.spec.final_soft_cap, pass.spec.vocabulary_size, y);
  });
}

struct Loaded {
  std::unique_ptr<const formats::PackFile> pack;  // null: packed in memory
  std::unique_ptr<const Weights> weights;
  bool is_new = false;  // the pack was made just now
};

// No weights when there is no pack, or it isn't one of this model after all.
Loaded load_from_pack(const std::filesystem::path& path, const DecoderSpec& spec, ModelIdentity& identity,
                      const kernels::KernelTable& kernels, ThreadPool& pool, bool verify) {
  auto opened = open_pack(path, identity, kernels, pool, verify);
  if (!opened) return {};
  try {
    auto pack = std::make_unique<const formats::PackFile>(std::move(*opened));
    TensorReader tensors(identity.file(), kernels, pool, /*progress=*/{}, {.pack = pack.get()});
    auto weights = std::make_unique<const Weights>(load_weights(spec, tensors));
    return {.pack = std::move(pack), .weights = std::move(weights)};
  } catch (const Error&) {  // a pack that lacks a matrix is made anew; what is wrong with the model is said then
    return {};
  }
}

Loaded load_packed(const DecoderSpec& spec, const formats::GgufFile& file, const kernels::KernelTable& kernels,
                   ThreadPool& pool, const Decoder::Progress& progress, const PackOptions& options) {
  if (const auto path = pack_path(file, kernels, options); !path.empty()) {
    ModelIdentity identity(file);
    if (Loaded loaded = load_from_pack(path, spec, identity, kernels, pool, options.verify); loaded.weights) {
      return loaded;
    }
    if (build_pack(path, spec, identity, kernels, pool, progress)) {
      Loaded loaded = load_from_pack(path, spec, identity, kernels, pool, options.verify);
      loaded.is_new = true;
      if (loaded.weights) return loaded;
    }
  }
  TensorReader tensors(file, kernels, pool, progress);
  return {.pack = nullptr, .weights = std::make_unique<const Weights>(load_weights(spec, tensors))};
}

}  // namespace

Decoder Decoder::load(const formats::GgufFile& file, const kernels::KernelTable& kernels, ThreadPool& pool,
                      const Progress& progress, const PackOptions& options) {
  DecoderSpec spec = read_spec(file);
  Loaded loaded = load_packed(spec, file, kernels, pool, progress, options);
  Decoder decoder(std::move(spec), std::move(loaded.pack), std::move(loaded.weights), kernels);
  if (loaded.is_new) {
    decoder.set_split(tuned_split(decoder, pool));
    store_split(*decoder.pack(), pack_path(file, kernels, options), decoder.split(), kernels, pool);
  } else if (decoder.pack() != nullptr) {
    decoder.set_split(stored_split(*decoder.pack(), kernels, pool));
  }
  return decoder;
}

Decoder::Decoder(DecoderSpec spec, std::unique_ptr<const formats::PackFile> pack,
                 std::unique_ptr<const Weights> weights, const kernels::KernelTable& kernels)
    : spec_(std::move(spec)), pack_(std::move(pack)), weights_(std::move(weights)), kernels_(&kernels) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

std::uint64_t Decoder::weights_bytes() const { return weights_->bytes; }
std::uint64_t Decoder::mapped_bytes() const { return weights_->mapped_bytes; }

ForwardPass Decoder::pass_over(std::span<const TokenPlace> tokens, std::size_t n_rows, Scratch& scratch,
                               ThreadPool& pool) const {
  pool.limit(n_rows == 1 && split_.decode_threads > 0 ? split_.decode_threads : pool.size());
  return {spec_, *weights_, *kernels_, scratch, pool, split_.work, tokens};
}

ForwardPass Decoder::begin(std::span<const Slice> slices, Scratch& scratch, ThreadPool& pool) const {
  const auto tokens = place_tokens(spec_, slices, scratch);
  return pass_over(tokens, tokens.size(), scratch, pool);
}

void Decoder::forward(std::span<const Slice> slices, float* logits, Scratch& scratch, ThreadPool& pool) const {
  const ForwardPass pass = begin(slices, scratch, pool);
  embed_all(pass);
  pass_layers(pass);
  predict(pass, scratch.normed.data(), norm_wanted(pass, slices), logits);
  for (const Slice& slice : slices) slice.cache->grow(slice.tokens.size());
}

void Decoder::forward_from(std::size_t first_layer, const float* residual, std::span<const Slice> slices, float* logits,
                           Scratch& scratch, ThreadPool& pool) const {
  const ForwardPass pass = begin(slices, scratch, pool);
  std::copy_n(residual, pass.tokens.size() * spec_.embedding_size, scratch.residual.data());
  pass_layers(pass, first_layer);
  predict(pass, scratch.normed.data(), norm_wanted(pass, slices), logits);
  for (const Slice& slice : slices) slice.cache->grow(slice.tokens.size());
}

void Decoder::hidden(std::span<const Slice> slices, float* rows, Scratch& scratch, ThreadPool& pool) const {
  const ForwardPass pass = begin(slices, scratch, pool);
  embed_all(pass);
  pass_layers(pass);
  const std::size_t size = spec_.embedding_size;
  pool.run(pass.tokens.size(), [&](std::size_t token) {
    norm(pass, weights_->output_norm, scratch.residual.data() + token * size, rows + token * size);
  });
  for (const Slice& slice : slices) slice.cache->grow(slice.tokens.size());
}

void Decoder::logits_of(const float* rows, std::size_t n_rows, float* logits, Scratch& scratch,
                        ThreadPool& pool) const {
  predict(pass_over({}, n_rows, scratch, pool), rows, n_rows, logits);
}

void Decoder::pass_layers(const ForwardPass& pass, std::size_t first_layer) const {
  const auto show_residual = [&](std::size_t layer) {
    if (pass.scratch.observer == nullptr) return;
    pass.scratch.observer->observe_residual(layer, pass.scratch.residual.data(), pass.tokens.size(),
                                            spec_.embedding_size);
  };
  find_rotations(pass);
  for (std::size_t layer = first_layer; layer < spec_.layers.size(); ++layer) {
    show_residual(layer);
    attention(pass, layer);
    feed_forward(pass, layer);
  }
  show_residual(spec_.layers.size());
}

}  // namespace minnow::models
