#include "text/grammar/token_grammar.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kLongestForcedBytes = 4096;

// Calls fits(node, state after its byte) for every node the grammar can follow, until one says false.
template <typename Fits>
void walk(GrammarAutomaton& automaton, GrammarAutomaton::State start, std::span<const TokenTrie::Node> nodes,
          Fits&& fits) {
  if (nodes.empty()) return;
  const std::size_t root = nodes.front().depth;
  std::vector<GrammarAutomaton::State> states{start};  // by depth
  for (std::size_t i = 0; i < nodes.size();) {
    const TokenTrie::Node& node = nodes[i];
    const std::size_t depth = node.depth - root;
    const GrammarAutomaton::State next = automaton.next(states[depth], node.byte);
    if (next == GrammarAutomaton::kDead) {
      i += node.size;
      continue;
    }
    if (!fits(node)) return;
    if (states.size() <= depth + 1) states.resize(depth + 2);
    states[depth + 1] = next;
    ++i;
  }
}

// While it lives, an automaton's steps are taken off an allowance and end with it.
class Spending {
 public:
  Spending(GrammarAutomaton& automaton, std::uint64_t& allowance)
      : automaton_(automaton), allowance_(allowance), before_(automaton.steps()) {
    automaton.limit_steps(before_ + allowance);
  }
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;
  ~Spending() {
    allowance_ -= std::min(allowance_, automaton_.steps() - before_);
    automaton_.limit_steps(std::numeric_limits<std::uint64_t>::max());
  }

 private:
  GrammarAutomaton& automaton_;
  std::uint64_t& allowance_;
  std::uint64_t before_;
};

// Where a longer token would be the usual spelling: inside words and numbers, before what follows a space, and after
// JSON's separators, where '":"' often is one token.
bool joins_what_follows(char last) {
  const auto byte = static_cast<unsigned char>(last);
  return byte >= 0x80 || byte == ' ' || byte == ':' || byte == ',' || byte == '\n' || byte == '\t' ||
         (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

}  // namespace

TokenGrammar::TokenGrammar(Grammar grammar, const Tokenizer& tokenizer, std::shared_ptr<const TokenTrie> trie,
                           std::size_t memory_bytes)
    : grammar_(std::move(grammar)),
      tokenizer_(tokenizer),
      trie_(std::move(trie)),
      memory_limit_bytes_(memory_bytes),
      current_(std::make_shared<Findings>(grammar_)) {}

std::size_t TokenGrammar::memory_bytes(const Findings& findings) const {
  return findings.automaton.memory_bytes() + findings.masks.size() * trie_->n_words() * sizeof(std::uint64_t);
}

std::shared_ptr<TokenGrammar::Findings> TokenGrammar::current() {
  if (memory_bytes(*current_) > memory_limit_bytes_) current_ = std::make_shared<Findings>(grammar_);
  return current_;
}

const TokenSet& TokenGrammar::mask(Findings& findings, GrammarAutomaton::State state) const {
  const auto known = findings.masks.find(state);
  if (known != findings.masks.end()) return known->second;
  return findings.masks.emplace(state, find_mask(findings.automaton, state)).first->second;
}

TokenSet TokenGrammar::find_mask(GrammarAutomaton& automaton, GrammarAutomaton::State state) const {
  // Inside a string nearly every token fits: those are known beforehand, and only the others are looked at.
  const std::uint32_t plain = automaton.plain_characters(state);
  const bool any_plain = plain >= TokenTrie::kLongestPlain || (plain > 0 && automaton.plain_is_bounded(state));
  TokenSet set = any_plain ? trie_->plain_tokens(plain) : TokenSet(trie_->n_words());
  walk(automaton, state, any_plain ? trie_->other_nodes() : trie_->all_nodes(), [&](const TokenTrie::Node& node) {
    for (const TokenId id : any_plain ? trie_->tokens_of_other(node) : trie_->tokens_of_all(node)) add_token(set, id);
    return true;
  });
  if (automaton.is_complete(state)) {
    for (const TokenId id : trie_->end_tokens()) add_token(set, id);
  }
  if (std::all_of(set.begin(), set.end(), [](std::uint64_t word) { return word == 0; })) {
    fail(ErrorCode::unsupported, "no token of this model's vocabulary can continue the text as its grammar wants");
  }
  return set;
}

std::vector<TokenId> TokenGrammar::tokenize(std::string_view text) const {
  std::vector<TokenId> ids = tokenizer_.encode(text, {.add_special = false, .parse_special = false});
  std::string spelled;
  for (const TokenId id : ids) spelled += trie_->bytes(id);
  if (spelled == text) return ids;
  // The tokenizer adds to its texts, or has tokens here that a grammar may not use: take the longest that fit.
  ids.clear();
  while (!text.empty()) {
    const TokenId id = trie_->longest_beginning(text);
    if (id < 0) break;
    ids.push_back(id);
    text.remove_prefix(trie_->bytes(id).size());
  }
  return ids;
}

// Whether a token that is longer than this one, and begins like it, fits in its place.
bool TokenGrammar::may_go_on(GrammarAutomaton& automaton, GrammarAutomaton::State before,
                             std::string_view token) const {
  bool found = false;
  walk(automaton, automaton.read(before, token), trie_->longer_than(token), [&](const TokenTrie::Node& node) {
    found = !trie_->tokens_of_all(node).empty();
    return !found;
  });
  return found;
}

GrammarCursor::GrammarCursor(std::shared_ptr<TokenGrammar> grammar) : grammar_(std::move(grammar)) {
  const std::lock_guard lock(grammar_->mutex_);
  findings_ = grammar_->current();
  state_ = findings_->automaton.start();
}

std::span<const std::uint64_t> GrammarCursor::allowed() {
  const std::lock_guard lock(grammar_->mutex_);
  const Spending spending(findings_->automaton, allowance_);
  return grammar_->mask(*findings_, state_);
}

void GrammarCursor::mask(std::span<float> logits) {
  const std::span<const std::uint64_t> set = allowed();
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (i / 64 >= set.size() || !has_token(set, static_cast<TokenId>(i))) logits[i] = kNever;
  }
}

void GrammarCursor::accept(TokenId token) {
  const std::lock_guard lock(grammar_->mutex_);
  allowance_ = std::min(allowance_ + kStepsPerToken, kMostSteps);
  const TokenTrie& trie = *grammar_->trie_;
  const bool known = token >= 0 && static_cast<std::size_t>(token) < trie.vocabulary_size();
  const auto& ends = trie.end_tokens();
  if (std::find(ends.begin(), ends.end(), token) != ends.end() && findings_->automaton.is_complete(state_)) {
    ended_ = true;
    return;
  }
  GrammarAutomaton::State next = GrammarAutomaton::kDead;
  if (known && !ended_ && !trie.bytes(token).empty()) {
    const Spending spending(findings_->automaton, allowance_);
    next = findings_->automaton.read(state_, trie.bytes(token));
  }
  if (next == GrammarAutomaton::kDead) {
    fail(ErrorCode::invalid_input, "the token {} doesn't fit the grammar here", token);
  }
  state_ = next;
  // Whoever finds the memory full goes on with new findings; the old ones go when the last has left them.
  std::shared_ptr<TokenGrammar::Findings> current = grammar_->current();
  if (current != findings_) {
    state_ = current->automaton.adopt(findings_->automaton, state_);
    findings_ = std::move(current);
  }
}

std::vector<TokenId> GrammarCursor::forced() {
  const std::lock_guard lock(grammar_->mutex_);
  GrammarAutomaton& automaton = findings_->automaton;
  const Spending spending(automaton, allowance_);
  std::string text;
  GrammarAutomaton::State state = state_;
  while (text.size() < kLongestForcedBytes) {
    const auto byte = automaton.forced_byte(state);
    if (!byte) break;
    text.push_back(static_cast<char>(*byte));
    state = automaton.next(state, *byte);
  }
  if (text.empty()) return {};
  std::vector<TokenId> ids = grammar_->tokenize(text);
  if (ids.empty()) return {};
  if (automaton.is_complete(state) && automaton.is_final(state)) return ids;
  const std::string& last = grammar_->trie_->bytes(ids.back());
  if (joins_what_follows(last.back())) {
    GrammarAutomaton::State before = state_;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) before = automaton.read(before, grammar_->trie_->bytes(ids[i]));
    if (grammar_->may_go_on(automaton, before, last)) ids.pop_back();
  }
  return ids;
}

bool GrammarCursor::shows(TokenId token) const {
  return grammar_->tokenizer_.is_control(token) && !grammar_->trie_->bytes(token).empty();
}

bool GrammarCursor::complete() const {
  const std::lock_guard lock(grammar_->mutex_);
  return findings_->automaton.is_complete(state_);
}

bool GrammarCursor::finished() const {
  const std::lock_guard lock(grammar_->mutex_);
  return ended_ || (findings_->automaton.is_complete(state_) && findings_->automaton.is_final(state_));
}

}  // namespace minnow::text
