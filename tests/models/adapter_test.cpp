// Adapters give the logits that PEFT gives, and change nothing for those who have none.
#include "models/adapter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "formats/merge_adapter.hpp"
#include "minnow/error.hpp"
#include "models/family_data.hpp"
#include "models/runner.hpp"
#include "models/scratch.hpp"
#include "temporary_folder.hpp"
#include "test_data.hpp"

namespace minnow::models {
namespace {

using ::testing::HasSubstr;

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Adapters : public ::testing::TestWithParam<std::string> {
 protected:
  Adapters()
      : folder_(minnow::testing::golden("adapters") / GetParam()),
        file_(formats::GgufFile::open(minnow::testing::family_gguf(GetParam()))),
        decoder_(Decoder::load(file_, kernels::active_kernels(), pool_)),
        tokens_(nlohmann::json::parse(read_text(folder_ / "prompt.json")).get<std::vector<TokenId>>()) {
    const std::string bytes = read_text(folder_ / "logits.f32");
    expected_.resize(bytes.size() / sizeof(float));
    std::memcpy(expected_.data(), bytes.data(), bytes.size());
  }

  Adapter load(const std::filesystem::path& path) {
    return {formats::read_adapter(path, adapter_target(decoder_.spec())), decoder_.spec(), decoder_.kernels(), pool_};
  }

  std::vector<float> logits(const Adapter* adapter, std::size_t chunk) {
    KvCache cache(decoder_.spec(), tokens_.size(), kernels::CacheType::f32);
    Scratch scratch(decoder_.spec(), tokens_.size());
    if (adapter != nullptr) scratch.make_room_for_adapters(decoder_.spec(), adapter->max_rank());
    std::vector<float> all(tokens_.size() * decoder_.spec().vocabulary_size);
    for (std::size_t begin = 0; begin < tokens_.size(); begin += chunk) {
      const auto part = std::span(tokens_).subspan(begin, std::min(chunk, tokens_.size() - begin));
      const Slice slice{&cache, part, Logits::all, adapter};
      decoder_.forward({&slice, 1}, all.data() + begin * decoder_.spec().vocabulary_size, scratch, pool_);
    }
    return all;
  }

  double largest_difference(const std::vector<float>& values) const {
    double most = values.size() == expected_.size() ? 0 : HUGE_VAL;
    for (std::size_t i = 0; i < std::min(values.size(), expected_.size()); ++i) {
      most = std::max(most, std::fabs(static_cast<double>(values[i]) - static_cast<double>(expected_[i])));
    }
    return most;
  }

  ThreadPool pool_{2};
  std::filesystem::path folder_;
  formats::GgufFile file_;
  Decoder decoder_;
  std::vector<TokenId> tokens_;
  std::vector<float> expected_;
};

TEST_P(Adapters, GiveTheLogitsOfPeft) {
  const Adapter adapter = load(folder_);
  EXPECT_LE(largest_difference(logits(&adapter, tokens_.size())), 1e-3);
  EXPECT_GT(largest_difference(logits(nullptr, tokens_.size())), 0.5);
}

// PEFT computes something else with these than B A x beside the matrix.
TEST_P(Adapters, OfAnotherKindAreRefusedByTheirSetting) {
  const auto copy = minnow::testing::process_folder() / (GetParam() + "-peft");
  std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
  const auto refusal = [&](const char* key, const nlohmann::json& value) -> std::string {
    auto config = nlohmann::json::parse(read_text(folder_ / "adapter_config.json"));
    config[key] = value;
    std::ofstream(copy / "adapter_config.json") << config;
    try {
      load(copy);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("init_lora_weights", "gaussian"), "");
  for (const char* how : {"pissa", "pissa_niter_16", "olora", "corda", "loftq", "lora_ga"}) {
    EXPECT_THAT(refusal("init_lora_weights", how), HasSubstr("init_lora_weights")) << how;
  }
  EXPECT_THAT(refusal("use_dora", true), HasSubstr("use_dora"));
  EXPECT_THAT(refusal("layer_replication", {{0, 2}, {1, 2}}), HasSubstr("layer_replication"));
}

TEST_P(Adapters, GiveTheSameBitsInAnyChunking) {
  const Adapter adapter = load(folder_);
  EXPECT_EQ(logits(&adapter, 1), logits(&adapter, tokens_.size()));
}

TEST_P(Adapters, SurviveTheirWayThroughGguf) {
  auto source = formats::read_adapter(folder_, adapter_target(decoder_.spec()));
  source.architecture = decoder_.spec().architecture;
  const auto path = minnow::testing::process_folder() / (GetParam() + "-lora.gguf");
  formats::write_adapter(path, source);
  const Adapter first = load(folder_), second = load(path);
  EXPECT_EQ(logits(&first, 7), logits(&second, 7));
}

// Merged in F32, the model alone gives the logits of PEFT.
TEST_P(Adapters, CanBecomePartOfTheWeights) {
  const auto path = minnow::testing::process_folder() / (GetParam() + "-merged.gguf");
  formats::merge_adapter(file_, formats::read_adapter(folder_, adapter_target(decoder_.spec())), path, pool_);
  const auto merged = formats::GgufFile::open(path);
  const Decoder decoder = Decoder::load(merged, kernels::active_kernels(), pool_);
  EXPECT_LE(largest_difference(minnow::testing::all_logits(decoder, tokens_, tokens_.size(), pool_)), 1e-3);
  auto wrong = formats::read_adapter(folder_, adapter_target(decoder_.spec()));
  wrong.changes["blk.7.attn_q.weight"] = wrong.changes["blk.0.attn_q.weight"];
  EXPECT_THROW(formats::merge_adapter(file_, wrong, path, pool_), Error);
  wrong.changes.erase("blk.7.attn_q.weight");
  wrong.changes["blk.0.attn_output.weight"].rows *= 2;
  EXPECT_THROW(formats::merge_adapter(file_, wrong, path, pool_), Error);
}

TEST_P(Adapters, OfOneSequenceLeaveItsNeighboursAlone) {
  const Adapter adapter = load(folder_);
  const auto with = logits(&adapter, tokens_.size()), without = logits(nullptr, tokens_.size());
  const auto cache = [&] { return KvCache(decoder_.spec(), tokens_.size(), kernels::CacheType::f32); };
  KvCache first = cache(), second = cache(), third = cache();
  Scratch scratch(decoder_.spec(), 3 * tokens_.size());
  scratch.make_room_for_adapters(decoder_.spec(), adapter.max_rank());
  const Slice slices[] = {{&first, tokens_, Logits::all, nullptr},
                          {&second, tokens_, Logits::all, &adapter},
                          {&third, tokens_, Logits::all, nullptr}};
  std::vector<float> all(3 * with.size());
  decoder_.forward(slices, all.data(), scratch, pool_);
  const auto part = [&](std::size_t i) {
    return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(i * with.size()),
                              all.begin() + static_cast<std::ptrdiff_t>((i + 1) * with.size()));
  };
  EXPECT_EQ(part(0), without);
  EXPECT_EQ(part(1), with);
  EXPECT_EQ(part(2), without);
}

TEST_P(Adapters, AreRefusedByNameWhereTheyDoNotFit) {
  const auto refusal = [&](const formats::LoraAdapter& source) -> std::string {
    try {
      const Adapter adapter(source, decoder_.spec(), decoder_.kernels(), pool_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  auto source = formats::read_adapter(folder_, adapter_target(decoder_.spec()));
  source.architecture = "mamba";
  EXPECT_THAT(refusal(source), HasSubstr("made for the architecture 'mamba'"));
  source.architecture.clear();
  source.changes["blk.9.attn_q.weight"] = source.changes["blk.0.attn_q.weight"];
  EXPECT_THAT(refusal(source), HasSubstr("'blk.9.attn_q.weight' can't be adapted"));
  source.changes.erase("blk.9.attn_q.weight");
  source.changes["blk.0.ffn_up.weight"] = source.changes["blk.0.ffn_down.weight"];
  EXPECT_THAT(refusal(source), HasSubstr("the change of 'blk.0.ffn_up.weight' is 32 × 64, the matrix is 64 × 32"));
}

TEST_P(Adapters, AreRefusedWhenTheirSettingsNameAnotherRank) {
  const minnow::testing::TemporaryFolder copy;
  auto settings = nlohmann::json::parse(read_text(folder_ / "adapter_config.json"));
  settings["r"] = settings["r"].get<int>() + 1;
  std::ofstream(copy / "adapter_config.json") << settings;
  std::filesystem::copy_file(folder_ / "adapter_model.safetensors", copy / "adapter_model.safetensors");
  try {
    load(copy.path());
    FAIL() << "the change would have been scaled by the wrong rank";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::ContainsRegex("has rank [0-9]+, and .*adapter_config.json says [0-9]+"));
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Adapters, ::testing::Values("llama", "qwen2"));

}  // namespace
}  // namespace minnow::models
