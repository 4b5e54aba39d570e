// Which libraries read packets here.
#pragma once

#include <string>

namespace parlance::capture {

/// A line each for the libraries of this folder: libpcap, zstd, LZ4.
std::string library_versions();

}  // namespace parlance::capture
