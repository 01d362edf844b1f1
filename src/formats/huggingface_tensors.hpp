// Applies a family's table to the tensors a folder holds.
#pragma once

#include <string>
#include <vector>

#include "formats/converted_model.hpp"
#include "formats/huggingface_plan.hpp"
#include "formats/safetensors.hpp"

namespace minnow::formats {

// `weights` must outlive the tensors; `folder` is what errors call them. Throws Error(invalid_input) that names the
// tensor which is missing, has another shape than config.json says, or has no place in this family.
std::vector<ConvertedTensor> plan_tensors(const ModelPlan& plan, const SafetensorsModel& weights,
                                          const std::string& folder);

}  // namespace minnow::formats
