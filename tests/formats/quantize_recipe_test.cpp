// The formats that recipes choose, against llama.cpp's own choice; tests/reference/quantize/make_recipes.py made the
// file.
#include "formats/quantize_recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "test_data.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

TensorInfo tensor(std::string name, std::vector<std::uint64_t> shape) {
  TensorInfo info;
  info.name = std::move(name);
  info.n_dimensions = shape.size();
  std::copy(shape.begin(), shape.end(), info.shape.begin());
  info.format = shape.size() == 1 ? Format::f32 : Format::f16;
  return info;
}

struct Shape {
  Metadata metadata;
  std::vector<TensorInfo> tensors;
};

Shape shape_of(const nlohmann::json& model) {
  Shape shape;
  shape.metadata.set("general.architecture", model["architecture"].get<std::string>());
  for (const auto& [key, value] : model["metadata"].items()) shape.metadata.set(key, value.get<std::uint64_t>());
  for (const auto& each : model["tensors"]) shape.tensors.push_back(tensor(each[0], each[1]));
  return shape;
}

// Two layers with value and down projections that fit any format.
Shape small_shape() {
  Shape shape;
  shape.metadata.set("general.architecture", std::string("llama"));
  shape.tensors = {tensor("token_embd.weight", {256, 8}), tensor("blk.0.attn_v.weight", {256, 256}),
                   tensor("blk.0.ffn_down.weight", {256, 256}), tensor("blk.10.attn_v.weight", {256, 256}),
                   tensor("blk.10.attn_norm.weight", {256})};
  return shape;
}

std::vector<Format> formats_with(std::vector<FormatOverride> overrides) {
  const Shape shape = small_shape();
  std::vector<Format> formats;
  for (const FormatChoice& choice : choose_formats(quantization_from_name("Q4_0"), shape.metadata, shape.tensors,
                                                   {.overrides = std::move(overrides)})) {
    formats.push_back(choice.format);
  }
  return formats;
}

TEST(QuantizeRecipe, GivesEveryTensorTheTypeLlamaCppGives) {
  const auto golden = nlohmann::json::parse(std::ifstream(testing::golden("quantize/recipes.json")));
  std::size_t compared = 0;
  for (const auto& [title, model] : golden.items()) {
    if (title == "letters") continue;
    const Shape shape = shape_of(model);
    for (const auto& [recipe, letters] : model["types"].items()) {
      const auto choices = choose_formats(quantization_from_name(recipe), shape.metadata, shape.tensors);
      ASSERT_EQ(choices.size(), letters.get<std::string>().size());
      for (std::size_t i = 0; i < choices.size(); ++i, ++compared) {
        const std::string letter(1, letters.get<std::string>()[i]);
        const bool is_fallback = choices[i].format != choices[i].wanted && choices[i].wanted != Format::iq4_xs;
        const bool is_better = is_fallback && choices[i].format == Format::iq4_nl;  // see quantize_recipe.hpp
        EXPECT_EQ(is_better ? "Q4_0" : numeric::info(choices[i].format).name,
                  golden["letters"][letter].get<std::string>())
            << title << ", " << recipe << ": " << shape.tensors[i].name;
      }
    }
  }
  EXPECT_GT(compared, 10000u);
}

TEST(QuantizeRecipe, SaysWhatWasWantedWhereRowsDontFit) {
  const std::vector<TensorInfo> tensors{tensor("blk.0.attn_q.weight", {288, 288}),
                                        tensor("blk.0.attn_k.weight", {40, 288})};
  const auto choices = choose_formats(quantization_from_name("Q4_K_M"), Metadata(), tensors);
  EXPECT_EQ(choices[0].wanted, Format::q4_k);
  EXPECT_EQ(choices[0].format, Format::q5_0);
  EXPECT_EQ(choices[1].wanted, Format::q4_k);
  EXPECT_EQ(choices[1].format, Format::f16);
}

TEST(QuantizeRecipe, LetsTheLastMatchingPatternDecide) {
  using enum Format;
  EXPECT_THAT(formats_with({}), ::testing::ElementsAre(q6_k, q4_0, q4_0, q4_0, f32));
  EXPECT_THAT(formats_with({{"attn_v", q8_0}}), ::testing::ElementsAre(q6_k, q8_0, q4_0, q8_0, f32));
  EXPECT_THAT(formats_with({{"attn_v", q8_0}, {"blk.1*v.w", q5_k}}),
              ::testing::ElementsAre(q6_k, q8_0, q4_0, q5_k, f32));
  EXPECT_THAT(formats_with({{"*", f16}}), ::testing::ElementsAre(f16, f16, f16, f16, f32));
}

TEST(QuantizeRecipe, RefusesAPatternThatMatchesNoMatrix) {
  EXPECT_THROW(formats_with({{"attn_norm", Format::q8_0}}), Error);
  EXPECT_THROW(formats_with({{"attn_v*attn_v", Format::q8_0}}), Error);
}

TEST(QuantizeRecipe, ReadsOverridesAndRefusesOthers) {
  EXPECT_EQ(format_override_from_text("ffn_down=q6_k").pattern, "ffn_down");
  EXPECT_EQ(format_override_from_text("ffn_down=q6_k").format, Format::q6_k);
  for (const char* wrong : {"", "=", "ffn_down", "=Q6_K", "ffn_down=", "ffn_down=Q7"}) {
    EXPECT_THROW(format_override_from_text(wrong), Error) << wrong;
  }
}

TEST(QuantizeRecipe, KnowsEveryNameAndListsThemForAWrongOne) {
  EXPECT_EQ(quantization_from_name("q3_k_l").name, "Q3_K_L");
  try {
    quantization_from_name("Q9");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::StartsWith("unknown quantization 'Q9'; known are"));
    for (const char* name : {"Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q4_K_M", "Q4_K_S", "Q3_K_L", "Q3_K_M", "Q3_K_S",
                             "Q2_K", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "IQ4_XS", "F16", "BF16"}) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(name));
    }
  }
}

}  // namespace
}  // namespace minnow::formats
