#include "engine/cache_file.hpp"

#include <bit>
#include <cstring>

#include "base/byte_reader.hpp"
#include "base/checksum.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "base/sha256.hpp"
#include "minnow/minnow.hpp"

namespace minnow::engine {
namespace {

constexpr std::string_view kMagic = "minnowKV";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kHashLength = 64;

static_assert(std::endian::native == std::endian::little, "the file holds numbers as they lie in memory");

std::string hash_of(const CacheIdentity& identity) {
  const std::string text = fmt::format("{} {} {} {} {}", version(), identity.model_sha256, identity.arithmetic,
                                       static_cast<int>(identity.type), identity.context);
  return sha256_hex(std::as_bytes(std::span(text)));
}

void write_page(AtomicFile& file, const PrefixTree::Entry& entry, models::KvPages& pages,
                std::vector<std::byte>& bytes) {
  const auto n = static_cast<std::uint32_t>(entry.tokens.size());
  bytes.resize(2 * sizeof n + n * (sizeof(TokenId) + pages.position_bytes()));
  std::byte* to = bytes.data();
  const auto add = [&to](const void* from, std::size_t size) {
    std::memcpy(to, from, size);
    to += size;
  };
  add(&entry.parent, sizeof entry.parent);
  add(&n, sizeof n);
  add(entry.tokens.data(), n * sizeof(TokenId));
  pages.each_part(entry.page, n, add);
  file.write(bytes);
  file.write_value(checksum(bytes));
}

// One page of the file: where it belongs, its tokens, its keys and values.
struct PageRecord {
  std::uint32_t parent;
  std::vector<TokenId> tokens;
  std::span<const std::byte> values;
};

PageRecord read_record(ByteReader& in, const models::DecoderSpec& spec, std::uint64_t position_bytes) {
  const auto head = in.take(2 * sizeof(std::uint32_t), "a page");
  std::uint32_t parent = 0, n = 0;
  std::memcpy(&parent, head.data(), sizeof parent);
  std::memcpy(&n, head.data() + sizeof parent, sizeof n);
  if (n == 0 || n > kernels::kPagePositions) {
    fail(ErrorCode::invalid_input, "{}: a page of {} tokens, and there is room for {}", in.name(), n,
         kernels::kPagePositions);
  }
  const auto body = in.take(n * (sizeof(TokenId) + position_bytes), "a page");
  if (in.read<std::uint64_t>("a checksum") != checksum({head.data(), head.size() + body.size()})) {
    fail(ErrorCode::invalid_input, "{}: a page isn't what was written", in.name());
  }
  std::vector<TokenId> tokens(n);
  std::memcpy(tokens.data(), body.data(), n * sizeof(TokenId));
  for (const TokenId id : tokens) {
    if (id >= 0 && static_cast<std::size_t>(id) < spec.vocabulary_size) continue;
    fail(ErrorCode::invalid_input, "{}: there is no token {}", in.name(), id);
  }
  return {parent, std::move(tokens), body.subspan(n * sizeof(TokenId))};
}

// The tree's nodes of the pages read so far, where another may begin: at the end of a full page, or of nothing.
void check_parent(const PageRecord& record, std::span<const PrefixTree::Index> nodes, const PrefixTree& tree,
                  const ByteReader& in, std::size_t context) {
  if (record.parent == PrefixTree::kNone) return;
  const bool known = record.parent < nodes.size();
  const std::size_t begin = known ? tree.end_of(nodes[record.parent]) : 0;
  if (known && begin % kernels::kPagePositions == 0 && begin + record.tokens.size() <= context) return;
  fail(ErrorCode::invalid_input, "{}: a page comes after one that it can't come after", in.name());
}

}  // namespace

void write_cache_file(const std::filesystem::path& path, const CacheIdentity& identity, KvSlots& slots,
                      std::uint64_t limit_bytes) {
  const std::uint64_t page_bytes = slots.pages().page_bytes() + kernels::kPagePositions * sizeof(TokenId);
  const auto entries = slots.tree().entries(limit_bytes / page_bytes);
  AtomicFile file(path, AtomicFile::Readers::owner);  // what people have asked is in it
  file.write(kMagic);
  file.write_value(kVersion);
  file.write_value(static_cast<std::uint32_t>(entries.size()));
  file.write(hash_of(identity));
  std::vector<std::byte> bytes;
  for (const PrefixTree::Entry& entry : entries) write_page(file, entry, slots.pages(), bytes);
  file.commit();
}

void read_cache_bytes(std::span<const std::byte> bytes, const std::string& name, const CacheIdentity& identity,
                      const models::DecoderSpec& spec, KvSlots& slots) {
  ByteReader in(bytes, name);
  if (bytes.size() < kMagic.size() || in.take_text(kMagic.size(), "the magic") != kMagic ||
      in.read<std::uint32_t>("the version") != kVersion) {
    fail(ErrorCode::invalid_input, "{} is not a cache file of this version", name);
  }
  const auto n_pages = in.read<std::uint32_t>("the number of pages");
  if (in.take_text(kHashLength, "the identity") != hash_of(identity)) {
    fail(ErrorCode::invalid_input, "{} was written by another model, context or arithmetic", name);
  }
  models::KvPages& pages = slots.pages();
  std::vector<PrefixTree::Index> nodes;
  while (nodes.size() < n_pages && pages.n_free() > 0) {
    const PageRecord record = read_record(in, spec, pages.position_bytes());
    check_parent(record, nodes, slots.tree(), in, identity.context);
    nodes.reserve(nodes.size() + 1);
    const auto page = pages.take();
    const std::byte* from = record.values.data();
    pages.each_part(page, record.tokens.size(), [&](std::byte* part, std::size_t size) {
      std::memcpy(part, from, size);
      from += size;
    });
    const auto parent = record.parent == PrefixTree::kNone ? PrefixTree::kNone : nodes[record.parent];
    nodes.push_back(slots.tree().restore(parent, record.tokens, page));
  }
}

void read_cache_file(const std::filesystem::path& path, const CacheIdentity& identity, const models::DecoderSpec& spec,
                     KvSlots& slots) {
  const MappedFile file(path);
  read_cache_bytes(file.bytes(), path.string(), identity, spec, slots);
}

}  // namespace minnow::engine
