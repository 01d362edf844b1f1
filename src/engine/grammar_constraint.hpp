// A TokenConstraint that follows a grammar, and the grammars of the public Constraint.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/token_constraint.hpp"
#include "minnow/constraint.hpp"
#include "text/grammar/token_grammar.hpp"

namespace minnow::engine {

class GrammarConstraint : public TokenConstraint {
 public:
  explicit GrammarConstraint(std::shared_ptr<text::TokenGrammar> grammar) : cursor_(std::move(grammar)) {}

  TokenMask allowed() override { return cursor_.allowed(); }
  void accept(TokenId token) override { cursor_.accept(token); }
  void jump(std::vector<TokenId>& tokens) override;
  bool finished() const override { return cursor_.finished(); }

 private:
  text::GrammarCursor cursor_;
};

// Throws Error(invalid_input) or Error(unsupported) for a source that can't be followed.
text::Grammar grammar_of(const Constraint& constraint);

// The grammars a model was lately asked for, ready to use, so that the requests of many clients share what one of them
// found out. Any number of threads may ask.
class GrammarCache {
 public:
  static constexpr std::size_t kMostGrammars = 6;

  // `tokenizer` must outlive this and every grammar it gave out.
  explicit GrammarCache(const text::Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  std::shared_ptr<text::TokenGrammar> get(const Constraint& constraint);
  // A grammar made elsewhere over the same vocabulary; it is not kept.
  std::shared_ptr<text::TokenGrammar> make(text::Grammar grammar);

 private:
  std::shared_ptr<const text::TokenTrie> trie();
  std::shared_ptr<text::TokenGrammar> find(const Constraint& constraint);

  const text::Tokenizer& tokenizer_;
  std::mutex mutex_;
  std::shared_ptr<const text::TokenTrie> trie_;  // made when first asked for: it takes a moment and some memory
  std::list<std::pair<Constraint, std::shared_ptr<text::TokenGrammar>>> recent_;  // the latest first
};

}  // namespace minnow::engine
