#include "support/mutate.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "model/packet.h"
#include "support/wire.h"

namespace parlance::test {
namespace {

using namespace tcp_flag;

constexpr size_t kMostResegmented = 64 * 1024;  // octets of a direction; small segments are many
constexpr uint16_t kFirstEphemeral = 32768;

bool is_data(const Wire& wire) {
  return wire.is_tcp() && !wire.payload.empty() && (wire.flags() & (kSyn | kRst)) == 0;
}

/// Each whole TCP or UDP packet replaced by what `change` makes of it; all else stays.
Frames each_wire(const Frames& frames, const std::function<void(Wire, Frames&)>& change) {
  Frames made;
  for (const Frame& frame : frames) {
    if (const auto wire = Wire::of(frame)) {
      change(*wire, made);
    } else {
      made.push_back(frame);
    }
  }
  return made;
}

Frames each_data_segment(const Frames& frames, const std::function<void(Wire, Frames&)>& change) {
  return each_wire(frames, [&](const Wire& wire, Frames& made) {
    if (is_data(wire)) {
      change(wire, made);
    } else {
      made.push_back(wire.frame());
    }
  });
}

// ---- segments ----

/// Octets [from, from + count) of a segment's payload as a segment of its own.
Wire piece_of(const Wire& whole, size_t from, size_t count) {
  Wire piece = whole;
  piece.payload = whole.payload.substr(from, count);
  piece.set_sequence(whole.sequence() + static_cast<uint32_t>(from));
  const bool last = from + count >= whole.payload.size();
  if (!last) piece.set_flags(static_cast<uint8_t>(whole.flags() & ~(kFin | kPush)));
  return piece;
}

template <size_t size>
Frames resegmented(const Frames& frames) {
  std::map<std::string, size_t> done;
  return each_data_segment(frames, [&](const Wire& wire, Frames& made) {
    size_t& octets = done[wire.source() + wire.destination()];
    octets += wire.payload.size();
    const size_t step = octets > kMostResegmented ? wire.payload.size() : size;
    for (size_t from = 0; from < wire.payload.size(); from += step) {
      made.push_back(piece_of(wire, from, step).frame());
    }
  });
}

/// Positions of a run: data segments of one direction that nothing but the other side's bare ACKs
/// interrupts, and these ACKs.
struct Run {
  std::vector<size_t> data, acks;
};

std::vector<Run> runs_of(const std::vector<std::optional<Wire>>& wires, size_t longest) {
  std::map<std::string, Run> open;  // by the direction's endpoints
  std::vector<Run> runs;
  const auto close = [&](const std::string& direction) {
    auto found = open.find(direction);
    if (found == open.end()) return;
    runs.push_back(std::move(found->second));
    open.erase(found);
  };
  for (size_t i = 0; i < wires.size(); ++i) {
    if (!wires[i] || !wires[i]->is_tcp()) continue;
    const Wire& wire = *wires[i];
    const std::string there = wire.source() + wire.destination();
    const std::string back = wire.destination() + wire.source();
    if (is_data(wire) && !wire.has(kFin)) {
      close(back);
      if (open.contains(there) && open[there].data.size() >= longest) close(there);
      open[there].data.push_back(i);
    } else if (wire.payload.empty() && (wire.flags() & (kSyn | kFin | kRst)) == 0) {
      if (open.contains(back)) open[back].acks.push_back(i);
    } else {
      close(there);
      close(back);
    }
  }
  while (!open.empty()) close(open.begin()->first);
  return runs;
}

/// Data segments out of order inside runs; the ACKs that came between follow them.
Frames reordered(const Frames& frames, size_t longest,
                 const std::function<void(std::vector<size_t>&)>& order) {
  const Frames small = resegmented<64>(frames);
  std::vector<std::optional<Wire>> wires;
  for (const Frame& each : small) wires.push_back(Wire::of(each));
  // Where no SYN was captured, a stream begins with what came first: these keep their order.
  std::set<std::string> opened;
  for (const auto& wire : wires) {
    if (wire && wire->is_tcp() && wire->has(kSyn))
      opened.insert(wire->source() + wire->destination());
  }
  Frames made = small;
  for (const Run& run : runs_of(wires, longest)) {
    const Wire& first = *wires[run.data.front()];
    if (!opened.contains(first.source() + first.destination())) continue;
    std::vector<size_t> places = run.data, from = run.data;
    places.insert(places.end(), run.acks.begin(), run.acks.end());
    std::sort(places.begin(), places.end());
    order(from);
    from.insert(from.end(), run.acks.begin(), run.acks.end());
    for (size_t i = 0; i < places.size(); ++i) {
      made[places[i]].octets = small[from[i]].octets;
      made[places[i]].original_length = small[from[i]].original_length;
    }
  }
  return made;
}

Frames shuffled(const Frames& frames) {
  std::mt19937 random(1);
  return reordered(frames, 4, [&](auto& row) { std::shuffle(row.begin(), row.end(), random); });
}

Frames reversed(const Frames& frames) {
  return reordered(frames, 8, [](auto& row) { std::reverse(row.begin(), row.end()); });
}

Frames doubled(const Frames& frames) {
  return each_data_segment(frames, [](const Wire& wire, Frames& made) {
    made.push_back(wire.frame());
    made.push_back(wire.frame());
  });
}

/// After each segment a retransmission that begins some octets before it.
Frames overlapping(const Frames& frames) {
  std::map<std::string, Wire> before;
  constexpr size_t kOverlap = 4;
  return each_data_segment(frames, [&](const Wire& wire, Frames& made) {
    made.push_back(wire.frame());
    const std::string direction = wire.source() + wire.destination();
    if (const auto found = before.find(direction); found != before.end()) {
      const Wire& last = found->second;
      const bool adjoins = last.sequence() + last.payload.size() == wire.sequence();
      const size_t count = std::min(kOverlap, last.payload.size());
      if (adjoins) {
        Wire again = wire;
        again.payload = last.payload.substr(last.payload.size() - count) + wire.payload;
        again.set_sequence(wire.sequence() - static_cast<uint32_t>(count));
        made.push_back(again.frame());
      }
    }
    before.insert_or_assign(direction, wire);
  });
}

Wire garbage_instead_of(const Wire& wire) {
  Wire garbage = wire;
  garbage.set_flags(static_cast<uint8_t>(wire.flags() & ~kFin));
  for (size_t i = 0; i < garbage.payload.size(); ++i) {
    garbage.payload[i] = static_cast<char>(0x5a + 31 * i);
  }
  return garbage;
}

/// `put_in` makes of each data segment what comes before it. Not before the first packet of a side,
/// by which an observer learns what is usual of it.
Frames with_forgeries(const Frames& frames, const std::function<Frame(const Wire&)>& put_in) {
  std::set<std::string> met;
  return each_wire(frames, [&](const Wire& wire, Frames& made) {
    const std::string direction = wire.source() + wire.destination();
    if (is_data(wire) && met.contains(direction)) made.push_back(put_in(garbage_instead_of(wire)));
    made.push_back(wire.frame());
    // Load balancers send SYN-ACKs themselves, so these show no usual TTL.
    if (wire.is_tcp() && (wire.flags() & (kSyn | kAck)) != (kSyn | kAck)) met.insert(direction);
  });
}

/// Segments that no host would accept.
Frames with_wrong_checksums(const Frames& frames) {
  return with_forgeries(frames, [](const Wire& garbage) {
    Frame frame = garbage.frame();
    const size_t checksum = garbage.link.size() + garbage.ip.size() + 16;
    frame.octets[checksum] = static_cast<char>(frame.octets[checksum] ^ 0x55);
    return frame;
  });
}

/// Segments that die on their way to the receiver.
Frames with_low_ttls(const Frames& frames) {
  return with_forgeries(frames, [](Wire garbage) {
    garbage.set_ttl(1);
    return garbage.frame();
  });
}

/// Sequence numbers moved so that they wrap soon after each direction's beginning.
Frames wrapping(const Frames& frames) {
  constexpr uint32_t kBeforeWrap = 16;
  std::map<std::string, uint32_t> shift;
  for (const Frame& frame : frames) {
    const auto wire = Wire::of(frame);
    if (!wire || !wire->is_tcp()) continue;
    shift.try_emplace(wire->source() + wire->destination(), 0u - kBeforeWrap - wire->sequence());
  }
  return each_wire(frames, [&](Wire wire, Frames& made) {
    if (wire.is_tcp()) {
      wire.set_sequence(wire.sequence() + shift[wire.source() + wire.destination()]);
      const auto back = shift.find(wire.destination() + wire.source());
      if (back != shift.end() && wire.has(kAck)) {
        wire.set_acknowledgment(wire.acknowledgment() + back->second);
      }
    }
    made.push_back(wire.frame());
  });
}

// ---- carriers ----

const std::string kMacs("\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
const std::string kNear("\xc0\0\x02\x01", 4), kFar("\xc0\0\x02\x02", 4);  // RFC 5737

std::string ethertype(const Wire& wire) {
  return wire.is_v6() ? be16(0x86dd) : be16(0x0800);
}
std::string ethernet(const Wire& wire) {
  return kMacs + ethertype(wire) + wire.packet();
}

/// An Ethernet frame that holds `body` in an IPv4 packet between two tunnel ends.
std::string in_ipv4(uint8_t protocol, const std::string& body) {
  return kMacs + be16(0x0800) + ipv4_header(protocol, body.size(), kNear, kFar) + body;
}
std::string in_udp(uint16_t port, const std::string& body) {
  // RFC 6935 and RFC 7348: tunnels may leave the checksum out.
  return in_ipv4(17, be16(50000) + be16(port) + be16(8 + body.size()) + be16(0) + body);
}

template <std::string (*wrap)(const Wire&), int link_type>
Frames wrapped(const Frames& frames) {
  Frames made;
  for (const Frame& frame : frames) {
    if (const auto wire = Wire::of(frame))
      made.push_back(wire->frame_of("", wrap(*wire), link_type));
  }
  return made;
}

std::string vlan(const Wire& wire) {
  return kMacs + be16(0x8100) + be16(7) + ethertype(wire) + wire.packet();
}
std::string qinq(const Wire& wire) {
  return kMacs + be16(0x88a8) + be16(7) + be16(0x8100) + be16(8) + ethertype(wire) + wire.packet();
}
std::string mpls(const Wire& wire) {  // RFC 3032: two labels, the second with the bottom bit
  return kMacs + be16(0x8847) + be32(16 << 12 | 64) + be32(17 << 12 | 1 << 8 | 64) + wire.packet();
}
std::string pppoe(const Wire& wire) {  // RFC 2516: version and type 1, session data
  const std::string packet = wire.packet();
  return kMacs + be16(0x8864) + be16(0x1100) + be16(1) + be16(packet.size() + 2) +
         be16(wire.is_v6() ? 0x0057 : 0x0021) + packet;
}
std::string gre(const Wire& wire) {  // RFC 2784, no options
  return in_ipv4(47, be16(0) + ethertype(wire) + wire.packet());
}
std::string ipip(const Wire& wire) {
  return in_ipv4(wire.is_v6() ? 41 : 4, wire.packet());
}
std::string vxlan(const Wire& wire) {  // RFC 7348
  return in_udp(4789, be32(0x08000000) + be32(99 << 8) + ethernet(wire));
}
std::string geneve(const Wire& wire) {  // RFC 8926: no options, Ethernet inside
  return in_udp(6081, be16(0) + be16(0x6558) + be32(99 << 8) + ethernet(wire));
}
std::string gtpu(const Wire& wire) {  // 3GPP TS 29.281: version 1, a G-PDU
  const std::string packet = wire.packet();
  return in_udp(2152, be16(0x30ff) + be16(packet.size()) + be32(5) + packet);
}
std::string sll(const Wire& wire) {
  return be16(0) + be16(1) + be16(6) + kMacs.substr(0, 6) + be16(0) + ethertype(wire) +
         wire.packet();
}
std::string sll2(const Wire& wire) {
  return ethertype(wire) + be16(0) + be32(2) + be16(1) + std::string("\0\x06", 2) +
         kMacs.substr(0, 6) + be16(0) + wire.packet();
}
std::string raw(const Wire& wire) {
  return wire.packet();
}
std::string null(const Wire& wire) {  // the writer's byte order: here little
  return std::string(1, wire.is_v6() ? '\x1e' : '\x02') + std::string(3, '\0') + wire.packet();
}

// ---- fragments ----

constexpr size_t kFragment = 64;  // octets of each, a multiple of 8

/// RFC 791 section 3.2: the header again and again, with offset and the bit for more.
std::string fragment_v4(const std::string& head, const std::string& body, size_t from) {
  std::string header = head;
  const std::string part = body.substr(from, kFragment);
  const bool more = from + part.size() < body.size();
  header.replace(2, 2, be16(head.size() + part.size()));
  header.replace(6, 2, be16((more ? 0x2000u : 0u) | from / 8));
  fix_ipv4_checksum(header);
  return header + part;
}

/// RFC 8200 section 4.5: a fragment header (44) after the fixed one.
std::string fragment_v6(const std::string& head, const std::string& body, size_t from,
                        uint32_t identification) {
  std::string header = head;
  const std::string part = body.substr(from, kFragment);
  const bool more = from + part.size() < body.size();
  const char next = header[6];
  header[6] = 44;
  header.replace(4, 2, be16(8 + part.size()));
  return header + next + '\0' + be16(from | (more ? 1u : 0u)) + be32(identification) + part;
}

template <bool backwards>
Frames fragmented(const Frames& frames) {
  uint32_t identification = 0;
  return each_wire(frames, [&](Wire wire, Frames& made) {
    ++identification;
    if (!wire.is_v6()) wire.ip.replace(4, 2, be16(identification & 0xffff));
    const std::string packet = wire.packet(), head = packet.substr(0, wire.ip.size()),
                      body = packet.substr(head.size());
    Frames parts;
    for (size_t from = 0; from < body.size(); from += kFragment) {
      const std::string part = wire.is_v6() ? fragment_v6(head, body, from, identification)
                                            : fragment_v4(head, body, from);
      parts.push_back(wire.frame_of(wire.link, part, wire.origin.link_type));
    }
    if (parts.size() == 1) parts = {wire.frame()};
    if (backwards) std::reverse(parts.begin(), parts.end());
    made.insert(made.end(), parts.begin(), parts.end());
  });
}

constexpr int kNull = 0, kEthernet = 1, kRaw = 101, kSll = 113, kSll2 = 276;

constexpr Mutation kStreamMutations[] = {
    {"segments_of_1", resegmented<1>},
    {"segments_of_2", resegmented<2>},
    {"segments_of_5", resegmented<5>},
    {"segments_of_16", resegmented<16>},
    {"shuffled_in_fours", shuffled},
    {"reversed_in_eights", reversed},
    {"sent_twice", doubled},
    {"overlapping_retransmissions", overlapping},
    {"garbage_with_wrong_checksums", with_wrong_checksums},
    {"garbage_with_low_ttls", with_low_ttls},
    {"sequence_numbers_wrap", wrapping},
};

constexpr Mutation kCarrierMutations[] = {
    {"fragments", fragmented<false>},         {"fragments_reversed", fragmented<true>},
    {"vlan", wrapped<vlan, kEthernet>},       {"qinq", wrapped<qinq, kEthernet>},
    {"mpls", wrapped<mpls, kEthernet>},       {"pppoe", wrapped<pppoe, kEthernet>},
    {"gre", wrapped<gre, kEthernet>},         {"ip_in_ip", wrapped<ipip, kEthernet>},
    {"vxlan", wrapped<vxlan, kEthernet>},     {"geneve", wrapped<geneve, kEthernet>},
    {"gtpu", wrapped<gtpu, kEthernet>},       {"linux_cooked", wrapped<sll, kSll>},
    {"linux_cooked_2", wrapped<sll2, kSll2>}, {"raw_ip", wrapped<raw, kRaw>},
    {"loopback", wrapped<null, kNull>},
};

}  // namespace

std::span<const Mutation> stream_mutations() {
  return kStreamMutations;
}
std::span<const Mutation> carrier_mutations() {
  return kCarrierMutations;
}

Frames tidied(const Frames& frames) {
  Frames made;
  for (const Frame& frame : frames) {
    if (const auto wire = Wire::of(frame)) made.push_back(wire->frame());
  }
  return made;
}

Frames without_syns(const Frames& frames) {
  return each_wire(frames, [](const Wire& wire, Frames& made) {
    if (!wire.is_tcp() || !wire.has(kSyn)) made.push_back(wire.frame());
  });
}

/// Everything of a TCP flow before its first octet of payload.
Frames without_handshakes(const Frames& frames) {
  std::set<std::string> talking;
  return each_wire(frames, [&](const Wire& wire, Frames& made) {
    const std::string there = wire.source() + wire.destination();
    if (wire.is_tcp() && wire.has(kSyn)) {
      talking.erase(there);
      talking.erase(wire.destination() + wire.source());
      return;
    }
    if (is_data(wire)) {
      talking.insert(there);
      talking.insert(wire.destination() + wire.source());
    }
    if (!wire.is_tcp() || talking.contains(there)) made.push_back(wire.frame());
  });
}

/// Addresses become 64:ff9b::a.b.c.d (RFC 6052).
Frames as_ipv6(const Frames& frames) {
  Frames made;
  for (const Frame& frame : frames) {
    auto wire = Wire::of(frame);
    if (!wire) continue;
    if (!wire->is_v6()) {
      const std::string prefix = be32(0x0064ff9b) + std::string(8, '\0');
      wire->ip = be32(0x60000000) + be16(0) + wire->ip[9] + wire->ip[8] + prefix +
                 wire->ip.substr(12, 4) + prefix + wire->ip.substr(16, 4);
    }
    made.push_back(wire->frame_of("", ethernet(*wire), kEthernet));
  }
  return made;
}

uint16_t other_port(uint16_t port) {
  if (port >= kFirstEphemeral) return port;
  return static_cast<uint16_t>(20000 + port * 7919u % 12000);
}

Frames with_other_ports(const Frames& frames) {
  return each_wire(frames, [](Wire wire, Frames& made) {
    for (const size_t which : {size_t{0}, size_t{1}})
      wire.set_port(which, other_port(wire.port(which)));
    made.push_back(wire.frame());
  });
}

}  // namespace parlance::test
