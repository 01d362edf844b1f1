// The table of model families. Each has one function that adds to a spec what is the family's own; sizes, positions
// and what else all families share is already in it (spec_reader.cpp).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "models/spec.hpp"
#include "models/spec_reader.hpp"

namespace minnow::models {

struct Family {
  std::string_view architecture;  // general.architecture
  void (*read)(const SpecReader& in, DecoderSpec& spec);
};

std::span<const Family> families();

void read_llama(const SpecReader& in, DecoderSpec& spec);
void read_qwen2(const SpecReader& in, DecoderSpec& spec);
void read_qwen3(const SpecReader& in, DecoderSpec& spec);
void read_gemma(const SpecReader& in, DecoderSpec& spec);
void read_gemma2(const SpecReader& in, DecoderSpec& spec);
void read_gemma3(const SpecReader& in, DecoderSpec& spec);
void read_phi2(const SpecReader& in, DecoderSpec& spec);
void read_phi3(const SpecReader& in, DecoderSpec& spec);
void read_openelm(const SpecReader& in, DecoderSpec& spec);
void read_stablelm(const SpecReader& in, DecoderSpec& spec);
void read_gpt2(const SpecReader& in, DecoderSpec& spec);

// Shared by families.
void read_rms_norm(const SpecReader& in, DecoderSpec& spec);
void read_layer_norm(const SpecReader& in, DecoderSpec& spec);
// Every layer sees the last attention.sliding_window positions, where the file says so.
void read_window_of_all_layers(const SpecReader& in, DecoderSpec& spec);

}  // namespace minnow::models
