// A model ready to run: its weights, its vocabulary and its chat template.
//
//   auto model = minnow::Model::load("model.gguf");
//   std::vector<minnow::TokenId> ids = model.tokenize("Hello");
//
// A Model is a handle: copies are cheap and share one set of weights, which never change, so any number of threads
// may use it. Sessions share the weights too and may outlive the handle they were made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace minnow {

class Model;
namespace models {
class Adapter;
}
namespace engine {
class LoadedModel;
const std::shared_ptr<const LoadedModel>& loaded_model(const Model& model);
const std::shared_ptr<const models::Adapter>& adapter_of(const Model& model);
}  // namespace engine

using TokenId = std::int32_t;

// How numbers are computed: `exact` gives the same bits on every machine, for any number of threads and any company of
// other tokens; `fast` reads prompts and batches of 32 tokens and more through bfloat16 matrix units, where the machine
// has them (x86-64 with AMX), and is exact elsewhere.
enum class Arithmetic { exact, fast };

struct ModelOptions {
  std::size_t threads = 0;  // 0: the physical cores this process may use
  Arithmetic arithmetic = Arithmetic::exact;
  // Quantized weights are kept as the processor likes them in a file that later starts only map: beside the model, in
  // this folder, or, with "off", nowhere. Empty: what the environment variable MINNOW_PACK_DIR says, else beside
  // the model. Where that can't be written they are repacked in memory at every start.
  std::string pack_dir{};
  bool verify_pack = false;  // compare all of that file with its checksums before it is used
  // Called while weights are read, from the thread that loads.
  std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)> progress{};
};

struct TokenizeOptions {
  bool add_special = true;    // BOS and the like, where the model asks for them
  bool parse_special = true;  // "<|im_end|>" in the text becomes its control token
};

struct ChatMessage {
  std::string role{};  // "system", "user", "assistant", "tool"
  std::string content{};
  // A JSON object with what else the message carries (tool_calls, tool_call_id, name…); empty: nothing.
  std::string extra_json{};
};

struct ChatOptions {
  bool add_generation_prompt = true;  // ends where the assistant begins to speak
  std::string tools_json{};           // a JSON array of tools; empty: none
  std::string extra_json{};           // a JSON object of further template variables (enable_thinking…); empty: none
};

class Model {
 public:
  // A GGUF file, or any part of a split one. Throws Error(not_found), Error(invalid_input) for a broken file,
  // Error(unsupported) for a model this build can't run, Error(out_of_memory) when its weights don't fit the device.
  static Model load(const std::filesystem::path& path, const ModelOptions& options = {});
  // The same from bytes of a GGUF file, which must outlive the model and its sessions; `name` is what errors call them.
  static Model from_memory(std::span<const std::byte> bytes, std::string_view name, const ModelOptions& options = {});
  // The model linked into this build. Throws Error(not_found) when there is none.
  static Model embedded(const ModelOptions& options = {});
  static bool has_embedded() noexcept;

  // The same model with a LoRA adapter (a GGUF file, or a folder saved by PEFT), whose change is multiplied by `scale`.
  // The handles share the weights. An adapter it had before is replaced. Throws Error(not_found, invalid_input,
  // unsupported).
  Model with_adapter(const std::filesystem::path& path, float scale = 1) const;

  const std::string& name() const;          // what the file calls the model, else the file's own name
  const std::string& architecture() const;  // "llama", "qwen2", …
  std::string sha256() const;    // of the file; reads it all the first time it is asked for, unless a pack knows it
  std::string_view isa() const;  // as MINNOW_ISA names it: "scalar", "avx2", …
  std::string_view arithmetic() const;  // "exact" or "fast": what this model really uses
  std::size_t threads() const;
  std::size_t context_length() const;  // what the model was trained for
  std::size_t vocabulary_size() const;
  std::uint64_t weights_bytes() const;
  double load_ms() const;

  std::vector<TokenId> tokenize(std::string_view text, const TokenizeOptions& options = {}) const;
  // The bytes this token adds to a text; may be a part of a UTF-8 character, and is empty for control tokens unless
  // `show_control`. Throws Error(invalid_input) for an id outside the vocabulary, as the two below do.
  std::string piece(TokenId id, bool show_control = false) const;
  // The whole text, always valid UTF-8.
  std::string detokenize(std::span<const TokenId> ids) const;
  bool is_end_of_generation(TokenId id) const;
  std::optional<TokenId> bos() const;

  bool has_chat_template() const;
  // Empty when there is none.
  const std::string& chat_template() const;
  // The prompt for a conversation. Throws Error(unsupported) when the model has no template or it uses what we lack,
  // Error(invalid_input) when the template refuses the messages or a JSON text is malformed.
  std::string apply_chat_template(std::span<const ChatMessage> messages, const ChatOptions& options = {}) const;
  // Its tokens, with BOS once where the model asks for it.
  std::vector<TokenId> chat_tokens(std::span<const ChatMessage> messages, const ChatOptions& options = {}) const;

  // A metadata value as text; arrays and absent keys have none.
  std::optional<std::string> metadata(std::string_view key) const;

 private:
  friend class Session;
  friend const std::shared_ptr<const engine::LoadedModel>& engine::loaded_model(const Model& model);
  friend const std::shared_ptr<const models::Adapter>& engine::adapter_of(const Model& model);
  explicit Model(std::shared_ptr<const engine::LoadedModel> loaded);

  // Shared because sessions keep the weights alive: a program may hand out a Session and forget the Model.
  std::shared_ptr<const engine::LoadedModel> loaded_;
  std::shared_ptr<const models::Adapter> adapter_;  // none: the model as it is
};

}  // namespace minnow
