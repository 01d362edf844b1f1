// Ten thousand damaged files. Each must open with everything it promises readable, or be refused with minnow::Error.
#include <fstream>
#include <random>

#include "base/file.hpp"
#include "formats/gguf_writer.hpp"
#include "gguf_files.hpp"
#include "gguf_raw.hpp"

namespace minnow::formats {
namespace {

using namespace testing_raw;

std::string small_file() {
  GgufWriter writer;
  Metadata& metadata = writer.metadata();
  metadata.set("general.architecture", std::string("llama"));
  metadata.set("general.alignment", std::uint64_t{32});
  metadata.set("llama.block_count", std::uint64_t{2});
  metadata.set("llama.rope.freq_base", 10000.0);
  metadata.set("tokenizer.ggml.tokens", std::vector<std::string>{"<s>", "</s>", "▁the", "a"});
  metadata.set("tokenizer.ggml.scores", std::vector<double>{0.0, -1.0, -2.0, -3.0});
  metadata.set("tokenizer.ggml.token_type", std::vector<std::int64_t>{3, 3, 1, 1});
  metadata.set("llama.attention.sliding_window_pattern", std::vector<bool>{true, false});
  metadata.set("tokenizer.ggml.add_bos_token", true);
  metadata.set("negative", std::int64_t{-1});
  writer.add_tensor("token_embd.weight", numeric::Format::q4_0, {32, 4});
  writer.add_tensor("blk.0.attn_q.weight", numeric::Format::q4_k, {256, 2});
  writer.add_tensor("output_norm.weight", numeric::Format::f32, {7});
  const TemporaryFolder folder;
  writer.write(folder / "small.gguf", fill_with_pattern);
  return read_file(folder / "small.gguf");
}

class Mutator {
 public:
  explicit Mutator(std::string original) : original_(std::move(original)) {}

  std::string next() {
    std::string file = original_;
    for (std::size_t n = 1 + below(3); n > 0; --n) mutate(file);
    return file;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  // Mostly in the header, where there is something to break.
  std::size_t place(const std::string& file) {
    return below(below(4) == 0 ? file.size() : std::min<std::size_t>(file.size(), 800));
  }

  void mutate(std::string& file) {
    if (file.empty()) return;
    switch (below(6)) {
      case 0:
        file[place(file)] ^= static_cast<char>(1u << below(8));
        return;
      case 1:
        file[place(file)] = static_cast<char>(below(256));
        return;
      case 2:
        file.resize(place(file));
        return;
      case 3:
        overwrite_length(file);
        return;
      case 4:
        file.insert(place(file), original_, place(original_), below(64));
        return;
      default:
        file.erase(place(file), below(32));
        return;
    }
  }

  // Lengths, counts, dimensions and offsets are all u64.
  void overwrite_length(std::string& file) {
    constexpr std::uint64_t kExtremes[] = {0,          1,          8,          0x7f,       0xffff,     0xffffffff,
                                           1ull << 31, 1ull << 32, 1ull << 62, 1ull << 63, ~0ull - 31, ~0ull};
    const std::string value = bytes_of(kExtremes[below(std::size(kExtremes))]);
    const std::size_t at = place(file);
    file.replace(at, std::min(value.size(), file.size() - at), value, 0, std::min(value.size(), file.size() - at));
  }

  std::string original_;
  std::mt19937_64 random_{20240229};
};

// Touches every byte the file promises, so that the sanitizers would see one that isn't there.
std::uint64_t read_everything(const GgufFile& file) {
  std::uint64_t sum = 0;
  for (const TensorInfo& tensor : file.tensors()) {
    EXPECT_EQ(file.find(tensor.name), &tensor);
    const auto data = file.data(tensor);
    EXPECT_EQ(data.size(), numeric::row_bytes(tensor.format, tensor.row_length()) * tensor.n_rows());
    for (const std::byte byte : data) sum += static_cast<std::uint64_t>(byte);
  }
  return sum;
}

TEST(GgufMutations, OpenWholeOrAreRefused) {
  Mutator mutator(small_file());
  std::size_t n_opened = 0, n_refused = 0;
  std::uint64_t sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string file = mutator.next();
    // On the heap at its exact size, where reading one byte too many is seen.
    const std::vector<char> exact(file.begin(), file.end());
    try {
      sum += read_everything(open_bytes(std::string_view(exact.data(), exact.size())));
      ++n_opened;
    } catch (const Error& error) {
      ASSERT_FALSE(std::string_view(error.what()).empty());
      ++n_refused;
    }
  }
  EXPECT_GT(n_opened, 500u);  // both happen often, so both are tested
  EXPECT_GT(n_refused, 3000u);
  EXPECT_GT(sum, 0u);
}

}  // namespace
}  // namespace minnow::formats
