// Reads a text byte by byte and knows which bytes may follow: a pushdown automaton whose states are made when they are
// first reached and then kept, so that reading on is a look-up.
//
//   GrammarAutomaton automaton(grammar);
//   auto state = automaton.start();
//   for (unsigned char byte : text) state = automaton.next(state, byte);
//   if (automaton.is_complete(state)) …
//
// A state is the set of all places in the grammar the text so far can have led to, each with the stack of calls it
// came by. Stacks share their tails; equal stacks and equal states exist once. An automaton belongs to one thread at a
// time. Its states live as long as it does and memory_bytes() only grows: whoever reads without end starts a new one
// now and then and takes its state along with adopt().
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/grammar/grammar.hpp"

namespace minnow::text {

class GrammarAutomaton {
 public:
  using State = std::int32_t;
  static constexpr State kDead = -1;  // the text can't be continued into a match

  // What one state may cost at most; a grammar that needs more is too ambiguous and refused when it is run.
  static constexpr std::size_t kMostPlaces = 8192;
  static constexpr std::size_t kMostSteps = 200'000;
  static constexpr std::size_t kMostMemoryBytes = std::size_t{512} << 20;

  // `grammar` must outlive the automaton.
  explicit GrammarAutomaton(const Grammar& grammar);
  GrammarAutomaton(const GrammarAutomaton&) = delete;
  GrammarAutomaton& operator=(const GrammarAutomaton&) = delete;

  State start() const { return 0; }
  // Precondition: state isn't kDead. Throws Error(invalid_input) past the limits above.
  State next(State state, std::uint8_t byte) {
    const State known = transitions_[row(state) + grammar_->byte_class[byte]];
    return known != kUnknown ? known : make_transition(state, byte);
  }
  // What all transitions have cost so far. next() throws Error(invalid_input) where it would pass the limit, and can go
  // on from there once the limit is higher.
  std::uint64_t steps() const { return steps_; }
  void limit_steps(std::uint64_t most) { most_steps_ = most; }

  // The state after all of `text`, or kDead.
  State read(State state, std::string_view text);

  // The text so far is a match.
  bool is_complete(State state) const { return states_[static_cast<std::size_t>(state)].complete; }
  // No byte can follow.
  bool is_final(State state) const { return states_[static_cast<std::size_t>(state)].n_places == 0; }
  // The one byte that has to follow; no value when there is a choice, or the text may end here.
  std::optional<std::uint8_t> forced_byte(State state) const;
  // Any run of this many plain characters may follow: none of them a control character, '"' or '\'.
  std::uint32_t plain_characters(State state) const { return states_[static_cast<std::size_t>(state)].plain; }

  // No other plain characters may follow than plain_characters() says.
  bool plain_is_bounded(State state) const { return states_[static_cast<std::size_t>(state)].plain_bounded; }

  // The state of this automaton that stands for `state` of another one for the same grammar.
  State adopt(const GrammarAutomaton& other, State state);

  std::size_t n_states() const { return states_.size(); }
  std::size_t memory_bytes() const;

 private:
  static constexpr State kUnknown = -2;
  static constexpr std::uint32_t kNoFrame = 0;

  // What to do at the end of a rule or a round: go on at node.next, or count the round. Frame 0 is the empty stack.
  struct Frame {
    std::uint32_t node = 0;
    std::uint32_t count = 0;
    std::uint32_t parent = 0;
    bool operator==(const Frame&) const = default;
  };
  struct FrameHash {
    std::size_t operator()(const Frame& frame) const;
  };
  // A node that reads a byte, and the stack it was reached by.
  struct Place {
    std::uint32_t node = 0;
    std::uint32_t frame = kNoFrame;
    auto operator<=>(const Place&) const = default;
  };
  struct StateInfo {
    std::uint32_t first_place = 0;
    std::uint32_t n_places = 0;
    std::uint32_t plain = 0;
    bool plain_bounded = false;
    bool complete = false;
  };
  class Closure;

  std::size_t row(State state) const { return static_cast<std::size_t>(state) * grammar_->n_classes; }
  State make_transition(State state, std::uint8_t byte);
  State intern(std::vector<Place>& places, std::uint32_t plain, bool complete);
  std::uint32_t push(Frame frame);
  bool bounds_plain(const std::vector<Place>& places) const;
  void check_memory() const;

  void spend(std::uint64_t steps);

  const Grammar* grammar_;
  std::uint64_t steps_ = 0;
  std::uint64_t most_steps_ = std::numeric_limits<std::uint64_t>::max();
  std::vector<Frame> frames_;
  std::unordered_map<Frame, std::uint32_t, FrameHash> frame_numbers_;
  std::vector<Place> places_;
  std::vector<StateInfo> states_;
  std::unordered_multimap<std::size_t, State> state_numbers_;  // by hash of places
  std::vector<State> transitions_;                             // n_states × n_classes
  std::unique_ptr<Closure> closure_;

 public:
  ~GrammarAutomaton();
};

}  // namespace minnow::text
