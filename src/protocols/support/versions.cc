#include "protocols/support/versions.h"

#include <expat.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <zlib.h>

#include "protocols/support/qpack_reader.h"

namespace parlance {

std::string parser_library_versions() {
  const XML_Expat_Version expat = XML_ExpatVersionInfo();
  const std::string qpack = qpack_library_version();
  return std::string(OpenSSL_version(OPENSSL_VERSION)) + "\nExpat " + std::to_string(expat.major) +
         "." + std::to_string(expat.minor) + "." + std::to_string(expat.micro) + "\nzlib " +
         zlibVersion() + "\nnghttp2 " + nghttp2_version(0)->version_str + "\n" +
         (qpack.empty() ? std::string() : "nghttp3 " + qpack + "\n");
}

}  // namespace parlance
