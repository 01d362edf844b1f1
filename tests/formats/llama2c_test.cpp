#include <gmock/gmock.h>

#include <cstring>

#include "convert_fixture.hpp"

namespace minnow::formats {
namespace {

using ::testing::HasSubstr;

class Llama2c : public ConvertTest {
 protected:
  // A checkpoint of one layer whose every weight is its place in the file, and its tokenizer.
  std::filesystem::path checkpoint(bool own_output, std::size_t extra_bytes = 0, std::size_t missing_bytes = 0) const {
    const std::int32_t vocabulary = 5;
    const std::int32_t header[7] = {8, 12, 1, 2, 1, own_output ? -vocabulary : vocabulary, 16};
    const std::size_t n_values =
        5 * 8 + 8 + 8 * 8 + 2 * 4 * 8 + 8 * 8 + 8 + 3 * 8 * 12 + 8 + 16 * 4 + (own_output ? 5 * 8 : 0);
    std::string file(reinterpret_cast<const char*>(header), sizeof(header));
    for (std::size_t i = 0; i < n_values; ++i) {
      const auto value = static_cast<float>(i);
      file.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    file.append(extra_bytes, 'x');
    file.resize(file.size() - missing_bytes);
    write_text(folder_ / "model.bin", file);
    write_text(folder_ / "tok5.bin", tokenizer(vocabulary));
    return folder_ / "model.bin";
  }

  static std::string tokenizer(int n_pieces) {
    std::string file(4, '\0');
    for (int id = 0; id < n_pieces; ++id) {
      const float score = -static_cast<float>(id);
      const std::int32_t length = 2;
      file.append(reinterpret_cast<const char*>(&score), 4)
          .append(reinterpret_cast<const char*>(&length), 4)
          .append(" a");
    }
    return file;
  }
};

TEST_F(Llama2c, GivesTheTensorsAndTheVocabularyOfThePublishedGguf) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto folder = testing::shared_data() / "models" / "stories260K";
  const GgufFile ours = converted(folder / "stories260K.bin");
  const GgufFile theirs = GgufFile::open(folder / "stories260K.gguf");
  for (const TensorInfo& tensor : theirs.tensors()) {
    const TensorInfo* same = ours.find(tensor.name);
    if (same == nullptr) {  // the published file repeats the tied matrix as output.weight
      EXPECT_EQ(tensor.name, "output.weight");
      same = ours.find("token_embd.weight");
    }
    EXPECT_EQ(same->shape, tensor.shape) << tensor.name;
    const auto a = ours.data(*same);
    const auto b = theirs.data(tensor);
    EXPECT_TRUE(std::ranges::equal(a, b)) << tensor.name;
  }
  EXPECT_EQ(ours.tensors().size() + 1, theirs.tensors().size());
  for (const auto& [key, value] : theirs.metadata().entries()) {
    // The published file says 2048 where the checkpoint says 512, and "absent" as the largest number.
    if (key == "general.name" || key == "llama.context_length" || key.find("seperator") != key.npos ||
        key.find("padding") != key.npos)
      continue;
    const MetadataValue* same = ours.metadata().find(key);
    ASSERT_NE(same, nullptr) << key;
    EXPECT_EQ(*same, value) << key;
  }
  EXPECT_EQ(ours.metadata().unsigned_integer("llama.context_length"), 512U);
}

TEST_F(Llama2c, TakesMatricesInTheOrderOfTheFile) {
  const GgufFile file = converted(checkpoint(true));
  const auto first = [&](std::string_view name) { return gguf_values(file, name).front(); };
  EXPECT_EQ(first("token_embd.weight"), 0);
  EXPECT_EQ(first("blk.0.attn_norm.weight"), 40);
  EXPECT_EQ(first("blk.0.attn_q.weight"), 48);
  EXPECT_EQ(first("blk.0.attn_k.weight"), 112);
  EXPECT_EQ(first("blk.0.attn_v.weight"), 144);
  EXPECT_EQ(first("blk.0.attn_output.weight"), 176);
  EXPECT_EQ(first("blk.0.ffn_norm.weight"), 240);
  EXPECT_EQ(first("blk.0.ffn_gate.weight"), 248);
  EXPECT_EQ(first("blk.0.ffn_down.weight"), 344);
  EXPECT_EQ(first("blk.0.ffn_up.weight"), 440);
  EXPECT_EQ(first("output_norm.weight"), 536);
  EXPECT_EQ(first("output.weight"), 544 + 64);
  EXPECT_EQ(file.find("blk.0.ffn_down.weight")->shape[0], 12U);
}

TEST_F(Llama2c, SaysTheOutputIsTiedByLeavingItOut) {
  EXPECT_EQ(converted(checkpoint(false)).find("output.weight"), nullptr);
}

TEST_F(Llama2c, RefusesFilesThatAreTooShortOrTooLong) {
  EXPECT_THAT(refusal(checkpoint(true, 0, 1)), HasSubstr("the file ends inside output.weight"));
  EXPECT_THAT(refusal(checkpoint(true, 4)), HasSubstr("4 bytes follow the last matrix"));
  write_text(folder_ / "model.bin", "run42");
  EXPECT_THAT(refusal(folder_ / "model.bin"), HasSubstr("the file ends inside the header"));
  write_text(folder_ / "model.bin", std::string(28, '\xff'));
  EXPECT_THAT(refusal(folder_ / "model.bin"), HasSubstr("not a llama2.c checkpoint"));
  write_text(folder_ / "model.bin", std::string("\0\0\1\0\0\0\1\0\0\0\1\0\1\0\0\0\1\0\0\0\0\0\1\0\0\0\1\0", 28));
  EXPECT_FALSE(refusal(folder_ / "model.bin").empty());
}

TEST_F(Llama2c, NeedsATokenizerOfTheModelsSize) {
  const auto path = checkpoint(false);
  write_text(folder_ / "tok5.bin", tokenizer(4));
  EXPECT_THAT(refusal(path), HasSubstr("the file ends inside"));
  write_text(folder_ / "tok5.bin", tokenizer(6));
  EXPECT_THAT(refusal(path), HasSubstr("bytes follow the 5 pieces"));
  std::filesystem::remove(folder_ / "tok5.bin");
  EXPECT_THAT(refusal(path), HasSubstr("neither tok5.bin nor tokenizer.bin"));
  write_text(folder_ / "elsewhere.bin", tokenizer(5));
  EXPECT_EQ(refusal(path, {.tokenizer = folder_ / "elsewhere.bin"}), "");
}

TEST_F(Llama2c, DoesNotReplaceItsSource) {
  write_text(result(), read_text(checkpoint(false)));
  EXPECT_THAT(refusal(result()), HasSubstr("can't replace its source"));
  const auto source = checkpoint(false);
  EXPECT_THROW(convert(source, folder_ / "tok5.bin"), Error);
  EXPECT_EQ(read_text(folder_ / "tok5.bin"), tokenizer(5));
}

}  // namespace
}  // namespace minnow::formats
