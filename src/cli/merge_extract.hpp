// minnow merge --extract BASE TUNED OUT: the other way round, from two models to an adapter.
#pragma once

#include <cstddef>
#include <string>

namespace minnow::cli {

struct ExtractWords {
  std::string base, tuned, out;
  std::size_t rank = 16;
  std::size_t threads = 0;
  bool json = false;
};

void extract(const ExtractWords& words);

}  // namespace minnow::cli
