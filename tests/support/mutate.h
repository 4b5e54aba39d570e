// Rewrites a capture into the same conversations in another wire form.
#pragma once

#include <ostream>
#include <span>

#include "support/capture_files.h"

namespace parlance::test {

struct Mutation {
  const char* name;
  Frames (*apply)(const Frames&);
};
/// For GoogleTest.
inline void PrintTo(const Mutation& mutation, std::ostream* out) {
  *out << mutation.name;
}

/// The whole TCP and UDP packets with right checksums and lengths: what the others are made from.
Frames tidied(const Frames& frames);

/// How segments are cut, ordered, repeated, contradicted and numbered.
std::span<const Mutation> stream_mutations();
/// What is around the IP packets: fragments, tags, tunnels, link types.
std::span<const Mutation> carrier_mutations();

// Those that change what is known of a flow.
Frames without_syns(const Frames& frames);
Frames without_handshakes(const Frames& frames);
Frames as_ipv6(const Frames& frames);
Frames with_other_ports(const Frames& frames);

/// What with_other_ports() makes of a port: one that says nothing. Ephemeral ones stay.
uint16_t other_port(uint16_t port);

}  // namespace parlance::test
