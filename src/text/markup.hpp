// Text inside HTML, XML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace minnow::text {

// & < > ' " as entities.
std::string escape_html(std::string_view text);

// What a document may hold whoever wrote it, a file's name for example: escaped, invalid UTF-8 replaced, and control
// characters, which XML forbids, as spaces.
std::string markup_line(std::string_view text);

}  // namespace minnow::text
