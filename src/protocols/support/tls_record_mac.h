// The MAC of records up to TLS 1.2.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/digests.h"

namespace parlance {

/// HMAC (RFC 5246 section 6.2.3.1), or what SSL 3.0 had before (RFC 6101 section 5.2.3.1).
class TlsRecordMac {
 public:
  /// Of the MAC `octets` are sent (fewer than the digest has if it is truncated).
  TlsRecordMac(HashKind kind, Bytes key, bool ssl3, size_t octets);
  bool usable() const { return ssl3_ || hmac_.usable(); }
  size_t octets() const { return octets_; }

  /// `header` is the record's; `text` is what the MAC covers besides.
  bool verifies(uint64_t number, Bytes header, Bytes text, Bytes mac);

 private:
  Digest ssl3_mac(Bytes number, uint8_t type, Bytes length, Bytes text) const;

  HashKind kind_;
  bool ssl3_;
  size_t octets_;
  std::vector<uint8_t> ssl3_key_;
  Hmac hmac_;
};

}  // namespace parlance
