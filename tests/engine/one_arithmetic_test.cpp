// One arithmetic: the same file and prompt give the same bits of every logit, on every instruction set this machine
// has, for any number of threads, any chunking of the prompt, alone or beside another sequence.
//
// tests/reference/arithmetic/logits.json holds hashes of the logits, so that a machine of another kind proves the same
// bits by itself. MINNOW_UPDATE_GOLDEN=1 writes it anew, after a change that is meant to change the arithmetic.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "engine/embedded_model.hpp"
#include "formats/quantize.hpp"
#include "models/decoder.hpp"
#include "models/scratch.hpp"
#include "temporary_folder.hpp"
#include "test_data.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

using kernels::Isa;
using models::TokenId;

constexpr std::size_t kPromptTokens = 21;  // not a multiple of anything a kernel tiles by

struct Run {
  Isa isa;
  std::size_t threads;
  std::size_t chunk;  // tokens per forward pass
  bool in_company;    // another sequence in the same forward passes
};

std::vector<TokenId> prompt(std::size_t first) {
  std::vector<TokenId> ids;
  for (std::size_t i = 0; i < kPromptTokens; ++i) ids.push_back(static_cast<TokenId>(1 + (first + i * 41) % 280));
  return ids;
}

// Logits of every token of the prompt.
std::vector<float> logits_of(const formats::GgufFile& file, const Run& run) {
  ThreadPool pool(run.threads);
  const auto decoder = models::Decoder::load(file, kernels::kernels_for(run.isa), pool);
  const std::size_t vocabulary = decoder.spec().vocabulary_size;
  models::KvCache cache(decoder.spec(), kPromptTokens, kernels::CacheType::f16);
  models::KvCache other_cache(decoder.spec(), kPromptTokens, kernels::CacheType::f16);
  models::Scratch scratch(decoder.spec(), 2 * kPromptTokens);
  const auto ids = prompt(0), other_ids = prompt(100);
  std::vector<float> all, part(2 * run.chunk * vocabulary);
  for (std::size_t begin = 0; begin < ids.size(); begin += run.chunk) {
    const std::size_t n = std::min(run.chunk, ids.size() - begin);
    std::vector<models::Slice> slices;
    if (run.in_company) slices.push_back({&other_cache, std::span(other_ids).subspan(begin, n), models::Logits::last});
    slices.push_back({&cache, std::span(ids).subspan(begin, n), models::Logits::all});
    decoder.forward(slices, part.data(), scratch, pool);
    const float* rows = part.data() + (run.in_company ? vocabulary : 0);
    all.insert(all.end(), rows, rows + n * vocabulary);
  }
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void expect_golden(const std::string& name, const std::string& hash) {
  const auto path = testing::golden("arithmetic/logits.json");
  auto golden = nlohmann::json::parse(std::ifstream(path), nullptr, false);
  if (std::getenv("MINNOW_UPDATE_GOLDEN") != nullptr) {
    if (!golden.is_object()) golden = nlohmann::json::object();
    golden[name] = hash;
    std::ofstream(path) << golden.dump(2) << "\n";
    return;
  }
  ASSERT_TRUE(golden.is_object()) << path;
  EXPECT_EQ(golden.value(name, "no golden hash"), hash) << name;
}

void expect_one_arithmetic(const std::filesystem::path& path, const std::string& name) {
  SCOPED_TRACE(name);
  const auto file = formats::GgufFile::open(path);
  const auto reference = logits_of(file, {Isa::scalar, 1, kPromptTokens, false});
  expect_golden(name, sha256_hex(std::as_bytes(std::span(reference))));
  for (const Isa isa : kernels::kAllIsas) {
    if (!kernels::has_kernels(isa)) continue;
    const std::vector<Run> runs{{isa, 1, kPromptTokens, false}, {isa, 2, 1, false}, {isa, 4, 8, false},
                                {isa, 2, kPromptTokens, true},  {isa, 1, 3, true},  {isa, 4, kPromptTokens, false}};
    for (const Run& run : runs) {
      EXPECT_TRUE(same_bits(logits_of(file, run), reference))
          << kernels::kernels_for(isa).name << ", " << run.threads << " threads, chunks of " << run.chunk
          << (run.in_company ? ", beside another sequence" : ", alone");
    }
  }
}

class OneArithmetic : public ::testing::TestWithParam<const char*> {};

TEST_P(OneArithmetic, HoldsForRandomWeights) {
  const std::string quantization = GetParam();
  expect_one_arithmetic(testing::tiny_model({.quantization = quantization}), "tiny " + quantization);
}

TEST_P(OneArithmetic, HoldsForTheHomeModel) {
  const auto bytes = engine::embedded_model();
  if (bytes.empty()) GTEST_SKIP() << "built without the home model";
  const std::string quantization = GetParam();
  const auto source = formats::GgufFile::from_memory(bytes, "minnow-home.gguf");
  const auto path = testing::process_folder() / "home.gguf";
  ThreadPool pool(2);
  formats::quantize(source, path, formats::quantization_from_name(quantization), pool);
  expect_one_arithmetic(path, "home " + quantization);
}

INSTANTIATE_TEST_SUITE_P(Formats, OneArithmetic, ::testing::Values("Q4_K_M", "Q8_0", "F16"));

}  // namespace
}  // namespace minnow
