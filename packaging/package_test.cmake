# Installs the library into a fresh folder, then builds and starts the example against it through find_package and
# through pkg-config.   cmake -D SOURCE= -D BUILD= -D LIBDIR= -D CXX= -P package_test.cmake
set(folder ${BUILD}/package_test)
file(REMOVE_RECURSE ${folder})

function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}:\n${output}")
  endif()
endfunction()

# The program answers with the model inside, or says in one line that there is none.
function(start program)
  execute_process(COMMAND ${program} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE error)
  if(status EQUAL 1 AND error MATCHES "^hello: this build has no model inside")
    return()
  endif()
  if(NOT status EQUAL 0 OR output STREQUAL "")
    message(FATAL_ERROR "${program} ended with ${status}:\n${output}${error}")
  endif()
endfunction()

step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${folder}/prefix --component library)

step(${CMAKE_COMMAND} -S ${SOURCE}/packaging/consumer -B ${folder}/cmake -D CMAKE_PREFIX_PATH=${folder}/prefix
  -D CMAKE_CXX_COMPILER=${CXX})
step(${CMAKE_COMMAND} --build ${folder}/cmake)
start(${folder}/cmake/hello)

find_program(pkg_config NAMES pkg-config pkgconf)
if(NOT pkg_config)
  message(STATUS "pkg-config isn't installed: its half of the test is left out")
  return()
endif()
set(ENV{PKG_CONFIG_PATH} ${folder}/prefix/${LIBDIR}/pkgconfig)
execute_process(COMMAND ${pkg_config} --cflags --libs minnow OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY
  OUTPUT_STRIP_TRAILING_WHITESPACE)
separate_arguments(flags)
step(${CXX} -std=c++20 ${SOURCE}/examples/hello.cpp ${flags} -o ${folder}/hello_pkg_config)
start(${folder}/hello_pkg_config)
