// minnow quantize IN OUT --fit BYTES|DEVICE: the best file for a memory budget.
#pragma once

#include <string>

#include "base/thread_pool.hpp"
#include "evaluation/fit.hpp"
#include "formats/importance.hpp"

namespace minnow::cli {

struct FitWords {
  std::string budget;  // as memory_size_from_text() reads it
  std::string text_file;
  std::string svg;  // empty: no picture
  std::size_t context = 4096;
  evaluation::PassageOptions passages{.context = 256, .chunks = 2};
};

// Searches, prints the frontier on stdout and writes OUT.
void quantize_to_fit(const std::string& in, const std::string& out, const FitWords& words,
                     const formats::Importance* importance, ThreadPool& pool);

}  // namespace minnow::cli
