// Which number format each tensor of a model gets: the named recipes of the ecosystem, and a person's exceptions.
//
//   const Quantization& recipe = quantization_from_name("Q4_K_M");
//   auto choices = choose_formats(recipe, {{.pattern = "ffn_down", .format = Format::q6_k}}, file, {});
//
// A recipe has one format for most matrices and spends more bits where rounding costs the most: on the output matrix,
// and by the recipe's rules on value and down projections and on what attention hands on. The rules are llama.cpp's, so
// that a name means the same file everywhere. Left out are its exceptions for Falcon and for models of 80 layers; and
// where rows don't fit Q2_K or Q3_K they become IQ4_NL, which rounds less than the Q4_0 of the same size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf_reader.hpp"

namespace minnow::formats {

// The layers a rule of a recipe is about.
enum class Layers : std::uint8_t {
  none,
  all,
  sensitive,  // the first and last eighth, and every third between
  first_two,
  first_four,
  first_sixteenth,
  first_eighth,
  first_eighth_without_importance,
  first_eighth_with_importance,
  all_of_grouped_queries,  // in models with four and more query heads to a key head
};

// In `layers` the format is `format`, elsewhere `otherwise`.
struct RecipeRule {
  Layers layers = Layers::none;
  numeric::Format format = numeric::Format::f32;
  std::optional<numeric::Format> otherwise{};  // the recipe's base
};

struct Quantization {
  std::string_view name;    // "Q4_K_M"
  std::uint32_t file_type;  // GGUF's general.file_type
  numeric::Format base;     // most matrices
  RecipeRule value{};       // also of query, key and value in one matrix
  RecipeRule down{};
  RecipeRule attention_output{};
};

// Case-insensitive. Throws Error(invalid_input) that lists the names we know.
const Quantization& quantization_from_name(std::string_view name);

// What general.file_type says of a file most of whose weights have this format.
std::uint32_t file_type_of(numeric::Format format);

// Matrices whose name holds `pattern` somewhere, where * stands for any characters, get `format`.
struct FormatOverride {
  std::string pattern;
  numeric::Format format;
};

// "PATTERN=TYPE". Throws Error(invalid_input).
FormatOverride format_override_from_text(std::string_view text);

struct FormatChoice {
  numeric::Format format;
  numeric::Format wanted;  // differs from `format` where rows don't fit the blocks of what was wanted
};

// Whether a format is chosen for `tensor`: not for norms, biases, positions and router weights, which stay as they are.
bool is_quantizable(const TensorInfo& tensor);

// What a row of `row_length` gets when `wanted` was chosen: a format of smaller blocks where it doesn't divide into its
// own, F16 where it divides into none.
numeric::Format fitting_format(numeric::Format wanted, std::uint64_t row_length);

struct RecipeOptions {
  std::vector<FormatOverride> overrides{};  // where several match, the last decides
  bool has_importance = false;
};

// A choice per tensor, in the order of `tensors`. Throws Error(invalid_input) for an override that matches no matrix.
std::vector<FormatChoice> choose_formats(const Quantization& quantization, const Metadata& metadata,
                                         std::span<const TensorInfo> tensors, const RecipeOptions& options = {});

}  // namespace minnow::formats
