// LoRA adapters: for some matrices W of a model a change of low rank, W + scale · B A (Hu et al. 2021,
// arXiv:2106.09685), as GGUF files and as folders that PEFT has saved.
//
//   LoraAdapter adapter = read_adapter("kiosk-lora", {.interleaved_head = 64});
//   for (const auto& [tensor, change] : adapter.changes) …   // "blk.0.attn_q.weight"
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace minnow::formats {

struct LowRankChange {
  std::size_t rank = 0, rows = 0, cols = 0;
  std::vector<float> a;  // [rank][cols]
  std::vector<float> b;  // [rows][rank]
  float scale = 1;
};

struct LoraAdapter {
  std::string name;                              // of the file or folder
  std::string architecture;                      // that it was made for; empty when it doesn't say
  std::map<std::string, LowRankChange> changes;  // by the name of the matrix in GGUF: "blk.0.attn_q.weight"
};

// What PEFT's folders don't tell of the model they belong to.
struct AdapterTarget {
  // Values of a head whose rows GGUF holds in another order than Hugging Face (llama's), 0: none are.
  std::size_t interleaved_head = 0;
};

// A GGUF file or a folder with adapter_config.json and adapter_model.safetensors. Throws Error(not_found, io),
// Error(invalid_input) for a broken one and Error(unsupported) for kinds of adapters that aren't a plain LoRA, each
// naming the tensor or the setting.
LoraAdapter read_adapter(const std::filesystem::path& path, const AdapterTarget& target);

// Writes it as GGUF, as llama.cpp reads it. F32.
void write_adapter(const std::filesystem::path& path, const LoraAdapter& adapter);

}  // namespace minnow::formats
