# Third-party libraries, all from the distribution's packages; docs/dependencies.md says why each is here.
# They are linked statically, so that the program needs nothing on a device but the C and C++ runtime.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)            # compiled once, in src/base/fmt_library.cpp
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)    # headers only: Asio and Beast

# minnow_find_static(TARGET HEADER NAME...) makes an imported target of the static libraries named.
function(minnow_find_static target header)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  foreach(name IN LISTS ARGN)
    if(MINNOW_STATIC_DEPENDENCIES)
      find_library(${target}_${name} NAMES lib${name}.a REQUIRED)
    else()
      find_library(${target}_${name} NAMES ${name} REQUIRED)
    endif()
    target_link_libraries(${target} INTERFACE ${${target}_${name}})
  endforeach()
endfunction()

minnow_find_static(minnow_utf8proc utf8proc.h utf8proc)
minnow_find_static(minnow_crypto openssl/sha.h crypto)
minnow_find_static(minnow_tls openssl/ssl.h ssl crypto)
minnow_find_static(minnow_edit histedit.h edit tinfo bsd md)
