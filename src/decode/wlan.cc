// IEEE 802.11 data frames that are not encrypted, and what capture drivers put in front of them.
#include "decode/walk.h"

namespace parlance::decode {

// IEEE 802.11-2020 clause 9.2.4.1.
Layer wlan_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 2) return walk.malformed();
  const uint8_t kind = octets[0];
  const uint8_t flags = octets[1];
  constexpr uint8_t kData = 0x08;
  constexpr uint8_t kNoData = 0x40;  // of the subtype
  constexpr uint8_t kQos = 0x80;     // of the subtype
  constexpr uint8_t kMoreFragments = 0x04;
  constexpr uint8_t kProtected = 0x40;
  constexpr uint8_t kOrder = 0x80;
  const bool data = (kind & 0x0F) == kData && (kind & kNoData) == 0;
  if (!data || (flags & (kMoreFragments | kProtected)) != 0) return walk.end(Outcome::not_ip);

  const bool four_addresses = (flags & 0x03) == 0x03;
  const bool qos = (kind & kQos) != 0;
  size_t header = four_addresses ? 30 : 24;
  if (octets.size() < header + 2) return walk.malformed();
  if ((octets[22] & 0x0F) != 0) return walk.end(Outcome::not_ip);  // a later fragment
  const bool aggregate = qos && (octets[header] & 0x80) != 0;
  if (qos) header += (flags & kOrder) != 0 ? 6 : 2;
  // Some drivers align what follows, and say so in a header that may be gone: RFC 1042's first
  // octets tell.
  if (octets.size() >= header + 4 && be16(octets, header) == 0 &&
      be16(octets, header + 2) == 0xAAAA) {
    header += 2;
  }
  // Clause 9.3.2.2: the first of the frames put together, after its addresses and length.
  if (aggregate && octets.size() >= header + 2 && be16(octets, header) != 0xAAAA) header += 14;
  return walk.skip(header, Layer::llc);
}

// https://www.radiotap.org: version 0, length in little-endian.
Layer radiotap_header(Walk& walk) {
  if (walk.octets.size() < 8 || walk.octets[0] != 0) return walk.malformed();
  const size_t header = le16(walk.octets, 2);
  return header < 8 ? walk.malformed() : walk.skip(header, Layer::wlan);
}

Layer avs_header(Walk& walk) {
  if (walk.octets.size() < 8) return walk.malformed();
  const size_t header = be32(walk.octets, 4);
  return header < 8 ? walk.malformed() : walk.skip(header, Layer::wlan);
}

// A message of 144 octets; some drivers wrote the AVS header under the same link type.
Layer prism_header(Walk& walk) {
  if (walk.octets.size() < 8) return walk.malformed();
  if ((be32(walk.octets, 0) & 0xFFFFF000) == 0x80211000) return avs_header(walk);
  return walk.skip(144, Layer::wlan);
}

}  // namespace parlance::decode
