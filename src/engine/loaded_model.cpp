#include "engine/loaded_model.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "base/error.hpp"
#include "engine/tokenizer_from_gguf.hpp"
#include "machine/cpu.hpp"
#include "machine/memory.hpp"

namespace minnow::engine {
namespace {

constexpr std::size_t kMostThreads = 1024;

std::size_t thread_count(const ModelOptions& options) {
  if (options.threads > kMostThreads) {
    fail(ErrorCode::invalid_input, "{} threads are more than the limit of {}", options.threads, kMostThreads);
  }
  return options.threads == 0 ? machine::usable_cores() : options.threads;
}

void require_memory(const formats::GgufFile& file) {
  const std::uint64_t available = machine::available_memory_bytes();
  if (available == 0 || file.size_bytes() <= available) return;
  fail(ErrorCode::out_of_memory,
       "{}: its weights take {:.0f} MB and this device has {:.0f} MB free; use a smaller model or a smaller number "
       "format",
       file.name(), static_cast<double>(file.size_bytes()) / 1e6, static_cast<double>(available) / 1e6);
}

std::string text_or_empty(const formats::Metadata& metadata, std::string_view key) {
  return std::string(metadata.text(key).value_or(std::string_view{}));
}

}  // namespace

LoadedModel::LoadedModel(formats::GgufFile file, const ModelOptions& options, const kernels::KernelTable& kernels)
    : file_(std::move(file)), pool_(thread_count(options)) {
  const auto start = std::chrono::steady_clock::now();
  require_memory(file_);
  // A vocabulary of 100,000s takes as long to index as packed weights take to map.
  auto tokenizer =
      std::async(std::launch::async, [&] { return text::make_tokenizer(tokenizer_spec(file_.metadata())); });
  decoder_.emplace(models::Decoder::load(file_, kernels, pool_, options.progress,
                                         models::pack_options(options.pack_dir, options.verify_pack)));
  tokenizer_ = tokenizer.get();
  grammars_ = std::make_unique<GrammarCache>(*tokenizer_);
  if (tokenizer_->vocabulary_size() > spec().vocabulary_size) {
    fail(ErrorCode::invalid_input, "{}: the vocabulary names {} tokens, but the model has only {}", file_.name(),
         tokenizer_->vocabulary_size(), spec().vocabulary_size);
  }
  name_ = spec().name.empty() ? std::filesystem::path(file_.name()).stem().string() : spec().name;
  template_source_ = text_or_empty(file_.metadata(), "tokenizer.chat_template");
  tool_template_source_ = text_or_empty(file_.metadata(), "tokenizer.chat_template.tool_use");
  load_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void LoadedModel::forward(std::span<const models::Slice> slices, float* logits, models::Scratch& scratch) const {
  const std::scoped_lock turn(forward_mutex_);
  decoder_->forward(slices, logits, scratch, pool_);
}

void LoadedModel::hidden(std::span<const models::Slice> slices, float* rows, models::Scratch& scratch) const {
  const std::scoped_lock turn(forward_mutex_);
  decoder_->hidden(slices, rows, scratch, pool_);
}

void LoadedModel::logits_of(const float* rows, std::size_t n_rows, float* logits, models::Scratch& scratch) const {
  const std::scoped_lock turn(forward_mutex_);
  decoder_->logits_of(rows, n_rows, logits, scratch, pool_);
}

void LoadedModel::with_threads(FunctionRef<void(ThreadPool&)> work) const {
  const std::scoped_lock turn(forward_mutex_);
  pool_.limit(pool_.size());  // decoding may have left it at fewer
  work(pool_);
}

std::uint64_t LoadedModel::available_memory_bytes() const {
  const std::uint64_t available = machine::available_memory_bytes();
  if (available == 0) return 0;
  const std::uint64_t taken = decoder_->mapped_bytes() + models::KvPages::untouched_bytes();
  return std::max<std::uint64_t>(1, available - std::min(available, taken));
}

const text::ChatTemplate& LoadedModel::chat_template(bool with_tools) const {
  const std::scoped_lock lock(lazy_mutex_);
  if (with_tools && !tool_template_source_.empty()) return parsed(tool_template_, tool_template_source_);
  if (template_source_.empty()) {
    fail(ErrorCode::unsupported, "{} has no chat template; send it a raw prompt", name_);
  }
  return parsed(template_, template_source_);
}

const text::ChatTemplate& LoadedModel::parsed(std::optional<text::ChatTemplate>& slot, std::string_view source) const {
  if (!slot) slot.emplace(source);
  return *slot;
}

std::string LoadedModel::sha256() const {
  const std::scoped_lock lock(lazy_mutex_);
  if (sha256_.empty()) sha256_ = decoder_->pack() ? decoder_->pack()->table().model_sha256 : file_.sha256();
  return sha256_;
}

}  // namespace minnow::engine
