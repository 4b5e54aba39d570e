#include "protocols/support/base64url.h"

#include <algorithm>
#include <string>

#include <openssl/evp.h>

#include "base/bytes.h"

namespace parlance {

std::vector<uint8_t> decode_base64url(std::string_view text) {
  std::string plain(text.substr(0, text.find('=')));
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  const size_t octets = plain.size() * 3 / 4;
  if (plain.size() % 4 == 1) return {};
  plain.resize((plain.size() + 3) / 4 * 4, '=');
  std::vector<uint8_t> result(plain.size() / 4 * 3);
  const Bytes input = as_bytes(plain);
  const int made = EVP_DecodeBlock(result.data(), input.data(), static_cast<int>(input.size()));
  if (made < 0 || static_cast<size_t>(made) != result.size()) return {};  // it passes over white space
  result.resize(octets);
  return result;
}

}  // namespace parlance
