# What a user of the library gets: one static archive of every room it needs, the public headers, and the two files that
# let find_package(minnow) and pkg-config find them. Third-party libraries are linked by the user's program.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# In this build tree, and for projects that add_subdirectory() us.
add_library(minnow_library INTERFACE)
target_link_libraries(minnow_library INTERFACE minnow_engine)
target_include_directories(minnow_library INTERFACE ${PROJECT_SOURCE_DIR}/include)
add_library(minnow::minnow ALIAS minnow_library)

# ar's own script joins the rooms' archives: members of the same name stay apart.
set(archive ${PROJECT_BINARY_DIR}/libminnow.a)
set(script "create ${archive}\n")
set(rooms minnow_home_model)
foreach(room base machine numeric text formats kernels models engine)
  list(APPEND rooms minnow_${room})
endforeach()
foreach(room IN LISTS rooms)
  string(APPEND script "addlib $<TARGET_FILE:${room}>\n")
endforeach()
string(APPEND script "save\nend\n")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/libminnow.mri CONTENT "${script}")
add_custom_command(OUTPUT ${archive}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
  COMMAND ${CMAKE_AR} -M < ${PROJECT_BINARY_DIR}/libminnow.mri
  DEPENDS ${rooms} ${PROJECT_BINARY_DIR}/libminnow.mri
  COMMENT "Joining the rooms into libminnow.a" VERBATIM)
add_custom_target(minnow_archive ALL DEPENDS ${archive})

set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/minnow)
configure_package_config_file(${PROJECT_SOURCE_DIR}/packaging/minnowConfig.cmake.in
  ${PROJECT_BINARY_DIR}/minnowConfig.cmake INSTALL_DESTINATION ${cmake_folder}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/minnowConfigVersion.cmake COMPATIBILITY SameMinorVersion)
# The .pc file finds its prefix from where it lies, so that the folder may be moved.
file(RELATIVE_PATH pc_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/packaging/minnow.pc.in ${PROJECT_BINARY_DIR}/minnow.pc @ONLY)

install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/minnow DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(FILES ${PROJECT_BINARY_DIR}/minnowConfig.cmake ${PROJECT_BINARY_DIR}/minnowConfigVersion.cmake
  DESTINATION ${cmake_folder} COMPONENT library)
install(FILES ${PROJECT_BINARY_DIR}/minnow.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
if(TARGET minnow)
  install(TARGETS minnow RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()

# Installs into a fresh folder and builds the example against it, both ways. Not for other machines' builds, nor for
# sanitizers, whose flags the example's own build doesn't have.
if(MINNOW_TESTS AND NOT CMAKE_CROSSCOMPILING AND NOT MINNOW_SANITIZE)
  add_test(NAME package COMMAND ${CMAKE_COMMAND}
    -D SOURCE=${PROJECT_SOURCE_DIR} -D BUILD=${PROJECT_BINARY_DIR} -D LIBDIR=${CMAKE_INSTALL_LIBDIR}
    -D CXX=${CMAKE_CXX_COMPILER} -P ${PROJECT_SOURCE_DIR}/packaging/package_test.cmake)
  set_tests_properties(package PROPERTIES TIMEOUT 300 LABELS package)
endif()
