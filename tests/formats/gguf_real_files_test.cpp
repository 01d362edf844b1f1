// Files that other programs wrote.
#include <gtest/gtest.h>

#include <chrono>

#include "formats/gguf_reader.hpp"
#include "test_data.hpp"

namespace minnow::formats {
namespace {

TEST(GgufRealFiles, OpensEveryVocabulary) {
  MINNOW_REQUIRE_SHARED_DATA();
  std::size_t n_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::shared_data() / "vocab")) {
    if (entry.path().extension() != ".gguf") continue;
    const GgufFile file = GgufFile::open(entry.path());
    EXPECT_TRUE(file.metadata().text("general.architecture").has_value()) << entry.path();
    EXPECT_GT(file.metadata().texts("tokenizer.ggml.tokens").size(), 20000u) << entry.path();
    ++n_files;
  }
  EXPECT_GE(n_files, 8u);
}

TEST(GgufRealFiles, OpensATrainedModel) {
  MINNOW_REQUIRE_SHARED_DATA();
  const GgufFile file = GgufFile::open(testing::shared_data() / "models/stories260K/stories260K.gguf");
  EXPECT_EQ(file.metadata().text("general.architecture"), "llama");
  const TensorInfo* embedding = file.find("token_embd.weight");
  ASSERT_NE(embedding, nullptr);
  EXPECT_EQ(embedding->row_length(), file.metadata().unsigned_integer("llama.embedding_length"));
  for (const TensorInfo& tensor : file.tensors()) {
    EXPECT_EQ(file.data(tensor).size(), tensor.size_bytes);
    EXPECT_FALSE(numeric::has_non_finite(tensor.format, file.data(tensor))) << tensor.name;
  }
}

}  // namespace
}  // namespace minnow::formats
