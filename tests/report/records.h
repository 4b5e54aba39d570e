// Flow records for tests of the reporters, and what they wrote.
#pragma once

#include <cstdio>
#include <functional>
#include <string>

#include <unistd.h>

#include "model/flow_record.h"
#include "report/reporter.h"

namespace parlance::report {

inline IpAddress address(uint8_t last_octet) {
  const uint8_t octets[4] = {10, 0, 0, last_octet};
  return IpAddress::v4(octets);
}

/// XMPP in a WebSocket in HTTP, proven; 2026-11-24T16:00:00Z and 160 ms on.
inline FlowRecord xmpp_over_websocket() {
  FlowRecord record;
  record.flow_id = 3;
  record.client = {address(1), 40000};
  record.server = {address(2), 80};
  record.direction_basis = DirectionBasis::syn;
  record.file = "chat.pcapng";
  record.community_id = "1:wCb3OG7yAFWelaUydu0D+125CLM=";
  record.start = {1795536000 * kSecond};
  record.end = {record.start.nanoseconds + 160 * kMillisecond};
  record.first_frame = 3;
  record.last_frame = 20;
  record.state = FlowState::closed;
  record.reason = EndReason::fin;
  record.counters[0] = {10, 962, 400};
  record.counters[1] = {8, 782, 300};

  Verdict& verdict = record.verdict;
  verdict.stack = {"tcp", "http", "websocket", "xmpp"};
  verdict.protocol = "xmpp";
  verdict.protocol_class = ProtocolClass::xmpp;
  verdict.strength = Strength::proof;
  Evidence open;
  open.supports = "xmpp";
  open.what = "websocket-open";
  open.strength = Strength::proof;
  open.layer = "websocket";
  open.channel = 2;
  open.length = 49;
  open.frame = 8;
  open.excerpt = as_bytes("<open ");
  open.text = "RFC 7395 <open/> in the framing namespace";
  Evidence upgrade = open;
  upgrade.supports = "websocket";
  upgrade.what = "accept-key";
  upgrade.layer = "http";
  upgrade.channel = 1;
  upgrade.direction = Direction::to_client;
  upgrade.frame = 6;
  verdict.evidence = {open, upgrade};

  ChannelSummary flow, http, websocket;
  flow.found = {{"http", ProtocolClass::other, Strength::proof, true, false}};
  flow.ruled_out = {{"sip", "no SIP/2.0 in the first line"}};
  http.id = 1;
  http.parent = 0;
  http.opened_by = "http";
  http.found = {{"websocket", ProtocolClass::websocket, Strength::proof, true, false}};
  websocket.id = 2;
  websocket.parent = 1;
  websocket.opened_by = "websocket";
  websocket.carrier = Carrier::websocket;
  websocket.found = {{"xmpp", ProtocolClass::xmpp, Strength::proof, true, false}};
  websocket.messages[0] = 2;
  verdict.channels = {flow, http, websocket};

  record.notes = {{"http.hostname", std::string("chat.example.org")},
                  {"websocket.subprotocol", std::string("xmpp")},
                  {"http.requests", int64_t{1}},
                  {"websocket.extensions", std::vector<std::string>{"permessage-deflate"}}};
  return record;
}

/// TLS to an unknown service, its start not captured.
inline FlowRecord unknown_flow() {
  FlowRecord record;
  record.flow_id = 9;
  record.client = {address(3), 50000};
  record.server = {address(4), 5222};
  record.direction_basis = DirectionBasis::port;
  record.interface = "eth0";
  record.verdict.stack = {"tcp"};
  record.streams[0].midstream = true;
  record.streams[1].gaps = 2;
  record.streams[1].gap_octets = 2920;
  record.streams[1].truncated = true;
  return record;
}

/// What a reporter made by `make` writes while `act` uses it.
inline std::string written(const std::function<std::unique_ptr<Reporter>(Output&)>& make,
                           const std::function<void(Reporter&)>& act) {
  std::FILE* file = std::tmpfile();
  {
    Output output = Output::to_descriptor(::fileno(file), "a test");
    const std::unique_ptr<Reporter> reporter = make(output);
    act(*reporter);
  }
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace parlance::report
