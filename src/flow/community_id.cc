#include "flow/community_id.h"

#include <algorithm>
#include <array>

#include <openssl/sha.h>

namespace parlance::flow {
namespace {

/// What is hashed, in network byte order: with the padding of SHA-1 it is always one block.
class Block {
 public:
  void add(Bytes octets) {
    std::copy(octets.begin(), octets.end(), octets_.data() + length_);
    length_ += octets.size();
  }
  void add(uint8_t octet) { octets_[length_++] = octet; }
  void add_be16(size_t value) {
    add(static_cast<uint8_t>(value >> 8));
    add(static_cast<uint8_t>(value & 0xff));
  }
  /// Ends what is hashed (FIPS 180-4 section 5.1.1).
  const uint8_t* padded() {
    const size_t bits = 8 * length_;
    add(uint8_t{0x80});
    length_ = octets_.size() - 2;
    add_be16(bits);
    return octets_.data();
  }

 private:
  std::array<uint8_t, SHA_CBLOCK> octets_{};
  size_t length_ = 0;  // of IPv6: 2 + 2 * 16 + 2 + 2 * 2
};

using Digest = std::array<uint32_t, 5>;

// libcrypto's newer interface finds and sets up the hash anew each time: for one block, as here, that
// costs several times as much as the hash. The older one is deprecated, but kept.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
Digest sha1(Block& block) {
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Transform(&context, block.padded());
  return {context.h0, context.h1, context.h2, context.h3, context.h4};
}
#pragma GCC diagnostic pop

/// Base64 (RFC 4648 section 4), six bits a character.
void put_base64(const Digest& digest, char* at) {
  static constexpr char kCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t bits = 0;
  int count = 0;
  for (const uint32_t word : digest) {
    bits = bits << 32 | word;
    for (count += 32; count >= 6; count -= 6) *at++ = kCharacters[bits >> (count - 6) & 63];
  }
  *at++ = kCharacters[bits << (6 - count) & 63];
  *at = '=';
}

}  // namespace

CommunityId CommunityIdMaker::of(const FiveTuple& tuple) const {
  // The specification's order, for two addresses of one version.
  const bool in_order = tuple.source <= tuple.destination;
  const Endpoint& first = in_order ? tuple.source : tuple.destination;
  const Endpoint& second = in_order ? tuple.destination : tuple.source;

  Block block;
  block.add_be16(seed_);
  block.add(first.address.bytes());
  block.add(second.address.bytes());
  block.add(static_cast<uint8_t>(tuple.transport));
  block.add(uint8_t{0});
  block.add_be16(first.port);
  block.add_be16(second.port);

  std::array<char, 30> text{'1', ':'};
  put_base64(sha1(block), text.data() + 2);
  return CommunityId(std::string_view(text.data(), text.size()));
}

}  // namespace parlance::flow
