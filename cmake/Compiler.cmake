# How everything is compiled: warnings, sanitizers, hardening.
add_library(parlance_options INTERFACE)
target_compile_options(parlance_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlapping copies in std::string's operator+ that are not there (GCC bug 105651).
  target_compile_options(parlance_options INTERFACE -Wno-restrict)
endif()
if(PARLANCE_WERROR)
  target_compile_options(parlance_options INTERFACE -Werror)
endif()
# The cache of parsed signatures belongs to the program that wrote it: this names it.
target_link_options(parlance_options INTERFACE -Wl,--build-id)
if(PARLANCE_SANITIZE)
  target_compile_options(parlance_options INTERFACE
    -fsanitize=${PARLANCE_SANITIZE} -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code makes g++ 12 take std::regex for uninitialised (GCC bug 105562).
    target_compile_options(parlance_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  string(REPLACE "fuzzer-no-link," "" link_sanitizers "${PARLANCE_SANITIZE}")
  target_link_options(parlance_options INTERFACE -fsanitize=${link_sanitizers})
endif()

# What users run is hardened; tests, which are not optimised, cannot be.
add_library(parlance_hardening INTERFACE)
if(NOT PARLANCE_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(parlance_hardening INTERFACE
    -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(parlance_hardening INTERFACE -Wl,-z,relro,-z,now)
endif()

# Caches and faster linkers are used where they are installed; nothing depends on them.
find_program(CCACHE ccache)
if(CCACHE)  # the sloppiness is what it asks for to cache files that use precompiled headers
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
