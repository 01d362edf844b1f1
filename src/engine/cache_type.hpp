// The number formats of a KV cache: their names, and what the kernels call them.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "kernels/kernel_table.hpp"
#include "minnow/session.hpp"

namespace minnow::engine {

inline constexpr std::array<std::pair<const char*, CacheType>, 3> kCacheTypes{
    {{"f16", CacheType::f16}, {"q8_0", CacheType::q8_0}, {"f32", CacheType::f32}}};

constexpr const char* name_of(CacheType type) {
  for (const auto& [name, other] : kCacheTypes) {
    if (other == type) return name;
  }
  return "?";
}

constexpr kernels::CacheType cache_type(CacheType type) {
  static_assert(static_cast<int>(CacheType::q8_0) == static_cast<int>(kernels::CacheType::q8_0));
  return static_cast<kernels::CacheType>(type);
}

}  // namespace minnow::engine
