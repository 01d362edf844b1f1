#include "engine/prefix_tree.hpp"
#include "engine/common_prefix.hpp"

#include <algorithm>
#include <utility>

namespace minnow::engine {
namespace {

constexpr std::size_t kPage = kernels::kPagePositions;

// Relative time to read tokens again: attention takes longer the more there is before them, and about as long as
// everything else after this many.
constexpr double kPositionsOfEqualCost = 16384;
double cost(std::size_t begin, std::size_t n_tokens) {
  return static_cast<double>(n_tokens) * (1 + static_cast<double>(begin) / kPositionsOfEqualCost);
}

}  // namespace

PrefixTree::PrefixTree(models::KvPages& pages, std::size_t longest) : pages_(pages) {
  nodes_.reserve(pages.n_pages() + 1);
  free_.reserve(pages.n_pages() + 1);
  found_.reserve(models::KvPages::pages_for(longest));
  add_root(nullptr);
}

PrefixTree::~PrefixTree() {
  for (const Node& node : nodes_) {
    if (node.used && node.n_tokens > 0) pages_.drop(node.page);
  }
}

PrefixTree::Index PrefixTree::root_of(const models::Adapter* adapter) const noexcept {
  for (const Root& root : roots_) {
    if (root.adapter.get() == adapter) return root.node;
  }
  return kNone;
}

PrefixTree::Index PrefixTree::new_node() {
  if (free_.empty()) {
    nodes_.push_back({});
    free_.reserve(nodes_.capacity());  // giving a place back must not fail
    free_.push_back(static_cast<Index>(nodes_.size() - 1));
  }
  const Index node = free_.back();
  free_.pop_back();
  nodes_[node] = {};
  nodes_[node].used = true;
  return node;
}

PrefixTree::Index PrefixTree::add_root(const std::shared_ptr<const models::Adapter>& adapter) {
  roots_.reserve(roots_.size() + 1);
  roots_.push_back({adapter, new_node()});
  return roots_.back().node;
}

PrefixTree::Index PrefixTree::add(Index parent, std::span<const TokenId> tokens, Page page) {
  const Index index = new_node();
  Node& node = nodes_[index];
  node.parent = parent;
  node.begin = end_of(parent);
  node.page = page;
  node.n_tokens = static_cast<std::uint32_t>(tokens.size());
  std::copy(tokens.begin(), tokens.end(), node.tokens);
  node.next = std::exchange(nodes_[parent].first_child, index);
  n_tokens_ += tokens.size();
  touch(index);
  return index;
}

void PrefixTree::touch(Index node) noexcept {
  nodes_[node].worth = lost_ + cost(nodes_[node].begin, nodes_[node].n_tokens);
}

PrefixTree::Match PrefixTree::find(std::span<const TokenId> tokens, const models::Adapter* adapter) noexcept {
  found_.clear();
  std::size_t n = 0;
  Index node = root_of(adapter);
  while (node != kNone && n < tokens.size() && found_.size() < found_.capacity()) {
    Index best = kNone;
    std::size_t most = 0;
    for (Index child = nodes_[node].first_child; child != kNone; child = nodes_[child].next) {
      const std::size_t common = common_prefix(tokens_of(child), tokens.subspan(n));
      if (common <= most) continue;
      most = common;
      best = child;
    }
    if (best == kNone) break;
    found_.push_back(nodes_[best].page);
    n += most;
    touch(best);
    if (most < kPage) break;
    node = best;
  }
  return {found_, n};
}

// The child that holds these tokens, made if there is none. A part of a page grows, unless someone reads on from it.
PrefixTree::Index PrefixTree::child_for(Index parent, std::span<const TokenId> tokens, Page page) {
  for (Index child = nodes_[parent].first_child; child != kNone; child = nodes_[child].next) {
    Node& node = nodes_[child];
    const std::size_t common = common_prefix(tokens_of(child), tokens);
    if (common == tokens.size()) {
      touch(child);
      return child;
    }
    if (common < node.n_tokens || pages_.holders(node.page) > 1) continue;
    pages_.share(page);
    pages_.drop(node.page);
    node.page = page;
    n_tokens_ += tokens.size() - common;
    node.n_tokens = static_cast<std::uint32_t>(tokens.size());
    std::copy(tokens.begin(), tokens.end(), node.tokens);
    touch(child);
    return child;
  }
  const Index child = add(parent, tokens, page);
  pages_.share(page);
  return child;
}

void PrefixTree::insert(std::span<const TokenId> tokens, std::span<const Page> pages,
                        const std::shared_ptr<const models::Adapter>& adapter) {
  if (tokens.empty()) return;
  Index node = root_of(adapter.get());
  if (node == kNone) node = add_root(adapter);
  for (std::size_t i = 0; i * kPage < tokens.size(); ++i) {
    node = child_for(node, tokens.subspan(i * kPage, std::min(kPage, tokens.size() - i * kPage)), pages[i]);
  }
}

void PrefixTree::remove(Index index) noexcept {
  Node& node = nodes_[index];
  Index* link = &nodes_[node.parent].first_child;
  while (*link != index) link = &nodes_[*link].next;
  *link = node.next;
  pages_.drop(node.page);
  n_tokens_ -= node.n_tokens;
  node.used = false;
  free_.push_back(index);
}

void PrefixTree::remove_with_children(Index top) noexcept {
  for (Index node = top;;) {
    while (nodes_[node].first_child != kNone) node = nodes_[node].first_child;
    const Index parent = nodes_[node].parent;
    remove(node);
    if (node == top) return;
    node = parent;
  }
}

bool PrefixTree::evict_one() noexcept {
  // Leaves first; of the rest those that begin last, which have the fewest after them.
  const auto goes_before = [&](const Node& a, const Node& b) {
    const bool is_leaf = a.first_child == kNone;
    if (is_leaf != (b.first_child == kNone)) return is_leaf;
    return !is_leaf && a.begin != b.begin ? a.begin > b.begin : a.worth < b.worth;
  };
  Index least = kNone;
  for (Index i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const bool is_ours = node.used && node.n_tokens > 0 && pages_.holders(node.page) == 1;
    if (is_ours && (least == kNone || goes_before(node, nodes_[least]))) least = i;
  }
  if (least == kNone) return false;
  if (nodes_[least].first_child == kNone) lost_ = nodes_[least].worth;
  const Index parent = nodes_[least].parent;
  remove_with_children(least);
  // An adapter of which nothing is left is let go.
  if (nodes_[parent].n_tokens == 0 && nodes_[parent].first_child == kNone) {
    std::erase_if(roots_, [&](const Root& root) {
      if (root.node != parent || root.adapter == nullptr) return false;
      nodes_[parent].used = false;
      free_.push_back(parent);
      return true;
    });
  }
  return true;
}

std::vector<PrefixTree::Entry> PrefixTree::entries(std::size_t n_most) const {
  const Index root = root_of(nullptr);
  std::vector<Index> by_worth;
  for (Index i = 0; i < nodes_.size(); ++i) {
    Index top = i;
    while (nodes_[top].used && nodes_[top].parent != kNone) top = nodes_[top].parent;
    if (top == root && i != root) by_worth.push_back(i);
  }
  std::sort(by_worth.begin(), by_worth.end(), [&](Index a, Index b) {
    return nodes_[a].worth > nodes_[b].worth || (nodes_[a].worth == nodes_[b].worth && a < b);
  });
  std::vector<Entry> list;
  std::vector<Index> place(nodes_.size(), kNone);  // in the list
  for (const Index wanted : by_worth) {
    std::vector<Index> path;  // it and its ancestors that aren't there yet
    for (Index i = wanted; i != root && place[i] == kNone; i = nodes_[i].parent) path.push_back(i);
    if (list.size() + path.size() > n_most) break;
    for (std::size_t i = path.size(); i-- > 0;) {
      const Node& node = nodes_[path[i]];
      place[path[i]] = static_cast<Index>(list.size());
      list.push_back({node.parent == root ? kNone : place[node.parent], tokens_of(path[i]), node.page});
    }
  }
  return list;
}

PrefixTree::Index PrefixTree::restore(Index parent, std::span<const TokenId> tokens, Page page) {
  return add(parent == kNone ? root_of(nullptr) : parent, tokens, page);
}

}  // namespace minnow::engine
