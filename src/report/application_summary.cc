#include "report/application_summary.h"

#include <algorithm>
#include <initializer_list>

namespace parlance::report {
namespace {

bool stands_in(const Verdict& verdict, std::string_view protocol) {
  return std::find(verdict.stack.begin(), verdict.stack.end(), protocol) != verdict.stack.end();
}

bool any_stands_in(const Verdict& verdict, std::initializer_list<std::string_view> protocols) {
  return std::any_of(protocols.begin(), protocols.end(),
                     [&](std::string_view protocol) { return stands_in(verdict, protocol); });
}

/// How well it is known that the flow spoke `protocol`: the label's strength if it is the label,
/// else the best evidence for it, else the label's.
Strength strength_of(const Verdict& verdict, std::string_view protocol) {
  if (protocol == verdict.protocol) return verdict.strength;
  Strength best = Strength::none;
  for (const Evidence& evidence : verdict.evidence) {
    if (evidence.supports == protocol) best = std::max(best, evidence.strength);
  }
  return best == Strength::none ? verdict.strength : best;
}

bool carries_media(const Verdict& verdict) {
  return any_stands_in(verdict, {"stun", "turn", "dtls", "rtp", "rtcp", "zrtp"});
}

/// The column of a flow that none of the others takes.
Way plain_way(const Verdict& verdict) {
  const bool published = verdict.protocol_class == ProtocolClass::open;
  const bool web = any_stands_in(verdict, {"tls", "quic", "http", "http2", "http3"});
  return web && !published ? Way::web : Way::other;
}

void count(Tally& tally, uint64_t octets, Strength strength) {
  ++tally.flows;
  tally.octets += octets;
  tally.best = std::max(tally.best, strength);
}

}  // namespace

std::string_view name_of(Way way) {
  static constexpr std::array<std::string_view, kWays> kNames = {
      "XMPP", "WebSocket", "own protocol", "HTTPS/QUIC", "media", "other"};
  return kNames[static_cast<size_t>(way)];
}

void ApplicationSummary::add(const FlowRecord& record) {
  const Verdict& verdict = record.verdict;
  if (!verdict.app && !is_messaging(verdict.protocol_class)) return;
  ApplicationRow& row = rows_[std::string(verdict.app ? verdict.app->name : verdict.protocol)];
  const uint64_t octets = record.counters[0].octets + record.counters[1].octets;
  row.octets += octets;
  row.best = std::max(row.best, verdict.app ? verdict.app->strength : verdict.strength);

  const auto add_to = [&](Way way, Strength strength) {
    count(row.ways[static_cast<size_t>(way)], octets, strength);
  };
  const bool xmpp = verdict.protocol_class == ProtocolClass::xmpp || stands_in(verdict, "xmpp");
  const bool websocket = stands_in(verdict, "websocket");
  const bool own = verdict.protocol_class == ProtocolClass::proprietary;
  if (xmpp) add_to(Way::xmpp, strength_of(verdict, "xmpp"));
  if (websocket) add_to(Way::websocket, strength_of(verdict, "websocket"));
  if (own) add_to(Way::own_protocol, verdict.strength);
  const bool media = carries_media(verdict);
  if (media) add_to(Way::media, verdict.strength);
  if (!xmpp && !websocket && !own && !media) add_to(plain_way(verdict), verdict.strength);
}

}  // namespace parlance::report
