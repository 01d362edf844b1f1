// A model's weights in the layout of the kernels, kept on disk so that only the first start has to make it.
//
//   ModelIdentity identity(file);
//   auto pack = open_pack(path, identity, kernels, pool, /*verify=*/false);
//   if (!pack && build_pack(path, spec, identity, kernels, pool, progress)) pack = open_pack(…);
//
// A pack serves a model as long as the model's SHA-256 is the one it was made from. Reading a model for that takes as
// long as a start should, so the pack also holds a stamp of the model file (size, inode, times): while that is the
// same, so is the SHA-256. When it isn't, the model is read; if it proves to be the same after all, copied or touched,
// the stamp is renewed in place, else the pack is stale and made anew.
//
// A pack is believed only if root, this user or the owner of the model owns it: those could change the weights anyway.
// Whatever is in it can't crash the process, but its numbers are the model then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/pack_file.hpp"
#include "kernels/kernel_table.hpp"
#include "models/spec.hpp"

namespace minnow::models {

// Who a model is: its SHA-256, which costs reading it once, and its stamp, which costs nothing.
class ModelIdentity {
 public:
  explicit ModelIdentity(const formats::GgufFile& file);  // `file` must outlive it

  const formats::GgufFile& file() const { return file_; }
  const std::string& sha256();
  // 0 when the file changed so recently that it may change again within the tick of the file system's clock.
  std::uint64_t stamp() const { return stamp_; }
  // Whether the files under the model's name are still those that were opened.
  bool is_unchanged() const;

 private:
  const formats::GgufFile& file_;
  std::uint64_t stamp_;
  std::string sha256_;
};

// No value when there is no pack, or it is stale, damaged, of another layout or of someone we don't trust. What isn't
// in memory yet is compared with its checksum as it comes from the disk; `verify` compares all of it.
std::optional<formats::PackFile> open_pack(const std::filesystem::path& path, ModelIdentity& identity,
                                           const kernels::KernelTable& kernels, ThreadPool& pool, bool verify);

// Loads the model as an ordinary start does, all checks included, and writes what the kernels want to `path`. Holds a
// few megabytes of it at a time. False when that can't be done here: no rights, no room, or another process is at
// it. Throws what loading a broken model throws; then there is no pack.
bool build_pack(const std::filesystem::path& path, const DecoderSpec& spec, ModelIdentity& identity,
                const kernels::KernelTable& kernels, ThreadPool& pool,
                const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace minnow::models
