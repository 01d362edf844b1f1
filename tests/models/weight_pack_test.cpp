// Packed weights between starts: the same bits with and without, and a pack that doesn't fit is never believed.
#include "models/weight_pack.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/pack_table.hpp"
#include "formats/pack_writer.hpp"
#include "minnow/error.hpp"
#include "models/family_data.hpp"
#include "models/pack_place.hpp"
#include "models/runner.hpp"
#include "temporary_folder.hpp"

namespace minnow::models {
namespace {

namespace fs = std::filesystem;

const std::vector<TokenId> kPrompt{1, 5, 9, 2, 7};

class WeightPack : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::process_folder() / "packs";
    model_ = testing::process_folder() / "packed-model.gguf";
    fs::copy_file(testing::family_gguf("llama", formats::OutputType::q8_0), model_,
                  fs::copy_options::overwrite_existing);
    options_ = {.place = PackOptions::Place::folder, .folder = folder_};
  }
  void TearDown() override { fs::remove_all(folder_); }

  struct Started {
    bool from_pack;
    std::vector<float> logits;
  };
  Started start(const PackOptions& options, const kernels::KernelTable& kernels = kernels::active_kernels()) {
    const auto file = formats::GgufFile::open(model_);
    const Decoder decoder = Decoder::load(file, kernels, pool_, {}, options);
    if (decoder.pack() != nullptr) {
      EXPECT_EQ(decoder.pack()->table().model_sha256, file.sha256());
      EXPECT_GT(decoder.mapped_bytes(), 0u);
      EXPECT_LE(decoder.mapped_bytes(), decoder.weights_bytes());
    }
    return {decoder.pack() != nullptr, testing::all_logits(decoder, kPrompt, 8, pool_)};
  }
  Started start() { return start(options_); }

  fs::path pack() { return pack_path(formats::GgufFile::open(model_), kernels::active_kernels(), options_); }
  std::uint64_t inode(const fs::path& path) { return MappedFile(path).stamp().inode; }
  std::size_t files_in_folder() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  void overwrite(const fs::path& path, std::uint64_t offset, std::byte value) {
    ASSERT_TRUE(overwrite_in_place(path, MappedFile(path).stamp(), offset, {&value, 1}));
  }
  void flip(const fs::path& path, std::uint64_t offset) {
    overwrite(path, offset, MappedFile(path).bytes()[offset] ^ std::byte{1});
  }

  ThreadPool pool_{2};
  fs::path folder_;
  fs::path model_;
  PackOptions options_;
};

TEST_F(WeightPack, GivesTheBitsOfWeightsPackedInMemory) {
  const Started in_memory = start({});
  const Started first = start();
  const std::uint64_t made = inode(pack());
  const Started second = start();
  EXPECT_FALSE(in_memory.from_pack);
  EXPECT_TRUE(first.from_pack && second.from_pack);
  EXPECT_EQ(first.logits, in_memory.logits);
  EXPECT_EQ(second.logits, in_memory.logits);
  EXPECT_EQ(inode(pack()), made) << "the second start made it anew";
  EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(WeightPack, IsReadByNobodyWhoMayNotReadTheModel) {
  constexpr auto kOthers = fs::perms::group_all | fs::perms::others_all;
  fs::permissions(model_, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(start().from_pack);
  EXPECT_EQ(fs::status(pack()).permissions() & kOthers, fs::perms::none);
}

TEST_F(WeightPack, IsSharedByInstructionSetsWithTheSameLayout) {
  const Started in_memory = start({});
  std::set<std::string> layouts;
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::has_kernels(isa)) continue;
    layouts.insert(pack_layout(kernels::kernels_for(isa)));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(start(options_, kernels::kernels_for(isa)).logits, in_memory.logits);
  }
  EXPECT_EQ(files_in_folder(), layouts.size());
}

TEST_F(WeightPack, IsMadeAnewWhenTheModelIsReplaced) {
  start();
  const std::string before = formats::PackFile::open(pack()).table().model_sha256;
  // A norm's weight: the same size, another model.
  const auto file = formats::GgufFile::open(model_);
  const formats::TensorInfo* norm = file.find("output_norm.weight");
  const auto edited = file.data(*norm)[0] ^ std::byte{1};
  overwrite(model_, norm->offset, edited);
  const Started after = start();
  EXPECT_TRUE(after.from_pack);
  EXPECT_NE(formats::PackFile::open(pack()).table().model_sha256, before);
  EXPECT_EQ(after.logits, start({}).logits);
}

TEST_F(WeightPack, ServesACopyOfTheModelAndRemembersIt) {
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // until the file's times tell one moment from the next
  start();
  const std::uint64_t made = inode(pack());
  const std::uint64_t stamp = formats::PackFile::open(pack()).model_stamp();
  EXPECT_NE(stamp, 0u);
  fs::copy_file(model_, model_.string() + ".copy");
  fs::rename(model_.string() + ".copy", model_);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  EXPECT_TRUE(start().from_pack);
  EXPECT_EQ(inode(pack()), made);
  const std::uint64_t renewed = formats::PackFile::open(pack()).model_stamp();
  EXPECT_NE(renewed, stamp);
  EXPECT_NE(renewed, 0u);
}

TEST_F(WeightPack, IsMadeAnewWhenItWasCutShortOrDamaged) {
  const Started whole = start();
  const auto size = fs::file_size(pack());
  for (const std::uint64_t left : {std::uint64_t{0}, std::uint64_t{20}, std::uint64_t{4096}, size / 2, size - 1}) {
    fs::resize_file(pack(), left);
    EXPECT_EQ(start().logits, whole.logits) << left;
    EXPECT_EQ(fs::file_size(pack()), size);
  }
  flip(pack(), 20);
  EXPECT_EQ(start().logits, whole.logits);
  EXPECT_EQ(fs::file_size(pack()), size);
}

TEST_F(WeightPack, AFlippedWeightIsFoundByVerifying) {
  const Started whole = start();
  flip(pack(), formats::kPackDataOffset + 1234);
  PackOptions verify = options_;
  verify.verify = true;
  EXPECT_EQ(start(verify).logits, whole.logits);
  EXPECT_EQ(start().logits, whole.logits) << "the damaged pack was kept";
}

// Whoever may write packs can make the model say anything, but the process goes on.
TEST_F(WeightPack, AForgedOneIsSafeToRun) {
  const Started whole = start();
  const formats::PackTable table = formats::PackFile::open(pack()).table();
  std::vector<std::byte> garbage;
  for (unsigned i = 0; i < (1u << 20); ++i) garbage.push_back(static_cast<std::byte>((i * 2654435761u) >> 24));
  for (const bool complete : {false, true}) {
    formats::PackWriter out(std::move(*ExclusiveFile::try_create(pack())));
    for (const formats::PackedMatrix& matrix : table.matrices) {
      if (!complete && matrix.name == "blk.1.ffn_down") continue;
      out.begin(matrix);
      for (std::uint64_t left = matrix.size_bytes; left > 0;) {
        const auto part = std::span(garbage).first(std::min<std::uint64_t>(left, garbage.size()));
        out.write(part);
        left -= part.size();
      }
    }
    out.commit({.layout = table.layout, .model_sha256 = table.model_sha256, .model_bytes = table.model_bytes}, 0);
    const Started forged = start();
    EXPECT_EQ(forged.logits == whole.logits, !complete) << "what lacks a matrix is made anew";
  }
}

TEST_F(WeightPack, IsNotMadeOfAModelThatIsRefused) {
  const auto file = formats::GgufFile::open(model_);
  const formats::TensorInfo* norm = file.find("output_norm.weight");
  overwrite(model_, norm->offset + 3, std::byte{0x7F});
  overwrite(model_, norm->offset + 2, std::byte{0xC0});
  EXPECT_THROW(start(), Error);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_F(WeightPack, WithoutAPlaceItIsPackedInMemory) {
  const Started in_memory = start({});
  PackOptions nowhere = options_;
  nowhere.folder = "/proc/minnow";  // can't be made, even by root
  const Started started = start(nowhere);
  EXPECT_FALSE(started.from_pack);
  EXPECT_EQ(started.logits, in_memory.logits);
}

TEST_F(WeightPack, AFullDiskOrAFileSizeLimitLeavesNothing) {
  const Started in_memory = start({});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  for (const rlim_t limit : {rlim_t{0}, rlim_t{5000}, static_cast<rlim_t>(fs::file_size(model_) / 2)}) {
    const rlimit small{.rlim_cur = limit, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const Started started = start();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_FALSE(started.from_pack);
    EXPECT_EQ(started.logits, in_memory.logits);
    EXPECT_EQ(files_in_folder(), 0u);
  }
}

TEST_F(WeightPack, OfSeveralProcessesAtOnceAllAreRight) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer lets no process start threads that was forked from several";
#endif
  const std::vector<float> expected = start({}).logits;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool same = true;
      try {
        ThreadPool pool(2);
        for (int round = 0; round < 5 && same; ++round) {
          if (i == 0) fs::remove(pack());  // so that it is made again and again
          const auto file = formats::GgufFile::open(model_);
          const Decoder decoder = Decoder::load(file, kernels::active_kernels(), pool, {}, options_);
          same = testing::all_logits(decoder, kPrompt, 8, pool) == expected;
        }
      } catch (const std::exception&) {
        same = false;
      }
      ::_exit(same ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_TRUE(start().from_pack);
  EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(WeightPack, KeepsHowWorkIsSplitForTheThreadsItWasMeasuredWith) {
  const auto file = formats::GgufFile::open(model_);
  const auto& kernels = kernels::active_kernels();
  const auto split = [&](ThreadPool& pool) { return Decoder::load(file, kernels, pool, {}, options_).split(); };
  const DeviceSplit tuned = split(pool_);
  EXPECT_FALSE(formats::PackFile::open(pack()).settings().empty());
  EXPECT_EQ(split(pool_), tuned);

  const DeviceSplit other{.work = {.tasks_per_thread = 3, .batch_task_bytes = 4096, .batch_tasks_per_thread = 7},
                          .decode_threads = 1};
  store_split(formats::PackFile::open(pack()), pack(), other, kernels, pool_);
  EXPECT_EQ(split(pool_), other);
  ThreadPool three(3);
  EXPECT_EQ(split(three), DeviceSplit{}) << "measured with two threads";
}

TEST_F(WeightPack, SplitsThatMakeNoSenseAreNotUsed) {
  start();
  const auto& kernels = kernels::active_kernels();
  for (const DeviceSplit& broken :
       {DeviceSplit{.work = {.tasks_per_thread = 0}}, DeviceSplit{.work = {.batch_task_bytes = 0}},
        DeviceSplit{.work = {.batch_tasks_per_thread = 0}}, DeviceSplit{.decode_threads = 3}}) {
    store_split(formats::PackFile::open(pack()), pack(), broken, kernels, pool_);
    EXPECT_EQ(stored_split(formats::PackFile::open(pack()), kernels, pool_), DeviceSplit{});
  }
}

TEST_F(WeightPack, HowWorkIsSplitChangesNoBit) {
  const auto expected = start({}).logits;
  start();
  for (const std::size_t n : {1, 3, 1000}) {
    const DeviceSplit split{.work = {.tasks_per_thread = n, .batch_task_bytes = n * 97, .batch_tasks_per_thread = n},
                            .decode_threads = n % 2};
    store_split(formats::PackFile::open(pack()), pack(), split, kernels::active_kernels(), pool_);
    EXPECT_EQ(start().logits, expected) << n;
  }
}

TEST(PackPlace, FollowsTheUserThenTheEnvironmentThenTheModel) {
  using enum PackOptions::Place;
  ASSERT_EQ(::setenv("MINNOW_PACK_DIR", "/somewhere", 1), 0);
  EXPECT_EQ(pack_options("", false).folder, "/somewhere");
  EXPECT_EQ(pack_options("here", false).folder, "here");
  EXPECT_EQ(pack_options("off", false).place, none);
  ASSERT_EQ(::unsetenv("MINNOW_PACK_DIR"), 0);
  EXPECT_EQ(pack_options("", true).place, beside_model);
  EXPECT_TRUE(pack_options("", true).verify);
}

TEST(PackPlace, IsBesideTheFileThatALinkPointsTo) {
  const fs::path folder = testing::process_folder() / "place";
  fs::create_directories(folder / "links");
  formats::GgufWriter large;
  large.metadata().set("general.architecture", std::string("llama"));
  large.add_tensor("big", numeric::Format::f32, {1 << 10, 5 << 10});
  large.write(folder / "large.gguf", [](const formats::TensorInfo& tensor, const formats::GgufWriter::Sink& sink) {
    sink(std::vector<std::byte>(tensor.size_bytes));
  });
  fs::create_symlink("../large.gguf", folder / "links" / "model.gguf");
  const auto& kernels = kernels::active_kernels();
  const PackOptions beside{.place = PackOptions::Place::beside_model};
  const PackOptions elsewhere{.place = PackOptions::Place::folder, .folder = "/packs"};
  const auto file = formats::GgufFile::open(folder / "large.gguf");
  const auto link = formats::GgufFile::open(folder / "links" / "model.gguf");
  const fs::path path = pack_path(file, kernels, beside);
  EXPECT_EQ(path.parent_path(), fs::canonical(folder));
  EXPECT_EQ(path.filename(), "large.gguf." + pack_layout(kernels) + ".pack");
  EXPECT_EQ(pack_path(link, kernels, beside), path);
  EXPECT_EQ(pack_path(link, kernels, elsewhere), pack_path(file, kernels, elsewhere));
  EXPECT_EQ(pack_path(file, kernels, elsewhere).parent_path(), "/packs");
  EXPECT_EQ(pack_path(file, kernels, {}), "");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace minnow::models
