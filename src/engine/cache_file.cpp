#include "engine/cache_file.hpp"

#include <bit>
#include <cstring>

#include "base/byte_reader.hpp"
#include "base/checksum.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/function_ref.hpp"
#include "base/mapped_file.hpp"
#include "base/sha256.hpp"

namespace minnow::engine {
namespace {

constexpr std::string_view kMagic = "minnowKV";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHashLength = 64;

static_assert(std::endian::native == std::endian::little, "the file holds numbers as they lie in memory");

std::string hash_of(const CacheIdentity& identity) {
  const std::string text = fmt::format("{} {} {} {}", identity.model_sha256, identity.arithmetic,
                                       static_cast<int>(identity.type), identity.context);
  return sha256_hex(std::as_bytes(std::span(text)));
}

// Calls visit(start of one head's first n positions, their bytes) in the file's order.
void each_run(models::KvCache& cache, const models::DecoderSpec& spec, std::size_t n,
              FunctionRef<void(std::byte*, std::size_t)> visit) {
  for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
    const std::size_t n_heads = spec.layers[layer].n_kv_heads;
    for (std::size_t head = 0; head < n_heads; ++head) {
      visit(cache.keys(layer, head), n * spec.key_size * cache.element_bytes());
    }
    for (std::size_t head = 0; head < n_heads; ++head) {
      visit(cache.values(layer, head), n * spec.value_size * cache.element_bytes());
    }
  }
}

std::uint64_t position_bytes(const models::DecoderSpec& spec, const models::KvCache& cache) {
  std::uint64_t n_values = 0;
  for (const models::LayerSpec& layer : spec.layers) n_values += layer.n_kv_heads * (spec.key_size + spec.value_size);
  return n_values * cache.element_bytes();
}

template <typename T>
void write(AtomicFile& file, const T& value) {
  file.write(std::as_bytes(std::span(&value, 1)));
}

void write_sequence(AtomicFile& file, const KvSlot& slot, const models::DecoderSpec& spec) {
  const std::size_t n = slot.cache.size();
  std::vector<std::byte> bytes(n * sizeof(TokenId));
  std::memcpy(bytes.data(), slot.tokens.data(), bytes.size());
  // Reading through the same function that restores; nothing is written to the cache here.
  each_run(const_cast<models::KvCache&>(slot.cache), spec, n,
           [&](std::byte* run, std::size_t size) { bytes.insert(bytes.end(), run, run + size); });
  write(file, static_cast<std::uint64_t>(n));
  file.write(bytes);
  write(file, checksum(bytes));
}

void read_sequence(ByteReader& in, const models::DecoderSpec& spec, KvSlot& slot) {
  const auto n = in.read<std::uint64_t>("a sequence's length");
  if (n == 0 || n > slot.cache.capacity()) {
    fail(ErrorCode::invalid_input, "{}: a sequence of {} tokens, the context holds {}", in.name(), n,
         slot.cache.capacity());
  }
  const std::uint64_t token_bytes = n * sizeof(TokenId);
  const auto bytes = in.take(token_bytes + n * position_bytes(spec, slot.cache), "a sequence");
  if (in.read<std::uint64_t>("a checksum") != checksum(bytes)) {
    fail(ErrorCode::invalid_input, "{}: a sequence isn't what was written", in.name());
  }
  std::vector<TokenId> tokens(n);
  std::memcpy(tokens.data(), bytes.data(), token_bytes);
  for (const TokenId id : tokens) {
    if (id >= 0 && static_cast<std::size_t>(id) < spec.vocabulary_size) continue;
    fail(ErrorCode::invalid_input, "{}: there is no token {}", in.name(), id);
  }
  const std::byte* from = bytes.data() + token_bytes;
  each_run(slot.cache, spec, n, [&](std::byte* run, std::size_t size) {
    std::memcpy(run, from, size);
    from += size;
  });
  slot.tokens.assign(tokens.begin(), tokens.end());
  slot.cache.truncate(0);
  slot.cache.grow(n);
}

}  // namespace

void write_cache_file(const std::filesystem::path& path, const CacheIdentity& identity, const models::DecoderSpec& spec,
                      std::span<const KvSlot* const> slots, std::uint64_t limit_bytes) {
  std::vector<const KvSlot*> kept;
  std::uint64_t total_bytes = 0;
  for (const KvSlot* slot : slots) {
    const std::uint64_t bytes = slot->cache.size() * (sizeof(TokenId) + position_bytes(spec, slot->cache));
    if (slot->cache.size() == 0 || slot->adapter || total_bytes + bytes > limit_bytes) continue;
    total_bytes += bytes;
    kept.push_back(slot);
  }
  AtomicFile file(path);
  file.write(kMagic);
  write(file, kVersion);
  write(file, static_cast<std::uint32_t>(kept.size()));
  file.write(hash_of(identity));
  for (const KvSlot* slot : kept) write_sequence(file, *slot, spec);
  file.commit();
}

std::size_t read_cache_bytes(std::span<const std::byte> bytes, const std::string& name, const CacheIdentity& identity,
                             const models::DecoderSpec& spec, std::span<KvSlot* const> slots) {
  ByteReader in(bytes, name);
  if (bytes.size() < kMagic.size() || in.take_text(kMagic.size(), "the magic") != kMagic ||
      in.read<std::uint32_t>("the version") != kVersion) {
    fail(ErrorCode::invalid_input, "{} is not a cache file of this version", name);
  }
  const auto n_sequences = in.read<std::uint32_t>("the number of sequences");
  if (in.take_text(kHashLength, "the identity") != hash_of(identity)) {
    fail(ErrorCode::invalid_input, "{} was written by another model, context or arithmetic", name);
  }
  std::size_t n_filled = 0;
  while (n_filled < n_sequences && n_filled < slots.size()) read_sequence(in, spec, *slots[n_filled++]);
  return n_filled;
}

std::size_t read_cache_file(const std::filesystem::path& path, const CacheIdentity& identity,
                            const models::DecoderSpec& spec, std::span<KvSlot* const> slots) {
  const MappedFile file(path);
  return read_cache_bytes(file.bytes(), path.string(), identity, spec, slots);
}

}  // namespace minnow::engine
