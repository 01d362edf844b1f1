// Hashes of results committed with the sources, so that an x86 and an Arm machine, which never meet in one test
// run, are held to the same bits. tests/reference/kernels/README.md says how the file is made.
#include <fstream>
#include <map>

#include "inputs.hpp"
#include "paged_rows.hpp"
#include "test_data.hpp"

namespace minnow::kernels {
namespace {

class Hash {  // FNV-1a
 public:
  void add(const std::vector<float>& values) {
    for (const float value : values) {
      const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
      for (int shift = 0; shift < 32; shift += 8) hash_ = (hash_ ^ ((bits >> shift) & 0xff)) * 0x100000001b3u;
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

std::uint64_t hash_of_products(const KernelTable& kernels, Format format) {
  ThreadPool pool(1);
  const std::size_t cols = 768;
  Hash hash;
  for (const std::size_t tokens : {1, 11}) {
    hash.add(
        multiply(kernels, format, 43, cols, weights_of(format, 43, cols, 1), random_values(tokens * cols, 2), pool));
  }
  return hash.value();
}

std::uint64_t hash_of_elementwise(const KernelTable& kernels) {
  const std::size_t n = 1003;
  const auto a = random_values(n, 5, 12.0f);
  const auto b = random_values(n, 6);
  std::vector<float> y(n);
  Hash hash;
  const auto keep = [&](auto run) {
    y = a;
    run();
    hash.add(y);
  };
  keep([&] { kernels.rms_norm(a.data(), b.data(), n, 1e-5f, y.data()); });
  keep([&] { kernels.layer_norm(a.data(), b.data(), b.data(), n, 1e-5f, y.data()); });
  keep([&] { kernels.silu_gate(a.data(), b.data(), n, y.data()); });
  keep([&] { kernels.gelu_tanh_gate(a.data(), b.data(), n, y.data()); });
  keep([&] { kernels.gelu_tanh(n, y.data()); });
  keep([&] { kernels.soft_cap(5.0f, n, y.data()); });
  keep([&] { kernels.rope(b.data(), 500, true, y.data()); });
  keep([&] { kernels.rope(b.data(), 500, false, y.data()); });
  return hash.value();
}

std::uint64_t hash_of_attention(const KernelTable& kernels) {
  const std::size_t size = 80;
  const std::size_t end = 77;
  const auto query = random_values(size, 7, 2.0f);
  const auto keys = random_values(end * size, 8);
  const auto values = random_values(end * size, 9);
  Hash hash;
  for (const CacheType type : {CacheType::f32, CacheType::f16}) {
    const PagedRows rows(kernels, type, size, size, keys, values);
    std::vector<float> scores(end);
    std::vector<float> out(size);
    kernels.attend({query.data(), 1, size, rows.pages.data(), 0, rows.values, type, size, size, 2, end, 0.3f, 20.0f,
                    scores.data(), out.data(), size});
    hash.add(out);
  }
  return hash.value();
}

std::map<std::string, std::uint64_t> hashes_of(const KernelTable& kernels) {
  std::map<std::string, std::uint64_t> hashes;
  for (const Format format : all_formats()) {
    hashes[std::string(numeric::info(format).name)] = hash_of_products(kernels, format);
  }
  hashes["elementwise"] = hash_of_elementwise(kernels);
  hashes["attention"] = hash_of_attention(kernels);
  return hashes;
}

TEST(GoldenHashes, AreTheSameOnEveryMachine) {
  std::map<std::string, std::uint64_t> expected;
  std::ifstream file(testing::golden("kernels/hashes.txt"));
  std::string name;
  std::uint64_t hash = 0;
  while (file >> name >> std::hex >> hash) expected[name] = hash;
  ASSERT_EQ(expected.size(), numeric::kFormatCount + 2);
  for (const Isa isa : available_isas()) EXPECT_EQ(hashes_of(kernels_for(isa)), expected) << kernels_for(isa).name;
}

// Not a test of anything: with MINNOW_WRITE_HASHES=FILE it writes the file the test above reads.
TEST(GoldenHashes, AreWrittenOnRequest) {
  const char* path = std::getenv("MINNOW_WRITE_HASHES");
  if (path == nullptr) GTEST_SKIP() << "MINNOW_WRITE_HASHES is not set";
  std::ofstream file(path);
  for (const auto& [name, hash] : hashes_of(kernels_for(Isa::scalar))) file << name << ' ' << std::hex << hash << '\n';
  ASSERT_TRUE(file.good());
}

}  // namespace
}  // namespace minnow::kernels
