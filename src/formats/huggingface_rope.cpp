// How positions are encoded: from the settings of config.json to GGUF's keys.
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

HuggingFaceConfig nothing(const HuggingFaceConfig& config) {
  return HuggingFaceConfig(nlohmann::json::object(), config.name());
}

// Long wavelengths are stretched by `factor`, short ones not at all, those between in proportion.
std::vector<double> llama3_factors(const HuggingFaceConfig& scaling, double theta, std::uint64_t n_dims) {
  const double factor = scaling.number("factor");
  const double low = scaling.number("low_freq_factor");
  const double high = scaling.number("high_freq_factor");
  const double context = static_cast<double>(scaling.count("original_max_position_embeddings"));
  if (!(factor > 0 && low > 0 && high > low))
    scaling.refuse("factor", "and the frequency factors contradict each other");
  std::vector<double> factors;
  for (std::uint64_t i = 0; i < n_dims; i += 2) {
    const double wavelength =
        2 * std::numbers::pi * std::pow(theta, static_cast<double>(i) / static_cast<double>(n_dims));
    const double turns = context / wavelength;  // in the original context
    if (turns > high) {
      factors.push_back(1);
    } else if (turns < low) {
      factors.push_back(factor);
    } else {
      const double smooth = (turns - low) / (high - low);
      factors.push_back(1 / ((1 - smooth) / factor + smooth));
    }
  }
  return factors;
}

void plan_yarn(ModelPlan& plan, const HuggingFaceConfig& scaling) {
  const double factor = scaling.number("factor");
  const double usual = factor > 1 ? 0.1 * std::log(factor) + 1 : 1;
  if (std::fabs(scaling.number("attention_factor", usual) - usual) > 1e-6 || scaling.has("mscale_all_dim")) {
    scaling.unsupported("attention_factor", "other than yarn's own has no place in GGUF");
  }
  if (!scaling.flag("truncate", true)) scaling.unsupported("truncate", "= false has no place in GGUF");
  plan.set("rope.scaling.type", "yarn");
  plan.set("rope.scaling.factor", factor);
  plan.set("rope.scaling.original_context_length", scaling.count("original_max_position_embeddings", plan.positions));
  for (const auto* beta : {"beta_fast", "beta_slow"}) {
    if (scaling.has(beta)) plan.set(std::string("rope.scaling.yarn_") + beta, scaling.number(beta));
  }
}

// transformers takes rope_scaling where both are there, and with it another theta than the other one names.
void refuse_two_scalings(const HuggingFaceConfig& config, const HuggingFaceConfig& parameters) {
  const auto scaling = config.object("rope_scaling");
  if (!scaling || scaling->values().empty() || scaling->values() == parameters.values()) return;
  config.refuse("rope_scaling", "and rope_parameters say different things; keep the one that holds");
}

}  // namespace

RopeSettings rope_settings(const HuggingFaceConfig& config, const RopeDefaults& defaults, std::string_view layers) {
  RopeSettings rope{.scaling = nothing(config)};
  std::optional<HuggingFaceConfig> found = config.object("rope_parameters");
  if (found) refuse_two_scalings(config, *found);
  if (found && found->has(layers)) found = found->object(layers);
  if (!found) found = config.object("rope_scaling");
  if (found) rope.scaling = *found;

  rope.theta = rope.scaling.number("rope_theta", config.number("rope_theta", defaults.theta));
  if (!(rope.theta > 0)) rope.scaling.refuse("rope_theta", "must be positive");
  const double fraction = config.number("partial_rotary_factor", config.number("rope_pct", defaults.rotary_fraction));
  rope.rotary_fraction = rope.scaling.number("partial_rotary_factor", fraction);
  if (!(rope.rotary_fraction > 0 && rope.rotary_fraction <= 1)) {
    rope.scaling.refuse("partial_rotary_factor", "must be above 0 and at most 1");
  }
  rope.type = rope.scaling.text("rope_type", rope.scaling.text("type", "default"));
  return rope;
}

void plan_rope(ModelPlan& plan, std::uint64_t n_dims) {
  const RopeSettings rope = rope_settings(plan.config);
  plan.set("rope.freq_base", rope.theta);
  if (rope.type == "default") return;
  if (rope.type == "linear") {
    plan.set("rope.scaling.type", "linear");
    plan.set("rope.scaling.factor", rope.scaling.number("factor"));
  } else if (rope.type == "llama3") {
    plan.constants.emplace_back("rope_freqs.weight", llama3_factors(rope.scaling, rope.theta, n_dims));
  } else if (rope.type == "yarn") {
    plan_yarn(plan, rope.scaling);
  } else {
    rope.scaling.unsupported("rope_type",
                             fmt::format("{} is not one we know (linear, llama3, yarn)", printable(rope.type)));
  }
}

}  // namespace minnow::formats
