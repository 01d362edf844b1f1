#include "text/special_tokens.hpp"

#include <algorithm>

namespace minnow::text {
namespace {

template <typename Children>
auto lower_bound_of(Children& children, unsigned char byte) {
  return std::lower_bound(children.begin(), children.end(), byte,
                          [](const auto& child, unsigned char value) { return child.first < value; });
}

}  // namespace

SpecialTokens::SpecialTokens() : nodes_(1) {}

void SpecialTokens::add(std::string_view token, TokenId id, bool always) {
  if (token.empty()) return;
  begins_token_[static_cast<unsigned char>(token.front())] = true;
  std::uint32_t node = 0;
  for (const char c : token) {
    const auto byte = static_cast<unsigned char>(c);
    auto& children = nodes_[node].children;
    const auto place = lower_bound_of(children, byte);
    if (place != children.end() && place->first == byte) {
      node = place->second;
      continue;
    }
    const auto added = static_cast<std::uint32_t>(nodes_.size());
    children.insert(place, {byte, added});
    nodes_.emplace_back();  // invalidates `children`
    node = added;
  }
  if (nodes_[node].id < 0) nodes_[node].id = id, nodes_[node].always = always;
}

const SpecialTokens::Node* SpecialTokens::child(const Node& node, unsigned char byte) const {
  const auto place = lower_bound_of(node.children, byte);
  return place != node.children.end() && place->first == byte ? &nodes_[place->second] : nullptr;
}

std::optional<SpecialTokens::Match> SpecialTokens::find(std::string_view text, std::size_t from,
                                                        bool parse_special) const {
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    if (!begins_token_[static_cast<unsigned char>(text[begin])]) continue;
    std::optional<Match> longest;
    const Node* node = nodes_.data();
    for (std::size_t i = begin; i < text.size(); ++i) {
      node = child(*node, static_cast<unsigned char>(text[i]));
      if (node == nullptr) break;
      if (node->id >= 0 && (parse_special || node->always)) longest = Match{begin, i + 1, node->id};
    }
    if (longest) return longest;
  }
  return std::nullopt;
}

}  // namespace minnow::text
