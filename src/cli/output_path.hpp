// What a command writes must not take the place of what it reads: a slip of the hand would cost the model.
#pragma once

#include <initializer_list>
#include <string>

namespace minnow::cli {

// Throws Error(invalid_input) when `out` is one of the files `inputs`, or another part of a split model among them.
// Empty names, of what was left out, are no files.
void require_other_file(const std::string& out, std::initializer_list<std::string> inputs);

}  // namespace minnow::cli
