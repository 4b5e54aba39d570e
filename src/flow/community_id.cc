#include "flow/community_id.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

namespace parlance::flow {
namespace {

constexpr size_t kDigestOctets = 20;                  // SHA-1
constexpr size_t kMostInput = 2 + 2 * 16 + 2 + 2 * 2;  // of IPv6

/// Address then port, compared as octets in network order: the specification's order.
bool stands_first(const Endpoint& a, const Endpoint& b) {
  const Bytes left = a.address.bytes(), right = b.address.bytes();
  if (!std::equal(left.begin(), left.end(), right.begin(), right.end())) {
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  }
  return a.port <= b.port;
}

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

}  // namespace

void CommunityIdMaker::ContextDeleter::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

CommunityIdMaker::CommunityIdMaker(uint16_t seed) : context_(EVP_MD_CTX_new()), seed_(seed) {
  EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  if (!context_ || sha1 == nullptr || EVP_DigestInit_ex2(context_.get(), sha1, nullptr) != 1) {
    context_.reset();
  }
  EVP_MD_free(sha1);
}

CommunityId CommunityIdMaker::of(const FiveTuple& tuple) {
  if (!context_) return {};
  const bool in_order = stands_first(tuple.source, tuple.destination);
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

  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  const Bytes octets = input.octets();
  if (EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) != 1 ||  // again, with the same hash
      EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) != 1 ||
      EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
    return {};
  }
  std::array<char, 32> text{'1', ':'};
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + 2), digest.data(),
                                     static_cast<int>(kDigestOctets));
  return CommunityId(std::string_view(text.data(), 2 + static_cast<size_t>(length)));
}

}  // namespace parlance::flow
