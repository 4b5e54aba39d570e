#include "flow/community_id.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace parlance::flow {
namespace {

constexpr size_t kMostInput = 2 + 2 * 16 + 2 + 2 * 2;  // of IPv6

/// What is hashed, in network byte order.
class Input {
 public:
  void add(Bytes octets) { length_ = static_cast<size_t>(
      std::copy(octets.begin(), octets.end(), octets_.begin() + static_cast<ptrdiff_t>(length_)) -
      octets_.begin()); }
  void add(uint8_t octet) { octets_[length_++] = octet; }
  void add_be16(uint16_t value) {
    add(static_cast<uint8_t>(value >> 8));
    add(static_cast<uint8_t>(value & 0xff));
  }
  Bytes octets() const { return Bytes(octets_).first(length_); }

 private:
  std::array<uint8_t, kMostInput> octets_{};
  size_t length_ = 0;
};

// libcrypto's newer interface finds and sets up the hash anew each time: for one block, as here, that
// costs several times as much as the hash. The older one is deprecated, but kept.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
std::array<uint8_t, SHA_DIGEST_LENGTH> sha1(Bytes octets) {
  std::array<uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, octets.data(), octets.size());
  SHA1_Final(digest.data(), &context);
  return digest;
}
#pragma GCC diagnostic pop

}  // namespace

CommunityId CommunityIdMaker::of(const FiveTuple& tuple) const {
  // The specification's order, for two addresses of one version.
  const bool in_order = tuple.source <= tuple.destination;
  const Endpoint& first = in_order ? tuple.source : tuple.destination;
  const Endpoint& second = in_order ? tuple.destination : tuple.source;

  Input input;
  input.add_be16(seed_);
  input.add(first.address.bytes());
  input.add(second.address.bytes());
  input.add(static_cast<uint8_t>(tuple.transport));
  input.add(uint8_t{0});  // padding
  input.add_be16(first.port);
  input.add_be16(second.port);

  std::array<char, 32> text{'1', ':'};
  const auto digest = sha1(input.octets());
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + 2), digest.data(),
                                     static_cast<int>(digest.size()));
  return CommunityId(std::string_view(text.data(), 2 + static_cast<size_t>(length)));
}

}  // namespace parlance::flow
