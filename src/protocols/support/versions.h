// Which libraries parsers rest on.
#pragma once

#include <string>

namespace parlance {

/// A line each for the libraries of this folder: OpenSSL, Expat, zlib, nghttp2, and nghttp3 if it is there.
std::string parser_library_versions();

}  // namespace parlance
