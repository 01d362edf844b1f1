// Files that are part of the program: the page, and the description of the API.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace minnow::server {

struct StaticFile {
  std::string_view path;  // "/page.js"
  std::string_view content_type;
  std::string_view bytes;
};

std::span<const StaticFile> static_files();

}  // namespace minnow::server
