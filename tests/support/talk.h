// Short conversations, as frames of a capture.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/capture_files.h"

namespace parlance::test {

/// What one side of a TCP conversation says, in its turn.
struct Line {
  bool from_client = true;
  std::string octets;
};

/// A whole TCP conversation from 10.0.0.1 to 10.0.0.2 over Ethernet: handshake, lines, FINs.
Frames tcp_talk(uint16_t client_port, uint16_t server_port, const std::vector<Line>& lines);

/// An XMPP client that opens a stream and logs in without encryption.
Frames xmpp_talk(uint16_t client_port);
/// An MQTT client that connects and subscribes.
Frames mqtt_talk(uint16_t client_port);

/// One after another.
Frames joined(const std::vector<Frames>& talks);
/// In turns, a frame each.
Frames interleaved(const std::vector<Frames>& talks);

}  // namespace parlance::test
