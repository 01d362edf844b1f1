#include "models/weight_pack.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/pack_writer.hpp"
#include "kernels/quantized_layout.hpp"
#include "models/pack_place.hpp"
#include "models/tensor_reader.hpp"
#include "models/weights.hpp"

namespace minnow::models {
namespace {

namespace fs = std::filesystem;
using formats::PackFile;

// FAT stores times to two seconds.
constexpr std::int64_t kClockTickNs = 2'000'000'000;
// Left on the disk beside a pack.
constexpr std::uint64_t kSpareDiskBytes = std::uint64_t{64} << 20;

std::string table_layout(const kernels::KernelTable& kernels) {
  return pack_layout(kernels) + "." + std::to_string(kernels::kPackedLayoutVersion);
}

std::uint64_t stamp_of(const std::vector<FileStamp>& stamps) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  std::vector<std::uint64_t> numbers;
  for (const FileStamp& stamp : stamps) {
    const std::int64_t latest = std::max(stamp.modified_ns, stamp.changed_ns);
    // A time ahead of the clock belongs to a board without one; it is not recent.
    if (latest <= now_ns && now_ns - latest < kClockTickNs) return 0;
    numbers.insert(numbers.end(), {stamp.size, stamp.inode, static_cast<std::uint64_t>(stamp.modified_ns),
                                   static_cast<std::uint64_t>(stamp.changed_ns)});
  }
  return numbers.empty() ? 0 : checksum(std::as_bytes(std::span(numbers)));
}

bool is_trusted(const FileStamp& pack, const ModelIdentity& identity) {
  constexpr std::uint32_t kRoot = 0;
  return pack.owner == kRoot || pack.owner == current_user_id() || pack.owner == identity.file().stamps().front().owner;
}

bool is_of_model(const fs::path& path, const PackFile& pack, ModelIdentity& identity) {
  if (pack.table().model_bytes != identity.file().size_bytes()) return false;
  if (pack.model_stamp() != 0 && pack.model_stamp() == identity.stamp()) return true;
  if (pack.table().model_sha256 != identity.sha256()) return false;
  if (const std::uint64_t stamp = identity.stamp(); stamp != 0) {
    overwrite_in_place(path, pack.file_stamp(), formats::kPackStampOffset, std::as_bytes(std::span(&stamp, 1)));
  }
  return true;
}

// Also maps the pages, which the first token would otherwise wait for.
bool is_intact(const PackFile& pack, ThreadPool& pool, bool verify) {
  std::atomic<bool> intact = true;
  pool.run(pack.n_chunks(), [&](std::size_t i) {
    const bool check = verify || !MappedFile::is_resident(pack.chunk(i));
    if (check && !pack.chunk_is_intact(i)) intact.store(false, std::memory_order_relaxed);
    if (!check) MappedFile::populate(pack.chunk(i));
  });
  return intact;
}

// Every matrix packs into about as many bytes as it has.
bool has_room(const fs::path& path, const formats::GgufFile& file) {
  std::error_code error;
  const fs::space_info space = fs::space(path.has_parent_path() ? path.parent_path() : fs::path("."), error);
  return !error && space.available > file.size_bytes() + file.size_bytes() / 16 + kSpareDiskBytes;
}

}  // namespace

ModelIdentity::ModelIdentity(const formats::GgufFile& file) : file_(file), stamp_(stamp_of(file.stamps())) {}

const std::string& ModelIdentity::sha256() {
  if (sha256_.empty()) sha256_ = file_.sha256();
  return sha256_;
}

bool ModelIdentity::is_unchanged() const {
  try {
    return formats::GgufFile::open(file_.name()).stamps() == file_.stamps();
  } catch (const Error&) {
    return false;
  }
}

std::optional<PackFile> open_pack(const fs::path& path, ModelIdentity& identity, const kernels::KernelTable& kernels,
                                  ThreadPool& pool, bool verify) {
  try {
    PackFile pack = PackFile::open(path);
    const bool usable = is_trusted(pack.file_stamp(), identity) && pack.table().layout == table_layout(kernels) &&
                        is_of_model(path, pack, identity) && is_intact(pack, pool, verify);
    if (usable) return pack;
  } catch (const Error&) {  // missing or damaged: it will be made
  }
  return std::nullopt;
}

bool build_pack(const fs::path& path, const DecoderSpec& spec, ModelIdentity& identity,
                const kernels::KernelTable& kernels, ThreadPool& pool, const TensorReader::Progress& progress) {
  try {
    std::error_code ignored;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
    if (!has_room(path, identity.file())) return false;
    auto out = ExclusiveFile::try_create(path, fs::status(identity.file().name(), ignored).permissions());
    if (!out) return false;
    formats::PackWriter writer(std::move(*out));
    TensorReader tensors(identity.file(), kernels, pool, progress, {.writer = &writer});
    (void)load_weights(spec, tensors);
    formats::PackTable table{.layout = table_layout(kernels),
                             .model_sha256 = identity.sha256(),
                             .model_bytes = identity.file().size_bytes()};
    if (!identity.is_unchanged()) return false;
    writer.commit(std::move(table), identity.stamp());
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io) throw;
    return false;
  }
}

}  // namespace minnow::models
