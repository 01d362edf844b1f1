// Names the family of a chat template by the markers it writes, for people to read: `minnow show`.
#pragma once

#include <string_view>

namespace minnow::text {

// chatml, llama-3, gemma…; empty when the template looks like none we know.
std::string_view known_template_name(std::string_view source);

}  // namespace minnow::text
