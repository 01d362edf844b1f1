#include <utility>

#include "base/error.hpp"
#include "text/tokenizer.hpp"
#include "text/tokenizer_bpe.hpp"
#include "text/tokenizer_sentencepiece.hpp"
#include "text/tokenizer_wordpiece.hpp"

namespace minnow::text {

std::unique_ptr<Tokenizer> make_tokenizer(TokenizerSpec spec) {
  if (spec.model == "llama") return std::make_unique<SentencePieceTokenizer>(std::move(spec));
  if (spec.model == "gpt2") return std::make_unique<ByteLevelTokenizer>(std::move(spec));
  if (spec.model == "gemma4") return std::make_unique<SpacedBpeTokenizer>(std::move(spec));
  if (spec.model == "bert") return std::make_unique<WordPieceTokenizer>(std::move(spec));
  fail(ErrorCode::unsupported,
       "tokenizer: the algorithm \"{}\" (tokenizer.ggml.model) is not one of llama, gpt2, gemma4, bert", spec.model);
}

}  // namespace minnow::text
