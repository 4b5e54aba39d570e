# Every outside library, all from Debian 12. scripts/install-dependencies installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(CLI11 REQUIRED)
find_package(mimalloc REQUIRED)
pkg_check_modules(HYPERSCAN REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)

# Reads the header fields of HTTP/3; without it HTTP/3 is named only.
pkg_check_modules(NGHTTP3 IMPORTED_TARGET libnghttp3>=0.8)

add_library(parlance_dependencies INTERFACE)
# At each start the dynamic linker looks for a library's names in all before it: libcrypto and libstdc++,
# which have several times as many as the others, come first.
target_link_libraries(parlance_dependencies INTERFACE
  OpenSSL::Crypto stdc++ PkgConfig::HYPERSCAN PkgConfig::PCAP PkgConfig::ZSTD PkgConfig::LZ4
  PkgConfig::NGHTTP2 PkgConfig::TOMLPLUSPLUS fmt::fmt ZLIB::ZLIB EXPAT::EXPAT CLI11::CLI11 Threads::Threads)
if(NGHTTP3_FOUND)
  target_link_libraries(parlance_dependencies INTERFACE PkgConfig::NGHTTP3)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/protocols/support/qpack_reader.cc
    PROPERTIES COMPILE_DEFINITIONS PARLANCE_HAS_NGHTTP3=1)
endif()
