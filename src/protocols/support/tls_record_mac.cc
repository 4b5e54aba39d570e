#include "protocols/support/tls_record_mac.h"

#include <algorithm>

#include "protocols/support/tls_nonce.h"

namespace parlance {

TlsRecordMac::TlsRecordMac(HashKind kind, Bytes key, bool ssl3, size_t octets)
    : kind_(kind), ssl3_(ssl3), octets_(octets), hmac_(kind, key) {
  if (ssl3) ssl3_key_.assign(key.begin(), key.end());
}

bool TlsRecordMac::verifies(uint64_t number, Bytes header, Bytes text, Bytes mac) {
  const auto number_octets = octets_of(number);
  const uint8_t length[] = {static_cast<uint8_t>(text.size() >> 8),
                            static_cast<uint8_t>(text.size())};
  const Digest expected = ssl3_ ? ssl3_mac(number_octets, header[0], length, text)
                                : hmac_.of({number_octets, header.first(3), length, text});
  return expected.size() >= octets_ && std::ranges::equal(first_of(expected, octets_), mac);
}

Digest TlsRecordMac::ssl3_mac(Bytes number, uint8_t type, Bytes length, Bytes text) const {
  std::array<uint8_t, 48> pad1, pad2;
  pad1.fill(0x36);
  pad2.fill(0x5c);
  const size_t pad = kind_ == HashKind::md5 ? 48 : 40;
  const Digest inner =
      digest_of(kind_, {ssl3_key_, Bytes(pad1).first(pad), number, Bytes(&type, 1), length, text});
  return digest_of(kind_, {ssl3_key_, Bytes(pad2).first(pad), inner});
}

}  // namespace parlance
