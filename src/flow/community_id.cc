#include "flow/community_id.h"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/evp.h>

namespace parlance::flow {
namespace {

constexpr size_t kDigestOctets = 20;  // SHA-1

void append_be16(std::vector<uint8_t>& octets, uint16_t value) {
  octets.push_back(static_cast<uint8_t>(value >> 8));
  octets.push_back(static_cast<uint8_t>(value & 0xff));
}

/// Address then port, compared as octets in network order: the specification's order.
bool stands_first(const Endpoint& a, const Endpoint& b) {
  const Bytes left = a.address.bytes(), right = b.address.bytes();
  if (!std::equal(left.begin(), left.end(), right.begin(), right.end())) {
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  }
  return a.port <= b.port;
}

}  // namespace

std::string community_id(const FiveTuple& tuple, uint16_t seed) {
  const bool in_order = stands_first(tuple.source, tuple.destination);
  const Endpoint& first = in_order ? tuple.source : tuple.destination;
  const Endpoint& second = in_order ? tuple.destination : tuple.source;

  std::vector<uint8_t> input;
  input.reserve(2 + 2 * 16 + 2 + 2 * 2);
  append_be16(input, seed);
  for (const Endpoint* end : {&first, &second}) {
    const Bytes address = end->address.bytes();
    input.insert(input.end(), address.begin(), address.end());
  }
  input.push_back(static_cast<uint8_t>(tuple.transport));
  input.push_back(0);  // padding
  append_be16(input, first.port);
  append_be16(input, second.port);

  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  if (kSha1 == nullptr ||
      EVP_Digest(input.data(), input.size(), digest.data(), nullptr, kSha1, nullptr) != 1) {
    return {};  // a library without SHA-1: the record goes without
  }
  std::array<char, 32> text{};
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), digest.data(),
                                     static_cast<int>(kDigestOctets));
  return "1:" + std::string(text.data(), static_cast<size_t>(length));
}

}  // namespace parlance::flow
