# Flags every target of ours is built with.
#
# -ffp-contract=off: the compiler may not fuse a*b+c on its own, because the same source must give the
# same bits on every machine. Where we want a fused multiply-add, we write one.
add_library(minnow_flags INTERFACE)
# -Wno-missing-field-initializers: with designated initializers, what isn't named has its default on purpose.
target_compile_options(minnow_flags INTERFACE -Wall -Wextra -Werror -Wshadow -Wno-missing-field-initializers
  -ffp-contract=off)
target_compile_features(minnow_flags INTERFACE cxx_std_20)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# sanitizer presets set MINNOW_SANITIZE=address,undefined or thread
set(MINNOW_SANITIZE "" CACHE STRING "Sanitizers to build with")
if(MINNOW_SANITIZE)
  # g++ 12 sees overlapping copies inside std::string once a sanitizer changes what it inlines.
  target_compile_options(minnow_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  add_compile_options(-fsanitize=${MINNOW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MINNOW_SANITIZE})
endif()
if(MINNOW_FUZZ)  # coverage feedback from every room, not only from the targets
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
