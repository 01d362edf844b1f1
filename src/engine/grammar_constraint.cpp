#include "engine/grammar_constraint.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "text/grammar/gbnf.hpp"
#include "text/grammar/json_schema.hpp"
#include "text/grammar/regex_grammar.hpp"

namespace minnow::engine {

void GrammarConstraint::jump(std::vector<TokenId>& tokens) {
  for (const TokenId id : cursor_.forced()) {
    cursor_.accept(id);
    tokens.push_back(id);
  }
}

text::Grammar grammar_of(const Constraint& constraint) {
  switch (constraint.kind) {
    case Constraint::Kind::json_schema:
      return text::parse_json_schema(constraint.source);
    case Constraint::Kind::json_object:
      return text::json_object_grammar();
    case Constraint::Kind::grammar:
      return text::parse_gbnf(constraint.source);
    case Constraint::Kind::regex:
      return text::regex_grammar(constraint.source);
    case Constraint::Kind::none:
      break;
  }
  fail(ErrorCode::internal, "an answer without a constraint has no grammar");
}

std::shared_ptr<const text::TokenTrie> GrammarCache::trie() {
  const std::lock_guard lock(mutex_);
  if (!trie_) trie_ = std::make_shared<const text::TokenTrie>(tokenizer_);
  return trie_;
}

std::shared_ptr<text::TokenGrammar> GrammarCache::find(const Constraint& constraint) {
  const std::lock_guard lock(mutex_);
  const auto entry =
      std::find_if(recent_.begin(), recent_.end(), [&](const auto& one) { return one.first == constraint; });
  if (entry == recent_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, entry);
  return entry->second;
}

std::shared_ptr<text::TokenGrammar> GrammarCache::get(const Constraint& constraint) {
  if (auto known = find(constraint)) return known;
  // Nobody waits while a large grammar is made; at worst two threads make the same one.
  auto grammar = make(grammar_of(constraint));
  const std::lock_guard lock(mutex_);
  recent_.emplace_front(constraint, grammar);
  if (recent_.size() > kMostGrammars) recent_.pop_back();
  return grammar;
}

std::shared_ptr<text::TokenGrammar> GrammarCache::make(text::Grammar grammar) {
  return std::make_shared<text::TokenGrammar>(std::move(grammar), tokenizer_, trie());
}

}  // namespace minnow::engine
