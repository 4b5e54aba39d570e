// The address of SOCKS 5 (RFC 1928 section 5): of the requests and replies, and of each datagram.
#pragma once

#include <cstdint>
#include <string>

#include "base/byte_reader.h"

namespace parlance {

struct SocksAddress {
  enum Kind : uint8_t { none = 0, v4 = 1, name = 3, v6 = 4 };
  Kind kind = none;
  Bytes octets;  ///< of the address or the name; as long-lived as what was read
  uint16_t port = 0;

  bool valid() const { return kind != none; }
  bool is_name() const { return kind == name; }
  /// The name, or the address as people write it.
  std::string text() const;
};

/// kind address port; not valid() if the kind is unknown or a name is not one.
SocksAddress read_socks_address(ByteReader& reader);

}  // namespace parlance
