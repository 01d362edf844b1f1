// The files' bytes in the program's read-only data. Paths are from this folder.
  .macro file symbol, path
  .section .rodata
  .global \symbol\()_begin
  .hidden \symbol\()_begin
\symbol\()_begin:
  .incbin "\path"
  .global \symbol\()_end
  .hidden \symbol\()_end
\symbol\()_end:
  .byte 0
  .endm

  file minnow_page_html, "page/index.html"
  file minnow_page_css, "page/page.css"
  file minnow_page_js, "page/page.js"
  file minnow_openapi_json, "openapi.json"
  .section .note.GNU-stack, "", %progbits
