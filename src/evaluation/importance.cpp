#include "evaluation/importance.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/loaded_model.hpp"
#include "evaluation/observe_passages.hpp"

namespace minnow::evaluation {
namespace {

using models::MatrixInput;

// The tensors that multiply what was observed; a model has those of them that its file holds.
std::vector<std::string> tensors_of(MatrixInput input, std::size_t layer) {
  const std::string block = "blk." + std::to_string(layer) + ".";
  switch (input) {
    case MatrixInput::attention:
      return {block + "attn_q.weight", block + "attn_k.weight", block + "attn_v.weight", block + "attn_qkv.weight"};
    case MatrixInput::attention_output:
      return {block + "attn_output.weight"};
    case MatrixInput::feed_forward:
      return {block + "ffn_gate.weight", block + "ffn_up.weight"};
    case MatrixInput::down:
      return {block + "ffn_down.weight"};
    case MatrixInput::output:
      return {"output.weight", "token_embd.weight"};
  }
  return {};
}

class SumsOfSquares : public models::InputObserver {
 public:
  void observe(MatrixInput input, std::size_t layer, const float* x, std::size_t n_tokens, std::size_t cols) override {
    Sums& sums = sums_[{input, layer}];
    sums.columns.resize(cols);
    sums.count += n_tokens;
    for (std::size_t token = 0; token < n_tokens; ++token, x += cols) {
      for (std::size_t i = 0; i < cols; ++i) sums.columns[i] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
  }

  void move_to(const formats::GgufFile& file, formats::Importance& importance) const {
    for (const auto& [key, sums] : sums_) {
      for (std::string& name : tensors_of(key.first, key.second)) {
        const bool is_lookup = name == "token_embd.weight" && file.find("output.weight") != nullptr;
        if (file.find(name) == nullptr || is_lookup) continue;
        importance.set(std::move(name), {.sum_of_squares = std::vector<float>(sums.columns.begin(), sums.columns.end()),
                                         .counts = {static_cast<float>(sums.count)}});
      }
    }
  }

 private:
  struct Sums {
    std::vector<double> columns;
    std::size_t count = 0;
  };
  std::map<std::pair<MatrixInput, std::size_t>, Sums> sums_;
};

}  // namespace

formats::Importance gather_importance(const Model& model, std::string_view text, const ImportanceOptions& options) {
  const std::vector<Passage> passages = passages_of(model, text, options.passages);
  SumsOfSquares sums;
  observe_passages(model, passages, options.passages.context, models::Logits::all, sums, options.progress);
  formats::Importance importance;
  sums.move_to(engine::loaded_model(model)->file(), importance);
  importance.chunk_count = passages.size();
  importance.chunk_size = options.passages.context;
  return importance;
}

}  // namespace minnow::evaluation
