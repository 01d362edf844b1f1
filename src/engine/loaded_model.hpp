// What a Model handle points to: the file, its tokenizer, its chat template and its decoder, and the threads that run
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/function_ref.hpp"
#include "base/thread_pool.hpp"
#include "engine/grammar_constraint.hpp"
#include "formats/gguf_reader.hpp"
#include "minnow/model.hpp"
#include "models/decoder.hpp"
#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

namespace minnow::engine {

class LoadedModel {
 public:
  // Throws what Model::load says.
  LoadedModel(formats::GgufFile file, const ModelOptions& options, const kernels::KernelTable& kernels);
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;

  const formats::GgufFile& file() const { return file_; }
  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const models::Decoder& decoder() const { return *decoder_; }
  const models::DecoderSpec& spec() const { return decoder_->spec(); }
  std::size_t threads() const { return pool_.size(); }
  const std::string& name() const { return name_; }
  double load_ms() const { return load_ms_; }
  // What sessions may take, 0: unknown. The system counts the pages of mapped files as available; those of the weights
  // are not, because every token reads them.
  std::uint64_t available_memory_bytes() const;
  // Tokens that have a name; a file may pad its logits beyond them.
  std::size_t vocabulary_size() const { return tokenizer_->vocabulary_size(); }

  // One forward pass at a time: the sessions of all threads take turns at the pool.
  void forward(std::span<const models::Slice> slices, float* logits, models::Scratch& scratch) const;
  void hidden(std::span<const models::Slice> slices, float* rows, models::Scratch& scratch) const;
  void logits_of(const float* rows, std::size_t n_rows, float* logits, models::Scratch& scratch) const;
  // The same turn at the pool for other work, such as measuring what the threads can do at most.
  void with_threads(FunctionRef<void(ThreadPool&)> work) const;

  const std::string& template_source() const { return template_source_; }
  // Of the template that conversations with tools use.
  const std::string& tool_template_source() const {
    return tool_template_source_.empty() ? template_source_ : tool_template_source_;
  }
  // Parsed when first asked for, so that a broken template doesn't stop a raw prompt. `with_tools` prefers the
  // template some files carry for tools only. Throws Error(unsupported) when there is none.
  const text::ChatTemplate& chat_template(bool with_tools) const;

  std::string sha256() const;

  // The grammars answers of this model are held to; any thread may ask.
  GrammarCache& grammars() const { return *grammars_; }

 private:
  const text::ChatTemplate& parsed(std::optional<text::ChatTemplate>& slot, std::string_view source) const;

  formats::GgufFile file_;
  mutable ThreadPool pool_;
  std::unique_ptr<const text::Tokenizer> tokenizer_;
  std::unique_ptr<GrammarCache> grammars_;
  std::optional<const models::Decoder> decoder_;
  std::string name_;
  std::string template_source_;
  std::string tool_template_source_;
  double load_ms_ = 0;

  mutable std::mutex forward_mutex_;
  mutable std::mutex lazy_mutex_;  // guards what follows
  mutable std::optional<text::ChatTemplate> template_;
  mutable std::optional<text::ChatTemplate> tool_template_;
  mutable std::string sha256_;
};

}  // namespace minnow::engine
