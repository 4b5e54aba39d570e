// IEEE 802.11 data frames that are not encrypted, and what capture drivers put in front of them.
#include "decode/walk.h"

namespace parlance::decode {

namespace {

// Where RFC 1042's header is if not right at `from`: drivers align it (2), leave the initialisation
// vector of a frame that they decrypted (4 or 8), or the head of the first of several frames put
// together (14, IEEE 802.11-2020 clause 9.3.2.2) is before it.
std::optional<size_t> find_snap(Bytes octets, size_t from) {
  constexpr size_t kGaps[] = {0, 2, 4, 8, 14, 22};
  for (const size_t gap : kGaps) {
    const size_t at = from + gap;
    if (octets.size() < at + 8) break;
    if (be32(octets, at) == 0xAAAA0300 && be16(octets, at + 4) == 0) return at;
  }
  return std::nullopt;
}

// IEEE 802.11-2020 clause 9.2.4.1; `kind` and `flags` are the octets of the frame control. The fragment's
// number is in the octet at `fragment`, the first of the sequence control unless its octets are swapped.
Layer data_frame(Walk& walk, uint8_t kind, uint8_t flags, size_t fragment) {
  const Bytes octets = walk.octets;
  constexpr uint8_t kData = 0x08;
  constexpr uint8_t kNoData = 0x40;  // of the subtype
  constexpr uint8_t kQos = 0x80;     // of the subtype
  constexpr uint8_t kMoreFragments = 0x04;
  constexpr uint8_t kProtected = 0x40;
  constexpr uint8_t kOrder = 0x80;
  const bool data = (kind & 0x0F) == kData && (kind & kNoData) == 0;
  if (!data || (flags & kMoreFragments) != 0) return walk.end(Outcome::not_ip);

  const bool four_addresses = (flags & 0x03) == 0x03;
  size_t header = four_addresses ? 30 : 24;
  if (octets.size() < header + 2) return walk.malformed();
  if ((octets[fragment] & 0x0F) != 0) return walk.end(Outcome::not_ip);  // a later fragment
  if ((kind & kQos) != 0) header += (flags & kOrder) != 0 ? 6 : 2;
  if (const auto snap = find_snap(octets, header)) return walk.skip(*snap, Layer::llc);
  if ((flags & kProtected) != 0) return walk.end(Outcome::not_ip);
  return walk.skip(header, Layer::llc);
}

}  // namespace

Layer wlan_header(Walk& walk) {
  const Bytes octets = walk.octets;
  return octets.size() < 2 ? walk.malformed() : data_frame(walk, octets[0], octets[1], 22);
}

Layer swapped_wlan_header(Walk& walk) {
  const Bytes octets = walk.octets;
  return octets.size() < 2 ? walk.malformed() : data_frame(walk, octets[1], octets[0], 23);
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
