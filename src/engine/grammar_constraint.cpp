#include "engine/grammar_constraint.hpp"

#include <fmt/format.h>

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

GrammarCache::Trie GrammarCache::trie(const std::vector<std::string>& markers) {
  std::vector<TokenId> shown;
  for (const std::string& marker : markers) {
    const auto id = tokenizer_.find(marker);
    if (id && tokenizer_.is_control(*id)) shown.push_back(*id);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [tokens, known] : tries_) {
    if (tokens == shown) return known;
  }
  return tries_.emplace_back(shown, std::make_shared<const text::TokenTrie>(tokenizer_, shown)).second;
}

std::shared_ptr<text::TokenGrammar> GrammarCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = std::find_if(recent_.begin(), recent_.end(), [&](const auto& one) { return one.first == key; });
  if (entry == recent_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, entry);
  return entry->second;
}

std::shared_ptr<text::TokenGrammar> GrammarCache::keep(const std::string& key, text::Grammar grammar, Trie trie) {
  auto made = std::make_shared<text::TokenGrammar>(std::move(grammar), tokenizer_, std::move(trie));
  const std::lock_guard lock(mutex_);
  recent_.emplace_front(key, made);
  if (recent_.size() > kMostGrammars) recent_.pop_back();
  return made;
}

// Nobody waits while a large grammar is made; at worst two threads make the same one.
std::shared_ptr<text::TokenGrammar> GrammarCache::get(const Constraint& constraint) {
  const std::string key = fmt::format("{}:{}", static_cast<int>(constraint.kind), constraint.source);
  if (auto known = find(key)) return known;
  return keep(key, grammar_of(constraint), trie({}));
}

std::shared_ptr<text::TokenGrammar> GrammarCache::get(const text::ToolDialect& dialect, const std::string& tools_json,
                                                      const text::ToolChoice& choice) {
  const std::string key = fmt::format("tools:{}:{}:{}:{}:{}:{}", static_cast<int>(dialect.layout), dialect.open,
                                      static_cast<int>(choice.kind), choice.name, choice.parallel, tools_json);
  if (auto known = find(key)) return known;
  return keep(key, text::tool_grammar(dialect, text::parse_tools(tools_json), choice), trie(dialect.markers));
}

}  // namespace minnow::engine
