// Where tests find their data, and how one that lacks it reports itself.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace minnow::testing {

// Golden data committed with the sources.
inline std::filesystem::path golden(const std::string& name) { return std::filesystem::path(MINNOW_GOLDEN) / name; }

// Real tokenizers, texts and models outside the repository; empty when MINNOW_TEST_DATA isn't set.
inline std::filesystem::path shared_data() {
  const char* folder = std::getenv("MINNOW_TEST_DATA");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder);
}

}  // namespace minnow::testing

// Skips the test, saying why, when the shared test data isn't there.
#define MINNOW_REQUIRE_SHARED_DATA() \
  if (minnow::testing::shared_data().empty()) GTEST_SKIP() << "MINNOW_TEST_DATA is not set"
