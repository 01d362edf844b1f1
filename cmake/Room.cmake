# minnow_room(NAME [SOURCES file...] [DEPENDS room...] [LIBRARIES target...])
#
# One static library per room of the house. A room may be entered only by the rooms that name it in
# DEPENDS, and src/LAYERS must say the same: tests/layers_test.py reads every #include against it.
function(minnow_room name)
  cmake_parse_arguments(room "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(minnow_${name} STATIC ${room_SOURCES})
  add_library(minnow::${name} ALIAS minnow_${name})
  target_include_directories(minnow_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(minnow_${name} PRIVATE $<BUILD_INTERFACE:minnow_flags>)
  foreach(dependency IN LISTS room_DEPENDS)
    target_link_libraries(minnow_${name} PUBLIC minnow_${dependency})
  endforeach()
  target_link_libraries(minnow_${name} PRIVATE ${room_LIBRARIES})
endfunction()
