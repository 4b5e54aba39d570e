#include "protocols/support/versions.h"

#include <expat.h>
#include <openssl/crypto.h>
#include <zlib.h>

namespace parlance {

std::string parser_library_versions() {
  const XML_Expat_Version expat = XML_ExpatVersionInfo();
  return std::string(OpenSSL_version(OPENSSL_VERSION)) + "\nExpat " + std::to_string(expat.major) +
         "." + std::to_string(expat.minor) + "." + std::to_string(expat.micro) + "\nzlib " +
         zlibVersion() + "\n";
}

}  // namespace parlance
