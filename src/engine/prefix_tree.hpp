// What has been read before, for prompts that begin the same way: a radix tree over tokens, whose edges are pages of
// keys and values.
//
//   PrefixTree tree(pages, 4096);
//   tree.insert(tokens, cache.pages(), adapter);          // when a sequence has ended
//   const auto found = tree.find(prompt, adapter);        // when another one begins
//   cache.share_prefix(found.pages, found.n_tokens);
//
// Keys and values depend on nothing but the tokens before them, and the adapter that was at work: an answer has the
// same bits with the tree as without. The tree holds every page it knows; a page that nobody else holds can be evicted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "minnow/model.hpp"
#include "models/adapter.hpp"
#include "models/kv_pages.hpp"

namespace minnow::engine {

class PrefixTree {
 public:
  using Page = models::KvPages::Page;
  using Index = std::uint32_t;
  static constexpr Index kNone = ~Index{0};

  // For prefixes of up to `longest` tokens. `pages` must outlive the tree.
  PrefixTree(models::KvPages& pages, std::size_t longest);
  PrefixTree(const PrefixTree&) = delete;
  PrefixTree& operator=(const PrefixTree&) = delete;
  ~PrefixTree();

  struct Match {
    std::span<const Page> pages;  // until the next call; of the last one, perhaps only the first positions
    std::size_t n_tokens = 0;
  };
  // The longest beginning of `tokens` that has been read with this adapter. It has been of use just now.
  Match find(std::span<const TokenId> tokens, const models::Adapter* adapter) noexcept;
  // Remembers a sequence: pages[i] holds the keys and values of its tokens from i * kPagePositions on. Throws
  // std::bad_alloc, and then remembers a part.
  void insert(std::span<const TokenId> tokens, std::span<const Page> pages,
              const std::shared_ptr<const models::Adapter>& adapter);
  // Drops the page whose loss costs least, by GreedyDual (Young 1994; Cao and Irani 1997): what it takes to read it
  // again, and what was lost since it was last of use. Where everything that only the tree holds leads to pages that
  // others hold, the tree forgets those with it. False when every page is held by others too.
  bool evict_one() noexcept;

  std::size_t n_tokens() const { return n_tokens_; }

  // The pages read without an adapter, for keeping them: a parent comes before its children.
  struct Entry {
    Index parent;  // in the list; kNone: the tokens begin a sequence
    std::span<const TokenId> tokens;
    Page page;
  };
  // Those of most use, n_most of them at most.
  std::vector<Entry> entries(std::size_t n_most) const;
  // Puts one back: `page` is the tree's from now on. Throws std::bad_alloc.
  Index restore(Index parent, std::span<const TokenId> tokens, Page page);
  std::size_t end_of(Index node) const { return nodes_[node].begin + nodes_[node].n_tokens; }

 private:
  // A page, or the root of an adapter, which has no tokens.
  struct Node {
    Index parent = kNone;
    Index first_child = kNone;
    Index next = kNone;  // child of the same parent
    Page page = 0;
    std::size_t begin = 0;  // its first token's position
    std::uint32_t n_tokens = 0;
    bool used = false;  // the place is taken
    double worth = 0;
    TokenId tokens[kernels::kPagePositions];
  };
  struct Root {
    std::shared_ptr<const models::Adapter> adapter;
    Index node;
  };

  std::span<const TokenId> tokens_of(Index node) const { return {nodes_[node].tokens, nodes_[node].n_tokens}; }
  Index root_of(const models::Adapter* adapter) const noexcept;
  Index add_root(const std::shared_ptr<const models::Adapter>& adapter);
  Index new_node();
  Index add(Index parent, std::span<const TokenId> tokens, Page page);
  Index child_for(Index parent, std::span<const TokenId> tokens, Page page);
  void remove(Index leaf) noexcept;
  void remove_with_children(Index node) noexcept;
  void touch(Index node) noexcept;

  models::KvPages& pages_;
  std::vector<Node> nodes_;
  std::vector<Index> free_;
  std::vector<Root> roots_;
  std::vector<Page> found_;
  std::size_t n_tokens_ = 0;
  double lost_ = 0;  // the worth of the last page evicted
};

}  // namespace minnow::engine
