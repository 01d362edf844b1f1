// Converting checks every weight, and leaves a whole file or none.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "convert_fixture.hpp"
#include "formats/quantize.hpp"
#include "small_disk.hpp"

namespace minnow::formats {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ConvertWeights : public ConvertTest {
 protected:
  // The golden llama, whose weights are F32, with another value in a place of one of its tensors.
  std::filesystem::path with_weight(const std::string& tensor, std::size_t place, float value) const {
    const auto folder = copy_of("llama");
    std::string bytes = read_text(folder / "model.safetensors");
    std::uint64_t header_bytes = 0;
    std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
    const auto header = nlohmann::json::parse(bytes.substr(8, header_bytes)).at(tensor);
    EXPECT_EQ(header.at("dtype"), "F32");
    const std::size_t begin = header.at("data_offsets")[0];
    std::memcpy(&bytes[8 + header_bytes + begin + place * sizeof value], &value, sizeof value);
    write_text(folder / "model.safetensors", bytes);
    return folder;
  }

  // Other sizes in config.json and the same in the shapes of all tensors, whose weights are zeros then.
  static void enlarge(const std::filesystem::path& folder, const nlohmann::json& settings,
                      const std::map<std::size_t, std::size_t>& sizes) {
    edit_json(folder / "config.json", [&](nlohmann::json& config) { config.update(settings); });
    const std::string bytes = read_text(folder / "model.safetensors");
    std::uint64_t header_bytes = 0;
    std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
    auto header = nlohmann::json::parse(bytes.substr(8, header_bytes));
    header.erase("__metadata__");
    std::size_t end = 0;
    for (auto& [_, entry] : header.items()) {
      std::size_t size = sizeof(float);
      for (auto& extent : entry["shape"]) {
        if (const auto found = sizes.find(extent); found != sizes.end()) extent = found->second;
        size *= extent.get<std::size_t>();
      }
      entry["data_offsets"] = {end, end + size};
      end += size;
    }
    const std::string text = header.dump();
    header_bytes = text.size();
    write_text(folder / "model.safetensors",
               std::string(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes) + text);
    std::filesystem::resize_file(folder / "model.safetensors", sizeof header_bytes + text.size() + end);
  }

  // Of files, in this process's memory; 0 where the system doesn't say.
  static std::size_t mapped_bytes() {
    const std::string status = read_text("/proc/self/status");
    const std::size_t found = status.find("RssFile:");
    return found == std::string::npos ? 0 : std::stoul(status.substr(found + 8)) * 1024;
  }

  std::size_t files_in_the_folder() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
};

constexpr std::size_t kColumns = 32;

TEST_F(ConvertWeights, NamesTensorAndRowOfAValueThatIsNoNumber) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), -HUGE_VALF}) {
    for (const auto type : {OutputType::as_stored, OutputType::f16, OutputType::bf16, OutputType::q8_0}) {
      const auto folder = with_weight("model.layers.1.mlp.up_proj.weight", 9 * kColumns + 5, value);
      EXPECT_THAT(refusal(folder, {.type = type, .threads = 3}),
                  AllOf(HasSubstr("'blk.1.ffn_up.weight'"), HasSubstr("not a number in row 9")));
      EXPECT_EQ(files_in_the_folder(), 1u) << "something was left behind";
    }
  }
}

TEST_F(ConvertWeights, NamesAValueThatIsNoNumberInANorm) {
  EXPECT_THAT(refusal(with_weight("model.norm.weight", 3, HUGE_VALF)), HasSubstr("'output_norm.weight'"));
}

TEST_F(ConvertWeights, NamesAWeightTooLargeForItsNewTypeAndKeepsItInOthers) {
  const auto folder = with_weight("model.layers.0.mlp.down_proj.weight", 4 * 64, 7e4f);
  EXPECT_THAT(refusal(folder, {.type = OutputType::f16}),
              AllOf(HasSubstr("'blk.0.ffn_down.weight'"), HasSubstr("row 4 that is too large for F16")));
  EXPECT_THAT(refusal(folder, {.type = OutputType::q8_0}), HasSubstr("too large for Q8_0"));
  EXPECT_EQ(refusal(folder, {.type = OutputType::bf16}), "");
  EXPECT_EQ(refusal(folder, {.type = OutputType::f32}), "");
}

TEST_F(ConvertWeights, WritesTheSameBytesWithAnyNumberOfThreads) {
  for (const char* name : {"llama", "gpt2", "phi3"}) {
    for (const auto type : {OutputType::f16, OutputType::q8_0}) {
      convert(copy_of(name), folder_ / "one.gguf", {.type = type, .threads = 1});
      convert(copy_of(name), folder_ / "many.gguf", {.type = type, .threads = 5});
      EXPECT_EQ(read_text(folder_ / "one.gguf"), read_text(folder_ / "many.gguf")) << name;
    }
  }
}

TEST_F(ConvertWeights, GoStraightToARecipeAsThoughQuantizedAfterwards) {
  ThreadPool pool(2);
  for (const char* name : {"llama", "phi2", "gemma3"}) {
    const Quantization& recipe = quantization_from_name("Q4_K_M");
    std::vector<std::string> notes;
    const auto note = [&](const std::string& sentence) { notes.push_back(sentence); };
    convert(copy_of(name), result(), {.recipe = &recipe, .threads = 2, .note = note});
    EXPECT_THAT(notes, ::testing::Contains(HasSubstr("instead"))) << "rows of 32 don't fit a Q4_K block";
    convert(copy_of(name), folder_ / "whole.gguf", {.type = OutputType::f32});
    quantize(GgufFile::open(folder_ / "whole.gguf"), folder_ / "quantized.gguf", recipe, pool);
    EXPECT_EQ(read_text(result()), read_text(folder_ / "quantized.gguf")) << name;
  }
}

TEST_F(ConvertWeights, KeepsNoMoreOfTheSourceInMemoryThanOneTensor) {
  const auto folder = copy_of("llama");
  constexpr std::size_t kLargest = std::size_t{256} * 4096 * sizeof(float);  // of these it has six
  enlarge(folder, {{"hidden_size", 256}, {"intermediate_size", 4096}, {"head_dim", 64}},
          {{32, 256}, {64, 4096}, {16, 128}});
  const std::size_t before = mapped_bytes();
  std::size_t most = before;
  convert(folder, result(), {.type = OutputType::f16, .progress = [&](std::uint64_t, std::uint64_t) {
                               most = std::max(most, mapped_bytes());
                             }});
  EXPECT_LT(most - before, 2 * kLargest);
}

TEST_F(ConvertWeights, LeavesNothingBehindWhenTheDiskIsFull) {
  const auto folder = copy_of("llama");
  const SmallDisk disk(8192);
  EXPECT_THAT(refusal(folder), HasSubstr("cannot write"));
  EXPECT_EQ(files_in_the_folder(), 1u);
}

TEST_F(ConvertWeights, NamesAShardThatIsMissing) {
  const auto folder = copy_of("llama");
  std::filesystem::remove(folder / "model.safetensors");
  const nlohmann::json index{{"weight_map", {{"model.norm.weight", "model-00002-of-00002.safetensors"}}}};
  write_text(folder / "model.safetensors.index.json", index.dump());
  EXPECT_THAT(refusal(folder), HasSubstr("model-00002-of-00002.safetensors"));
  EXPECT_EQ(files_in_the_folder(), 1u);
}

}  // namespace
}  // namespace minnow::formats
