// Holds a model to a grammar, token by token.
//
//   auto grammar = std::make_shared<TokenGrammar>(parse_json_schema(schema), tokenizer, trie);  // shared
//   GrammarCursor cursor(grammar);                                                              // one per answer
//   while (!cursor.finished()) {
//     for (TokenId id : cursor.forced()) cursor.accept(id);  // no need of the model
//     TokenId id = choose(logits, cursor.allowed());
//     cursor.accept(id);
//   }
//
// Which tokens fit depends only on the grammar and the bytes so far, so answers stay reproducible.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "text/grammar/grammar.hpp"
#include "text/grammar/grammar_automaton.hpp"
#include "text/grammar/token_trie.hpp"
#include "text/tokenizer.hpp"

namespace minnow::text {

// A grammar over a vocabulary, with what has been found out about it so far. Any number of cursors, in any threads,
// share one; what they find out is kept within a bound of memory and found again when it has been dropped.
class TokenGrammar {
 public:
  static constexpr std::size_t kMemoryBytes = std::size_t{16} << 20;

  // `tokenizer` must outlive this; `trie` is of its vocabulary.
  TokenGrammar(Grammar grammar, const Tokenizer& tokenizer, std::shared_ptr<const TokenTrie> trie,
               std::size_t memory_bytes = kMemoryBytes);

 private:
  friend class GrammarCursor;

  // States and the tokens that fit them. Dropped as a whole, by whoever uses it last.
  struct Findings {
    explicit Findings(const Grammar& grammar) : automaton(grammar) {}
    GrammarAutomaton automaton;
    std::unordered_map<GrammarAutomaton::State, TokenSet> masks;
  };

  std::size_t memory_bytes(const Findings& findings) const;
  // Findings with room for more.
  std::shared_ptr<Findings> current();
  const TokenSet& mask(Findings& findings, GrammarAutomaton::State state) const;
  TokenSet find_mask(GrammarAutomaton& automaton, GrammarAutomaton::State state) const;
  std::vector<TokenId> tokenize(std::string_view text) const;
  bool may_go_on(GrammarAutomaton& automaton, GrammarAutomaton::State before, std::string_view token) const;

  const Grammar grammar_;
  const Tokenizer& tokenizer_;
  const std::shared_ptr<const TokenTrie> trie_;
  const std::size_t memory_limit_bytes_;
  std::mutex mutex_;  // guards the findings, all of them
  std::shared_ptr<Findings> current_;
};

// One answer under a grammar. A copy goes its own way from there. Belongs to one thread at a time.
//
// What the grammar may cost an answer is bounded, so that one that is hard to follow keeps no neighbour waiting: an
// answer begins with an allowance and gets some more with each token.
class GrammarCursor {
 public:
  static constexpr std::uint64_t kMostSteps = 600'000;     // of GrammarAutomaton, at once: some 50 ms
  static constexpr std::uint64_t kStepsPerToken = 60'000;  // and in the long run

  explicit GrammarCursor(std::shared_ptr<TokenGrammar> grammar);

  // The tokens that fit, the end of the answer among them where the text is complete; valid until the next accept().
  // Throws Error(unsupported) when the vocabulary has none, and as all that follows does Error(invalid_input) for a
  // grammar that is too ambiguous, or takes more than the allowance.
  std::span<const std::uint64_t> allowed();
  // The same in place: -infinity for what doesn't fit. `logits` may have more values than the vocabulary has tokens.
  void mask(std::span<float> logits);
  // Throws Error(invalid_input) for a token that doesn't fit, and then nothing has changed.
  void accept(TokenId token);
  // The tokens of the text that must come next, whatever the model says; often none. They are not accepted yet.
  // The last piece is left to the model when a longer token might stand there.
  std::vector<TokenId> forced();

  // Whether this is a control token that counts as text here.
  bool shows(TokenId token) const;
  // The text may end here.
  bool complete() const;
  // Nothing but the end can come.
  bool finished() const;

 private:
  std::shared_ptr<TokenGrammar> grammar_;
  std::shared_ptr<TokenGrammar::Findings> findings_;
  GrammarAutomaton::State state_;
  std::uint64_t allowance_ = kMostSteps;
  bool ended_ = false;
};

}  // namespace minnow::text
