// The public Model: each call is handed to the room that knows.
#include "minnow/model.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "engine/chat_context.hpp"
#include "engine/embedded_model.hpp"
#include "engine/loaded_model.hpp"
#include "formats/lora_adapter.hpp"
#include "minnow/minnow.hpp"
#include "models/adapter.hpp"

namespace minnow {
namespace {

void require_token(const engine::LoadedModel& model, TokenId id) {
  if (id >= 0 && static_cast<std::size_t>(id) < model.vocabulary_size()) return;
  fail(ErrorCode::invalid_input, "there is no token {}: the vocabulary has {}", id, model.vocabulary_size());
}

const kernels::KernelTable& kernels_for(const ModelOptions& options) {
  return kernels::active_kernels(options.arithmetic == Arithmetic::fast ? kernels::Arithmetic::fast
                                                                        : kernels::Arithmetic::exact);
}

}  // namespace

std::string_view version() noexcept { return MINNOW_VERSION; }

Model::Model(std::shared_ptr<const engine::LoadedModel> loaded) : loaded_(std::move(loaded)) {}

Model Model::load(const std::filesystem::path& path, const ModelOptions& options) {
  return Model(std::make_shared<engine::LoadedModel>(formats::GgufFile::open(path), options, kernels_for(options)));
}

Model Model::from_memory(std::span<const std::byte> bytes, std::string_view name, const ModelOptions& options) {
  return Model(std::make_shared<engine::LoadedModel>(formats::GgufFile::from_memory(bytes, name), options,
                                                     kernels_for(options)));
}

Model Model::embedded(const ModelOptions& options) {
  if (!has_embedded()) {
    fail(ErrorCode::not_found, "this build has no model inside: name a model file, or build with MINNOW_EMBED_MODEL");
  }
  return from_memory(engine::embedded_model(), "minnow-home.gguf", options);
}

bool Model::has_embedded() noexcept { return !engine::embedded_model().empty(); }

const std::shared_ptr<const engine::LoadedModel>& engine::loaded_model(const Model& model) { return model.loaded_; }

const std::shared_ptr<const models::Adapter>& engine::adapter_of(const Model& model) { return model.adapter_; }

Model Model::with_adapter(const std::filesystem::path& path, float scale) const {
  Model adapted = *this;
  formats::LoraAdapter source = formats::read_adapter(path, models::adapter_target(loaded_->spec()));
  for (auto& [_, change] : source.changes) change.scale *= scale;
  loaded_->with_threads([&](ThreadPool& pool) {
    adapted.adapter_ =
        std::make_shared<const models::Adapter>(source, loaded_->spec(), loaded_->decoder().kernels(), pool);
  });
  return adapted;
}

const std::string& Model::name() const { return loaded_->name(); }
const std::string& Model::architecture() const { return loaded_->spec().architecture; }
std::string Model::sha256() const { return loaded_->sha256(); }
std::string_view Model::isa() const { return loaded_->decoder().kernels().name; }
std::string_view Model::arithmetic() const {
  return loaded_->decoder().kernels().arithmetic == kernels::Arithmetic::fast ? "fast" : "exact";
}
std::size_t Model::threads() const { return loaded_->threads(); }
std::size_t Model::context_length() const { return loaded_->spec().context_length; }
std::size_t Model::vocabulary_size() const { return loaded_->vocabulary_size(); }
std::uint64_t Model::weights_bytes() const { return loaded_->decoder().weights_bytes(); }
double Model::load_ms() const { return loaded_->load_ms(); }

std::vector<TokenId> Model::tokenize(std::string_view text, const TokenizeOptions& options) const {
  return loaded_->tokenizer().encode(text,
                                     {.add_special = options.add_special, .parse_special = options.parse_special});
}

std::string Model::piece(TokenId id, bool show_control) const {
  require_token(*loaded_, id);
  return loaded_->tokenizer().piece(id, show_control);
}

std::string Model::detokenize(std::span<const TokenId> ids) const {
  for (const TokenId id : ids) require_token(*loaded_, id);
  return loaded_->tokenizer().decode({ids.begin(), ids.end()});
}

bool Model::is_end_of_generation(TokenId id) const {
  require_token(*loaded_, id);
  return loaded_->tokenizer().is_end_of_generation(id);
}

std::optional<TokenId> Model::bos() const { return loaded_->tokenizer().spec().bos; }

bool Model::has_chat_template() const { return !loaded_->template_source().empty(); }
const std::string& Model::chat_template() const { return loaded_->template_source(); }

std::string Model::apply_chat_template(std::span<const ChatMessage> messages, const ChatOptions& options) const {
  const text::ChatTemplate& chat = loaded_->chat_template(/*with_tools=*/!options.tools_json.empty());
  return chat.render(engine::chat_context(messages, options, loaded_->tokenizer()));
}

std::vector<TokenId> Model::chat_tokens(std::span<const ChatMessage> messages, const ChatOptions& options) const {
  // Most templates write BOS themselves, so the tokenizer isn't asked for one.
  std::vector<TokenId> ids = tokenize(apply_chat_template(messages, options), {.add_special = false});
  const text::Tokenizer& tokenizer = loaded_->tokenizer();
  if (tokenizer.adds_bos() && bos() && (ids.empty() || ids.front() != *bos())) ids.insert(ids.begin(), *bos());
  return ids;
}

std::optional<std::string> Model::metadata(std::string_view key) const {
  const formats::MetadataValue* value = loaded_->file().metadata().find(key);
  if (value == nullptr) return std::nullopt;
  return std::visit(
      [](const auto& held) -> std::optional<std::string> {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string> || std::is_arithmetic_v<Held>) return fmt::format("{}", held);
        return std::nullopt;
      },
      *value);
}

}  // namespace minnow
