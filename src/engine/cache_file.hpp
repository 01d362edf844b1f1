// What a Scheduler's KV caches remember, kept on disk so that a restart begins warm.
//
//   "minnowKV"  u32 version=2  u32 n_pages  [64] identity (hexadecimal SHA-256)
//   then for each page of the prefix tree, a parent before its children:
//     u32 parent (in this list; 0xffffffff: none)  u32 n_tokens  i32[n_tokens] tokens
//     keys and values [n_tokens × position_bytes]  u64 checksum of everything since the parent
//
// Little-endian. Keys and values come layer by layer, all keys of a layer and then all its values, head by head. The
// identity is that of everything the bits depend on: the program's version, the model's SHA-256, the arithmetic, the
// cache's number format and the context. A file of another identity, or one that isn't whole, is not used. It is a
// cache: delete it when you like. Who can write it decides what the model has read, so it belongs where only the server
// may write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/kv_slots.hpp"
#include "models/spec.hpp"

namespace minnow::engine {

struct CacheIdentity {
  std::string model_sha256;
  std::string arithmetic;  // "exact" or "fast"
  kernels::CacheType type = kernels::CacheType::f16;
  std::size_t context = 0;
};

// Under its name only when it is whole: a power cut leaves the old file or the new one. Only what of the tree was read
// without an adapter, and as much of it as fits into `limit_bytes`. Throws Error(io).
void write_cache_file(const std::filesystem::path& path, const CacheIdentity& identity, KvSlots& slots,
                      std::uint64_t limit_bytes);

// Fills the tree, as far as there are free pages. Throws Error(not_found, io), Error(invalid_input) for a file that
// isn't whole or is of another identity; what is in the tree by then is whole.
void read_cache_file(const std::filesystem::path& path, const CacheIdentity& identity, const models::DecoderSpec& spec,
                     KvSlots& slots);
// The same from bytes; `name` is what errors call them.
void read_cache_bytes(std::span<const std::byte> bytes, const std::string& name, const CacheIdentity& identity,
                      const models::DecoderSpec& spec, KvSlots& slots);

}  // namespace minnow::engine
