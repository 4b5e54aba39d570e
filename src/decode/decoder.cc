#include "decode/decoder.h"

#include "decode/walk.h"

namespace parlance::decode {

namespace {

// Copied rather than made anew for each packet: compilers do that much faster.
constexpr DecodedPacket kNothing{};

Layer take_step(Walk& walk, Layer layer) {
  switch (layer) {
    case Layer::link:
      return link_header(walk);
    case Layer::ethernet:
      return ethernet_header(walk);
    case Layer::ethertype:
      return ethertype_payload(walk);
    case Layer::llc:
      return llc_header(walk);
    case Layer::wlan:
      return wlan_header(walk);
    case Layer::wlan_swapped:
      return swapped_wlan_header(walk);
    case Layer::nsh:
      return nsh_header(walk);
    case Layer::gre:
      return gre_header(walk);
    case Layer::mpls:
      return mpls_stack(walk);
    case Layer::ppp:
      return ppp_header(walk);
    case Layer::ip:
      return ip_header(walk);
    case Layer::ipv4:
      return ipv4_header(walk);
    case Layer::ipv6:
      return ipv6_header(walk);
    case Layer::ip_payload:
      return ip_payload(walk);
    case Layer::done:
      break;
  }
  return Layer::done;
}

void count(Counters& counters, Outcome outcome) {
  if (outcome == Outcome::packet) {  // before all others, as it is common
    ++counters.packets;
    return;
  }
  switch (outcome) {
    case Outcome::icmp_error:
      ++counters.icmp_errors;
      break;
    case Outcome::not_ip:
      ++counters.not_ip;
      break;
    case Outcome::other_transport:
      ++counters.other_transport;
      break;
    case Outcome::malformed:
      ++counters.malformed;
      break;
    case Outcome::unsupported_link:
      ++counters.unsupported_link;
      break;
    case Outcome::packet:
    case Outcome::fragment_held:
    case Outcome::icmp:
      break;
  }
}

}  // namespace

Decoder::Decoder(const Limits& limits, Checksums checksums)
    : context_(std::make_unique<Context>(limits, checksums)) {}

Decoder::~Decoder() = default;

Outcome Decoder::decode(const RawPacket& raw, DecodedPacket& out) {
  out = kNothing;
  out.time = raw.time;
  out.frame = raw.frame;
  out.source = raw.source;
  Walk walk(*context_, raw, out);
  Layer layer = Layer::link;
  for (int left = context_->limits.nesting_layers; layer != Layer::done; --left) {
    layer = left > 0 ? take_step(walk, layer) : walk.malformed();
  }
  if (walk.carrier && walk.outcome == Outcome::malformed) {
    out = *walk.carrier;
    walk.outcome = Outcome::packet;
  }
  count(context_->counters, walk.outcome);
  return walk.outcome;
}

const Counters& Decoder::counters() const {
  return context_->counters;
}

}  // namespace parlance::decode
