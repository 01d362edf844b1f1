#include "cli/model_summary.hpp"

#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "engine/session_plan.hpp"
#include "machine/memory.hpp"
#include "models/spec_reader.hpp"
#include "text/known_templates.hpp"

namespace minnow::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownItems = 3;

// Scalars as they are; of an array its length and first items, since vocabularies have hundreds of thousands.
Json value_json(const formats::MetadataValue& value) {
  return std::visit(
      [](const auto& held) -> Json {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<Held> || std::is_same_v<Held, std::string>) {
          return held;
        } else {
          Json first = Json::array();
          for (std::size_t i = 0; i < held.size() && i < kShownItems; ++i) first.push_back(held[i]);
          return {{"length", held.size()}, {"first", std::move(first)}};
        }
      },
      value);
}

Json tensors_json(const formats::GgufFile& file, bool all) {
  struct Total {
    std::uint64_t count = 0, values = 0, bytes = 0;
  };
  std::map<std::string, Total, std::less<>> by_type;
  Json list = Json::array();
  Total sum;
  for (const formats::TensorInfo& tensor : file.tensors()) {
    const std::string type(numeric::info(tensor.format).name);
    for (Total* total : {&by_type[type], &sum}) {
      ++total->count;
      total->values += tensor.row_length() * tensor.n_rows();
      total->bytes += tensor.size_bytes;
    }
    if (!all) continue;
    const std::vector<std::uint64_t> shape(tensor.shape.begin(), tensor.shape.begin() + tensor.n_dimensions);
    list.push_back({{"name", tensor.name}, {"type", type}, {"shape", shape}, {"bytes", tensor.size_bytes}});
  }
  Json json{{"count", sum.count}, {"parameters", sum.values}, {"bytes", sum.bytes}, {"by_type", Json::object()}};
  for (const auto& [type, total] : by_type) {
    json["by_type"][type] = {{"count", total.count}, {"parameters", total.values}, {"bytes", total.bytes}};
  }
  if (all) json["list"] = std::move(list);
  return json;
}

Json memory_json(const formats::GgufFile& file, std::uint64_t weights_bytes, std::size_t context) {
  const auto spec = models::read_spec(file);
  const auto plan = engine::plan_session(spec, {.context = context}, 0);
  const std::uint64_t total = weights_bytes + plan.total_bytes();
  return {{"context", plan.context},
          {"trained_context", spec.context_length},
          {"weights_bytes", weights_bytes},
          {"kv_bytes", plan.kv_bytes},
          {"scratch_bytes", plan.scratch_bytes},
          {"total_bytes", total},
          {"available_bytes", machine::available_memory_bytes()},
          {"fits", total <= machine::available_memory_bytes()}};
}

std::string megabytes(const Json& bytes) { return fmt::format("{:.1f} MB", bytes.get<double>() / 1e6); }

// One line, control characters escaped, long texts cut.
std::string shown(const Json& value) {
  if (value.is_object()) {
    return fmt::format("[{} items: {}…]", value["length"].get<std::size_t>(),
                       value["first"].dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  constexpr std::size_t kWidth = 90;
  if (text.size() <= kWidth) return text;
  std::size_t cut = kWidth;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
  return text.substr(0, cut) + "…";
}

}  // namespace

Json summary_json(const formats::GgufFile& file, const SummaryOptions& options) {
  Json json;
  json["file"] = {{"name", file.name()}, {"bytes", file.size_bytes()}, {"gguf_version", file.version()}};
  json["metadata"] = Json::object();
  for (const auto& [key, value] : file.metadata().entries()) json["metadata"][key] = value_json(value);
  json["tensors"] = tensors_json(file, options.all_tensors);
  if (const auto source = file.metadata().text("tokenizer.chat_template")) {
    const std::string_view name = text::known_template_name(*source);
    json["chat_template"] = name.empty() ? "unknown" : name;
  }
  if (file.tensors().empty()) return json;  // a vocabulary only
  try {
    json["memory"] = memory_json(file, json["tensors"]["bytes"].get<std::uint64_t>(), options.context);
  } catch (const Error& error) {
    json["memory_error"] = error.what();  // a family we don't run can still be looked at
  }
  return json;
}

std::string summary_text(const Json& summary) {
  std::string out = fmt::format("{}  {}, GGUF v{}\n\nmetadata\n", summary["file"]["name"].get<std::string>(),
                                megabytes(summary["file"]["bytes"]), summary["file"]["gguf_version"].get<int>());
  for (const auto& [key, value] : summary["metadata"].items()) out += fmt::format("  {:<44} {}\n", key, shown(value));
  const Json& tensors = summary["tensors"];
  out += fmt::format("\ntensors  {} of {:.1f} million parameters, {}\n", tensors["count"].get<std::uint64_t>(),
                     tensors["parameters"].get<double>() / 1e6, megabytes(tensors["bytes"]));
  for (const auto& [type, total] : tensors["by_type"].items()) {
    out += fmt::format("  {:<8} {:>5}  {:>12}\n", type, total["count"].get<std::uint64_t>(), megabytes(total["bytes"]));
  }
  if (tensors.contains("list")) {
    for (const Json& tensor : tensors["list"]) {
      out += fmt::format("  {:<40} {:<7} {:<24} {}\n", tensor["name"].get<std::string>(),
                         tensor["type"].get<std::string>(), tensor["shape"].dump(), megabytes(tensor["bytes"]));
    }
  }
  out += fmt::format("\nchat template  {}\n",
                     summary.contains("chat_template") ? summary["chat_template"].get<std::string>() : "none");
  if (summary.contains("memory_error"))
    out += "\nmemory plan  none: " + summary["memory_error"].get<std::string>() + "\n";
  if (!summary.contains("memory")) return out;
  const Json& memory = summary["memory"];
  out += fmt::format("\nmemory plan  for a context of {} tokens\n", memory["context"].get<std::size_t>());
  for (const char* part : {"weights", "kv", "scratch", "total", "available"}) {
    out += fmt::format("  {:<10} {:>12}\n", part, megabytes(memory[std::string(part) + "_bytes"]));
  }
  out += memory["fits"].get<bool>() ? "  It fits this device.\n" : "  It does not fit this device.\n";
  const auto trained = memory["trained_context"].get<std::size_t>();
  if (trained != 0 && memory["context"] > trained) {
    out += fmt::format("  The model was trained for {} tokens and may make no sense beyond.\n", trained);
  }
  return out;
}

}  // namespace minnow::cli
