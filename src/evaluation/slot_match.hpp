// An intent and its slots, as a command is understood, compared with what should have been understood.
#pragma once

#include <cstddef>
#include <string_view>

namespace minnow::evaluation {

struct SlotMatch {
  bool same_intent = false;
  bool same_all = false;  // the intent and every slot
  // Slots count as found when name and value are right.
  std::size_t found = 0, missed = 0, invented = 0;
};

// `answer` is a text with a JSON object {"intent", "slots"} in it, from the first brace to the last, or it is wrong;
// `expected` is such an object.
SlotMatch match_slots(std::string_view answer, std::string_view expected);

}  // namespace minnow::evaluation
