#include "protocols/support/socks_address.h"

#include <algorithm>

#include "model/five_tuple.h"

namespace parlance {
namespace {

/// Host names, also underscores and raw UTF-8, and addresses written as text.
bool may_be_name(Bytes octets) {
  return !octets.empty() && std::all_of(octets.begin(), octets.end(), [](uint8_t octet) {
    return octet > 0x20 && octet != 0x7f;
  });
}

size_t size_of(uint8_t kind, ByteReader& reader) {
  switch (kind) {
    case SocksAddress::v4:
      return 4;
    case SocksAddress::name:
      return reader.u8();
    case SocksAddress::v6:
      return 16;
    default:
      return 0;
  }
}

}  // namespace

SocksAddress read_socks_address(ByteReader& reader) {
  SocksAddress address;
  const uint8_t kind = reader.u8();
  address.octets = reader.bytes(size_of(kind, reader));
  if (address.octets.empty()) return {};
  address.port = reader.be16();
  if (!reader.ok()) return {};
  if (kind == SocksAddress::name && !may_be_name(address.octets)) return {};
  address.kind = static_cast<SocksAddress::Kind>(kind);
  return address;
}

std::string SocksAddress::text() const {
  switch (kind) {
    case v4:
      return to_text(IpAddress::v4(octets));
    case v6:
      return to_text(IpAddress::v6(octets));
    default:
      return std::string(as_text(octets));
  }
}

}  // namespace parlance
