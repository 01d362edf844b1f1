#include "evaluation/slot_match.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "formats/json_document.hpp"
#include "minnow/error.hpp"

namespace minnow::evaluation {
namespace {

using nlohmann::json;

json understood(std::string_view text) {
  const std::size_t begin = text.find('{'), end = text.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return json::object();
  try {
    return formats::parse_json(text.substr(begin, end - begin + 1), "an answer");
  } catch (const Error&) {  // a model may say anything
    return json::object();
  }
}

json slots_of(const json& understood) {
  const auto slots = understood.find("slots");
  return slots != understood.end() && slots->is_object() ? *slots : json::object();
}

}  // namespace

SlotMatch match_slots(std::string_view answer, std::string_view expected) {
  const json said = understood(answer), right = understood(expected);
  const json said_slots = slots_of(said), right_slots = slots_of(right);
  SlotMatch match{.same_intent = said.contains("intent") && said["intent"] == right["intent"]};
  for (const auto& [name, value] : said_slots.items()) {
    const auto found = right_slots.find(name);
    ++(found != right_slots.end() && *found == value ? match.found : match.invented);
  }
  match.missed = right_slots.size() - match.found;
  match.same_all = match.same_intent && match.missed == 0 && match.invented == 0;
  return match;
}

}  // namespace minnow::evaluation
