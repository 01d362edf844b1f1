#include "text/grammar/grammar_automaton.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "base/error.hpp"

namespace minnow::text {
namespace {

constexpr std::uint32_t kEndlessPlain = 0xFFFFFFFF;
constexpr std::size_t kDeepest = 250;        // calls entered before a byte is read
constexpr std::size_t kTransitionSteps = 4;  // what a transition costs beside the steps of its closure,
constexpr std::size_t kPlacesPerStep = 8;    // and how many places can be looked at in the time of one

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

}  // namespace

std::size_t GrammarAutomaton::FrameHash::operator()(const Frame& frame) const {
  return mix(mix(mix(1, frame.node), frame.count), frame.parent);
}

// Follows everything that reads no byte, from some nodes to the places where the next byte is read.
class GrammarAutomaton::Closure {
 public:
  explicit Closure(GrammarAutomaton& automaton) : automaton_(automaton), grammar_(*automaton.grammar_) {}

  void clear() {
    work_.clear();  // which is left from what was given up
    places.clear();
    plain = 0;
    complete = false;
    seen_.clear();
  }

  void add(std::uint32_t node, std::uint32_t frame) {
    visit({node, frame, 0});
    while (!work_.empty()) {
      const Item item = work_.back();
      work_.pop_back();
      step(item);
    }
  }

  std::vector<Place> places;
  std::uint32_t plain = 0;
  bool complete = false;

 private:
  struct Item {
    std::uint32_t node;
    std::uint32_t frame;
    std::uint32_t fresh;  // how many of the topmost frames were pushed since the last byte
    bool operator==(const Item&) const = default;
  };
  struct ItemHash {
    std::size_t operator()(const Item& item) const { return mix(mix(item.fresh, item.node), item.frame); }
  };

  void visit(const Item& item) {
    if (!seen_.insert(item).second) return;
    automaton_.spend(1);
    if (seen_.size() > kMostSteps) {
      fail(ErrorCode::invalid_input, "the grammar is too ambiguous: more than {} steps for one byte", kMostSteps);
    }
    work_.push_back(item);
  }

  void step(const Item& item) {
    const GrammarNode& node = grammar_.nodes[item.node];
    switch (node.kind) {
      case GrammarNode::Kind::bytes:
        places.push_back({item.node, item.frame});
        break;
      case GrammarNode::Kind::choice:
        for (const std::uint32_t alternative : grammar_.alternatives(node)) {
          visit({alternative, item.frame, item.fresh});
        }
        break;
      case GrammarNode::Kind::call:
        // A call that is the last thing its rule does needs no frame to come back to.
        if (grammar_.nodes[node.next].kind == GrammarNode::Kind::done) {
          visit({node.argument, item.frame, item.fresh});
        } else {
          visit({node.argument, automaton_.push({item.node, 0, item.frame}), deeper(item.fresh)});
        }
        break;
      case GrammarNode::Kind::repeat:
        begin_round(item.node, 0, item.frame, item.fresh);
        break;
      case GrammarNode::Kind::done:
        come_back(item);
        break;
    }
  }

  void come_back(const Item& item) {
    if (item.frame == kNoFrame) {
      complete = true;
      return;
    }
    const Frame frame = automaton_.frames_[item.frame];
    const std::uint32_t fresh = item.fresh > 0 ? item.fresh - 1 : 0;
    if (grammar_.nodes[frame.node].kind == GrammarNode::Kind::call) {
      visit({grammar_.nodes[frame.node].next, frame.parent, fresh});
    } else if (item.fresh == 0) {  // a round that read nothing doesn't count
      begin_round(frame.node, frame.count + 1, frame.parent, 0);
    }
  }

  // `count` rounds are done.
  void begin_round(std::uint32_t node_number, std::uint32_t count, std::uint32_t frame, std::uint32_t fresh) {
    const GrammarNode& node = grammar_.nodes[node_number];
    const GrammarRepeat& repeat = grammar_.repeats[node.argument];
    if (count >= repeat.minimum) visit({node.next, frame, fresh});
    if (count >= repeat.maximum) return;
    const bool endless = repeat.maximum == GrammarRepeat::kUnbounded;
    if (repeat.takes_plain_characters) plain = std::max(plain, endless ? kEndlessPlain : repeat.maximum - count);
    // Without a maximum only reaching the minimum matters, and states repeat from there on.
    const std::uint32_t counted = endless ? std::min(count, repeat.minimum) : count;
    visit({repeat.body, automaton_.push({node_number, counted, frame}), deeper(fresh)});
  }

  std::uint32_t deeper(std::uint32_t fresh) {
    if (fresh < kDeepest) return fresh + 1;
    fail(ErrorCode::invalid_input, "the grammar enters more than {} rules before it reads a byte", kDeepest);
  }

  GrammarAutomaton& automaton_;
  const Grammar& grammar_;
  std::vector<Item> work_;
  std::unordered_set<Item, ItemHash> seen_;
};

GrammarAutomaton::GrammarAutomaton(const Grammar& grammar)
    : grammar_(&grammar), frames_(1), closure_(std::make_unique<Closure>(*this)) {
  closure_->clear();
  closure_->add(grammar.root, kNoFrame);
  intern(closure_->places, closure_->plain, closure_->complete);
}

GrammarAutomaton::~GrammarAutomaton() = default;

std::uint32_t GrammarAutomaton::push(Frame frame) {
  const auto [at, is_new] = frame_numbers_.try_emplace(frame, static_cast<std::uint32_t>(frames_.size()));
  if (is_new) frames_.push_back(frame);
  return at->second;
}

void GrammarAutomaton::spend(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ <= most_steps_) return;
  fail(ErrorCode::invalid_input, "the grammar takes too long to follow: the text so far can be read in too many ways");
}

GrammarAutomaton::State GrammarAutomaton::make_transition(State state, std::uint8_t byte) {
  const StateInfo info = states_[static_cast<std::size_t>(state)];
  closure_->clear();
  spend(kTransitionSteps + info.n_places / kPlacesPerStep);
  for (std::uint32_t i = 0; i < info.n_places; ++i) {
    const Place place = places_[info.first_place + i];
    const GrammarNode& node = grammar_->nodes[place.node];
    if (grammar_->byte_sets[node.argument].test(byte)) closure_->add(node.next, place.frame);
  }
  const State target = intern(closure_->places, closure_->plain, closure_->complete);
  transitions_[row(state) + grammar_->byte_class[byte]] = target;
  return target;
}

GrammarAutomaton::State GrammarAutomaton::intern(std::vector<Place>& places, std::uint32_t plain, bool complete) {
  if (places.empty() && !complete) return kDead;
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  if (places.size() > kMostPlaces) {
    fail(ErrorCode::invalid_input, "the grammar is too ambiguous: the text so far can be read in more than {} ways",
         kMostPlaces);
  }
  std::uint64_t hash = complete ? 1 : 0;
  for (const Place& place : places) hash = mix(mix(hash, place.node), place.frame);
  const auto [first, last] = state_numbers_.equal_range(hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    const StateInfo& info = states_[static_cast<std::size_t>(candidate->second)];
    if (info.complete == complete && info.n_places == places.size() &&
        std::equal(places.begin(), places.end(), places_.begin() + info.first_place)) {
      return candidate->second;
    }
  }
  check_memory();
  const auto state = static_cast<State>(states_.size());
  states_.push_back({.first_place = static_cast<std::uint32_t>(places_.size()),
                     .n_places = static_cast<std::uint32_t>(places.size()),
                     .plain = plain,
                     .plain_bounded = bounds_plain(places),
                     .complete = complete});
  places_.insert(places_.end(), places.begin(), places.end());
  transitions_.insert(transitions_.end(), grammar_->n_classes, kUnknown);
  state_numbers_.emplace(hash, state);
  return state;
}

// Every place is inside a repetition of plain characters, or takes none.
bool GrammarAutomaton::bounds_plain(const std::vector<Place>& places) const {
  static const ByteSet kNotPlain = [] {
    ByteSet set;
    for (std::size_t byte = 0; byte < 0x20; ++byte) set.set(byte);
    return set.set('"').set('\\');
  }();
  return std::all_of(places.begin(), places.end(), [&](const Place& place) {
    const GrammarNode& round = grammar_->nodes[frames_[place.frame].node];
    if (place.frame != kNoFrame && round.kind == GrammarNode::Kind::repeat &&
        grammar_->repeats[round.argument].takes_plain_characters) {
      return true;
    }
    return (grammar_->byte_sets[grammar_->nodes[place.node].argument] & ~kNotPlain).none();
  });
}

GrammarAutomaton::State GrammarAutomaton::read(State state, std::string_view text) {
  for (const char byte : text) {
    if (state == kDead) break;
    state = next(state, static_cast<std::uint8_t>(byte));
  }
  return state;
}

std::optional<std::uint8_t> GrammarAutomaton::forced_byte(State state) const {
  const StateInfo& info = states_[static_cast<std::size_t>(state)];
  if (info.complete) return std::nullopt;
  std::optional<std::uint8_t> only;
  for (std::uint32_t i = 0; i < info.n_places; ++i) {
    const ByteSet& set = grammar_->byte_sets[grammar_->nodes[places_[info.first_place + i].node].argument];
    if (set.count() != 1) return std::nullopt;
    std::size_t byte = 0;
    while (!set.test(byte)) ++byte;
    if (only && *only != byte) return std::nullopt;
    only = static_cast<std::uint8_t>(byte);
  }
  return only;
}

GrammarAutomaton::State GrammarAutomaton::adopt(const GrammarAutomaton& other, State state) {
  const StateInfo& info = other.states_[static_cast<std::size_t>(state)];
  std::unordered_map<std::uint32_t, std::uint32_t> ours{{kNoFrame, kNoFrame}};
  std::vector<Place> places(other.places_.begin() + info.first_place,
                            other.places_.begin() + info.first_place + info.n_places);
  std::vector<std::uint32_t> chain;
  for (Place& place : places) {
    chain.clear();
    for (std::uint32_t frame = place.frame; !ours.contains(frame); frame = other.frames_[frame].parent) {
      chain.push_back(frame);
    }
    for (auto theirs = chain.rbegin(); theirs != chain.rend(); ++theirs) {
      Frame frame = other.frames_[*theirs];
      frame.parent = ours.at(frame.parent);
      ours[*theirs] = push(frame);
    }
    place.frame = ours.at(place.frame);
  }
  return intern(places, info.plain, info.complete);
}

std::size_t GrammarAutomaton::memory_bytes() const {
  constexpr std::size_t kMapEntryBytes = 48;
  return frames_.size() * (sizeof(Frame) + kMapEntryBytes) + places_.size() * sizeof(Place) +
         states_.size() * (sizeof(StateInfo) + kMapEntryBytes) + transitions_.size() * sizeof(State);
}

void GrammarAutomaton::check_memory() const {
  if (memory_bytes() > kMostMemoryBytes) {
    fail(ErrorCode::invalid_input, "the grammar needs more than {} bytes to be followed", kMostMemoryBytes);
  }
}

}  // namespace minnow::text
