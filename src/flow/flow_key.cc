#include "flow/flow_key.h"

#include <bit>
#include <tuple>

#include <sys/random.h>

#include "base/keyed_hash.h"

namespace parlance::flow {
namespace {

/// An endpoint as numbers; their order is arbitrary and only has to be the same every time.
struct Packed {
  std::array<uint64_t, 2> address;
  uint16_t port;

  explicit Packed(const Endpoint& endpoint)
      : address(std::bit_cast<std::array<uint64_t, 2>>(endpoint.address.octets)),
        port(endpoint.port) {}
  bool operator<(const Packed& other) const {
    return std::tie(address, port) < std::tie(other.address, other.port);
  }
};

FlowKey key_of(const FiveTuple& tuple, uint64_t realm) {
  const Packed source(tuple.source), destination(tuple.destination);
  const bool turned = destination < source;
  const Packed& low = turned ? destination : source;
  const Packed& high = turned ? source : destination;
  const uint64_t rest = uint64_t{low.port} << 48 | uint64_t{high.port} << 32 |
                        uint64_t{tuple.source.address.version} << 8 |
                        static_cast<uint64_t>(tuple.transport);
  return FlowKey{{low.address[0], low.address[1], high.address[0], high.address[1], rest, realm}};
}

/// The next number of a generator that turns one seed into many (splitmix64).
uint64_t next_secret(uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  uint64_t word = state;
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
  word = (word ^ word >> 27) * 0x94d049bb133111ebu;
  return word ^ word >> 31;
}

}  // namespace

FlowKey FlowKey::of(const DecodedPacket& packet, bool by_vlan) {
  uint64_t realm = 0;
  if (by_vlan) {
    for (size_t i = 0; i < packet.vlan_count && i < packet.vlans.size(); ++i) {
      realm = realm << 16 | (packet.vlans[i] | 0x8000u);  // a VLAN 0 is not the absence of one
    }
  }
  return key_of(packet.tuple, realm);
}

FlowKey FlowKey::of(const FiveTuple& tuple) {
  return key_of(tuple, 0);
}

FlowHasher::FlowHasher() {
  // Without randomness (a kernel too early in its start) the table still works, only predictably.
  if (getentropy(secret_.data(), sizeof(secret_)) != 0) *this = FlowHasher(0x70617263616c6c79u);
}

FlowHasher::FlowHasher(uint64_t seed) {
  for (uint64_t& word : secret_) word = next_secret(seed);
}

uint64_t FlowHasher::operator()(const FlowKey& key) const {
  const auto& w = key.words;
  const uint64_t low = mix(w[0] ^ secret_[0], w[1] ^ secret_[1]);
  const uint64_t high = mix(w[2] ^ secret_[2], w[3] ^ secret_[3]);
  const uint64_t rest = mix(w[4] ^ secret_[4], w[5] ^ secret_[5]);
  return mix(low ^ rest ^ secret_[6], high ^ std::rotl(low, 32) ^ secret_[1]);
}

}  // namespace parlance::flow
