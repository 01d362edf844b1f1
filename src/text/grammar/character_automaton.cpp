#include "text/grammar/character_automaton.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "text/unicode.hpp"

namespace minnow::text {
namespace {

// Numbers pairs of states in the order in which they are found.
class PairStates {
 public:
  std::uint32_t number(std::uint32_t a, std::uint32_t b) {
    const std::uint64_t key = (static_cast<std::uint64_t>(a) << 32) | b;
    const auto [at, is_new] = numbers_.try_emplace(key, static_cast<std::uint32_t>(pairs_.size()));
    if (is_new) pairs_.emplace_back(a, b);
    return at->second;
  }
  std::size_t size() const { return pairs_.size(); }
  std::pair<std::uint32_t, std::uint32_t> operator[](std::size_t i) const { return pairs_[i]; }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

}  // namespace

std::uint32_t CharacterAutomaton::add_state(bool accepting) {
  if (accepting_.size() >= kMostStates) {
    fail(ErrorCode::unsupported, "a regular expression with these lengths needs more than {} states", kMostStates);
  }
  accepting_.push_back(accepting);
  steps_.insert(steps_.end(), classes_.size(), kDead);
  return static_cast<std::uint32_t>(accepting_.size() - 1);
}

CharacterAutomaton CharacterAutomaton::all() {
  CharacterAutomaton result;
  result.classes_ = {CodePointSet::all()};
  result.add_state(true);
  result.steps_[0] = 0;
  return result;
}

CharacterAutomaton CharacterAutomaton::texts(const std::vector<std::string>& texts) {
  CharacterAutomaton result;
  std::map<char32_t, std::size_t> class_of;
  CodePointSet rest = CodePointSet::all();
  for (const std::string& text : texts) {
    for (const char32_t c : Characters(text).code_points) class_of.try_emplace(c, 0);
  }
  for (auto& [c, number] : class_of) {
    number = result.classes_.size();
    result.classes_.push_back({{c, c}});
  }
  CodePointSet named;
  for (const auto& [c, number] : class_of) named.add(c, c);
  result.classes_.push_back(named.complement());
  result.add_state(false);
  for (const std::string& text : texts) {
    std::uint32_t state = 0;
    for (const char32_t c : Characters(text).code_points) {
      const std::size_t at = state * result.classes_.size() + class_of.at(c);
      if (result.steps_[at] == kDead) {
        const std::uint32_t target = result.add_state(false);
        result.steps_[at] = target;
      }
      state = result.steps_[at];
    }
    result.accepting_[state] = true;
  }
  return result;
}

CharacterAutomaton CharacterAutomaton::intersection(const CharacterAutomaton& other) const {
  CharacterAutomaton result;
  std::vector<std::pair<std::size_t, std::size_t>> origins;
  for (std::size_t a = 0; a < classes_.size(); ++a) {
    for (std::size_t b = 0; b < other.classes_.size(); ++b) {
      CodePointSet both = classes_[a].intersection(other.classes_[b]);
      if (both.empty()) continue;
      result.classes_.push_back(std::move(both));
      origins.emplace_back(a, b);
    }
  }
  PairStates states;
  states.number(0, 0);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto [a, b] = states[i];
    result.add_state(accepting_[a] && other.accepting_[b]);
    for (std::size_t c = 0; c < origins.size(); ++c) {
      const std::uint32_t to_a = step(a, origins[c].first);
      const std::uint32_t to_b = other.step(b, origins[c].second);
      if (to_a == kDead || to_b == kDead) continue;
      result.steps_[i * origins.size() + c] = states.number(to_a, to_b);
    }
  }
  result.trim();
  return result;
}

CharacterAutomaton CharacterAutomaton::complement() const {
  CharacterAutomaton result = *this;
  const std::uint32_t sink = result.add_state(false);
  for (std::uint32_t& target : result.steps_) {
    if (target == kDead) target = sink;
  }
  result.accepting_.flip();
  return result;
}

CharacterAutomaton CharacterAutomaton::with_length(std::uint32_t minimum, std::uint32_t maximum) const {
  if (minimum == 0 && maximum == kUnbounded) return *this;
  CharacterAutomaton result;
  result.classes_ = classes_;
  // Beyond the last length that matters, counting stops.
  const std::uint32_t most = maximum == kUnbounded ? minimum : maximum;
  PairStates states;
  states.number(0, 0);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto [state, length] = states[i];
    result.add_state(accepting_[state] && length >= minimum);
    const bool full = length == most;
    if (full && maximum != kUnbounded) continue;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (step(state, c) == kDead) continue;
      result.steps_[i * classes_.size() + c] = states.number(step(state, c), full ? length : length + 1);
    }
  }
  result.trim();
  return result;
}

void CharacterAutomaton::trim() {
  std::vector<std::vector<std::uint32_t>> sources(n_states());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i] != kDead) sources[steps_[i]].push_back(static_cast<std::uint32_t>(i / classes_.size()));
  }
  std::vector<bool> alive = accepting_;
  std::vector<std::uint32_t> work;
  for (std::uint32_t state = 0; state < n_states(); ++state) {
    if (alive[state]) work.push_back(state);
  }
  while (!work.empty()) {
    const std::uint32_t state = work.back();
    work.pop_back();
    for (const std::uint32_t source : sources[state]) {
      if (alive[source]) continue;
      alive[source] = true;
      work.push_back(source);
    }
  }
  for (std::uint32_t& target : steps_) {
    if (target != kDead && !alive[target]) target = kDead;
  }
}

bool CharacterAutomaton::matches(std::string_view text) const {
  std::uint32_t state = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step character = decode_utf8(text, i);
    if (!character.valid) return false;
    i += character.length;
    std::size_t c = 0;
    while (!classes_[c].contains(character.code_point)) ++c;
    state = step(state, c);
    if (state == kDead) return false;
  }
  return accepting_[state];
}

bool CharacterAutomaton::empty() const {
  CharacterAutomaton copy = *this;
  copy.trim();
  return !copy.accepting_[0] &&
         std::all_of(copy.steps_.begin(), copy.steps_.begin() + static_cast<std::ptrdiff_t>(classes_.size()),
                     [](std::uint32_t target) { return target == kDead; });
}

bool CharacterAutomaton::universal(std::uint32_t state) const {
  if (!accepting_[state]) return false;
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    if (step(state, c) != state) return false;
  }
  return true;
}

}  // namespace minnow::text
