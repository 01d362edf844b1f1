#include "server/static_files.hpp"

#include <array>
#include <cstddef>

// In static_files.S.
extern "C" {
extern const char minnow_page_html_begin[], minnow_page_html_end[];
extern const char minnow_page_css_begin[], minnow_page_css_end[];
extern const char minnow_page_js_begin[], minnow_page_js_end[];
extern const char minnow_openapi_json_begin[], minnow_openapi_json_end[];
}

namespace minnow::server {
namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::span<const StaticFile> static_files() {
  static const std::array files{
      StaticFile{"/", "text/html; charset=utf-8", between(minnow_page_html_begin, minnow_page_html_end)},
      StaticFile{"/page.css", "text/css; charset=utf-8", between(minnow_page_css_begin, minnow_page_css_end)},
      StaticFile{"/page.js", "text/javascript; charset=utf-8", between(minnow_page_js_begin, minnow_page_js_end)},
      StaticFile{"/openapi.json", "application/json", between(minnow_openapi_json_begin, minnow_openapi_json_end)},
  };
  return files;
}

}  // namespace minnow::server
