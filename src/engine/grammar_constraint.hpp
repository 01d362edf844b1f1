// A TokenConstraint that follows a grammar, and the grammars of the public Constraint.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/token_constraint.hpp"
#include "minnow/constraint.hpp"
#include "text/grammar/token_grammar.hpp"
#include "text/tools/tool_dialect.hpp"

namespace minnow::engine {

class GrammarConstraint : public TokenConstraint {
 public:
  explicit GrammarConstraint(std::shared_ptr<text::TokenGrammar> grammar) : cursor_(std::move(grammar)) {}

  TokenMask allowed() override { return cursor_.allowed(); }
  void accept(TokenId token) override { cursor_.accept(token); }
  void jump(std::vector<TokenId>& tokens) override;
  bool finished() const override { return cursor_.finished(); }
  bool shows(TokenId token) const override { return cursor_.shows(token); }

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
  // Answers that may or must call tools, as this dialect writes calls. `tools_json` as parse_tools() reads it.
  std::shared_ptr<text::TokenGrammar> get(const text::ToolDialect& dialect, const std::string& tools_json,
                                          const text::ToolChoice& choice);

 private:
  using Trie = std::shared_ptr<const text::TokenTrie>;

  // `markers`: texts of control tokens that count as text.
  Trie trie(const std::vector<std::string>& markers);
  std::shared_ptr<text::TokenGrammar> find(const std::string& key);
  std::shared_ptr<text::TokenGrammar> keep(const std::string& key, text::Grammar grammar, Trie trie);

  const text::Tokenizer& tokenizer_;
  std::mutex mutex_;
  std::vector<std::pair<std::vector<TokenId>, Trie>> tries_;  // made when first asked for: that takes a moment
  std::list<std::pair<std::string, std::shared_ptr<text::TokenGrammar>>> recent_;  // the latest first
};

}  // namespace minnow::engine
