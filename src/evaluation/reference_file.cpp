#include "evaluation/reference_file.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/byte_reader.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::string_view kMagic = "minnowLP";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHashLength = 64;
constexpr float kRange = 32;  // nats
constexpr float kStep = kRange / 65535;
constexpr float kRounding = 1e-3f;  // a certain token's log-probability is 0, give or take this

static_assert(std::endian::native == std::endian::little, "the file holds numbers as they lie in memory");

// The vocabulary of the row comes after its largest value.
std::size_t row_bytes(std::size_t vocabulary_size) { return sizeof(float) + vocabulary_size * sizeof(std::uint16_t); }

void write_row(AtomicFile& file, std::span<const float> row, std::vector<std::uint16_t>& steps) {
  const float largest = *std::max_element(row.begin(), row.end());
  for (std::size_t id = 0; id < row.size(); ++id) {
    const float below = std::min((largest - row[id]) / kStep, 65535.0f);
    steps[id] = static_cast<std::uint16_t>(below + 0.5f);
  }
  file.write_value(largest);
  file.write(std::as_bytes(std::span(steps)));
}

}  // namespace

void write_reference(const std::filesystem::path& path, const Model& model, Reference& source,
                     const std::function<void(std::size_t done, std::size_t total)>& progress) {
  AtomicFile file(path);
  const std::vector<Passage>& passages = source.passages();
  const std::size_t size = model.vocabulary_size();
  file.write(kMagic);
  file.write_value(kVersion);
  file.write_value(static_cast<std::uint32_t>(size));
  file.write_value(static_cast<std::uint64_t>(passages.size()));
  file.write(model.sha256());
  file.write(vocabulary_sha256(model));
  std::vector<std::uint16_t> steps(size);
  for (std::size_t i = 0; i < passages.size(); ++i) {
    file.write_value(static_cast<std::uint32_t>(passages[i].tokens.size()));
    file.write_value(static_cast<std::uint32_t>(passages[i].first_scored));
    file.write(std::as_bytes(std::span(passages[i].tokens)));
    const LogProbabilityRows rows = source.rows(i);
    for (std::size_t row = 0; row < rows.size(); row += size)
      write_row(file, std::span(rows).subspan(row, size), steps);
    if (progress) progress(i + 1, passages.size());
  }
  file.commit();
}

bool is_reference_file(const std::filesystem::path& path) {
  std::string magic(kMagic.size(), '\0');
  std::ifstream(path, std::ios::binary).read(magic.data(), static_cast<std::streamsize>(magic.size()));
  return magic == kMagic;
}

FileReference FileReference::open(const std::filesystem::path& path) {
  FileReference reference;
  reference.file_ = MappedFile(path);
  reference.read(reference.file_.bytes(), path.string());
  return reference;
}

FileReference FileReference::from_memory(std::span<const std::byte> bytes, const std::string& name) {
  FileReference reference;
  reference.read(bytes, name);
  return reference;
}

void FileReference::read(std::span<const std::byte> bytes, const std::string& name) {
  name_ = name;
  ByteReader in(bytes, name);
  if (bytes.size() < kMagic.size() || in.take_text(kMagic.size(), "the magic") != kMagic) {
    fail(ErrorCode::invalid_input, "{} is not a file of reference predictions", name);
  }
  const auto version = in.read<std::uint32_t>("the version");
  if (version != kVersion) {
    fail(ErrorCode::unsupported, "{}: version {} of reference predictions, this build reads {}", name, version,
         kVersion);
  }
  vocabulary_size_ = in.read<std::uint32_t>("the vocabulary's size");
  const auto n_passages = in.read<std::uint64_t>("the number of passages");
  model_sha256_ = in.take_text(kHashLength, "the model's hash");
  vocabulary_sha256_ = in.take_text(kHashLength, "the vocabulary's hash");
  if (vocabulary_size_ == 0) fail(ErrorCode::invalid_input, "{}: the vocabulary is empty", name);
  for (std::uint64_t i = 0; i < n_passages; ++i) {
    const auto n_tokens = in.read<std::uint32_t>("a passage's length");
    const auto first_scored = in.read<std::uint32_t>("a passage's beginning");
    if (first_scored == 0 || first_scored >= n_tokens) {
      fail(ErrorCode::invalid_input, "{}: passage {} of {} tokens can't be scored from {} on", name, i, n_tokens,
           first_scored);
    }
    Passage passage{.tokens = {}, .first_scored = first_scored};
    const auto tokens = in.take(std::uint64_t{n_tokens} * sizeof(TokenId), "a passage's tokens");
    passage.tokens.resize(n_tokens);
    std::memcpy(passage.tokens.data(), tokens.data(), tokens.size());
    for (const TokenId id : passage.tokens) {
      if (id >= 0 && static_cast<std::size_t>(id) < vocabulary_size_) continue;
      fail(ErrorCode::invalid_input, "{}: there is no token {}: the vocabulary has {}", name, id, vocabulary_size_);
    }
    encoded_.push_back(
        in.take(std::uint64_t{n_tokens - first_scored} * row_bytes(vocabulary_size_), "a passage's predictions"));
    passages_.push_back(std::move(passage));
  }
  if (passages_.empty() || in.remaining() > 0) {
    fail(ErrorCode::invalid_input, "{}: {} bytes follow after the last passage", name, in.remaining());
  }
}

LogProbabilityRows FileReference::rows(std::size_t passage) {
  const std::size_t n = n_scored(passages_[passage]);
  LogProbabilityRows rows(n * vocabulary_size_);
  std::vector<std::uint16_t> steps(vocabulary_size_);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bytes = encoded_[passage].subspan(i * row_bytes(vocabulary_size_), row_bytes(vocabulary_size_));
    float largest = 0;
    std::memcpy(&largest, bytes.data(), sizeof largest);
    if (!(largest >= -kRange && largest <= kRounding)) {  // the likeliest of n tokens has at least 1 / n
      fail(ErrorCode::invalid_input, "{}: passage {} holds a prediction that is no log-probability", name_, passage);
    }
    std::memcpy(steps.data(), bytes.data() + sizeof largest, bytes.size() - sizeof largest);
    for (std::size_t id = 0; id < vocabulary_size_; ++id) {
      rows[i * vocabulary_size_ + id] = largest - kStep * static_cast<float>(steps[id]);
    }
  }
  return rows;
}

void FileReference::require_same_tokens(const Model& candidate) const {
  if (candidate.vocabulary_size() == vocabulary_size_ && vocabulary_sha256(candidate) == vocabulary_sha256_) return;
  fail(ErrorCode::invalid_input, "{} was made with another vocabulary than {}'s", name_, candidate.name());
}

}  // namespace minnow::evaluation
