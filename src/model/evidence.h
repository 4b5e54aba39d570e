// What was seen, and how much it is worth.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/direction.h"

namespace parlance {

/// How much a piece of evidence is worth. The order is meant: hint < strong < proof.
enum class Strength : uint8_t {
  none,
  hint,    ///< a name, an address, a port, behaviour
  strong,  ///< a payload pattern, rarely wrong
  proof,   ///< structure verified over whole messages, or a cryptographic check
};
std::string_view name_of(Strength strength);

/// What a hint or a label rests on (`app.basis` of the flow record).
enum class Basis : uint8_t {
  payload, sni, certificate, dns, address, port, fingerprint, behaviour
};
std::string_view name_of(Basis basis);

/// One reason for a label. Everything in it is owned; excerpts are bounded.
struct Evidence {
  std::string rule;        ///< "xmpp/stream-header": signature and what in it was met
  int revision = 1;        ///< of the signature
  std::string supports;    ///< the signature's name
  Strength strength = Strength::none;
  Basis basis = Basis::payload;
  std::string layer;       ///< protocol of the channel it was found in: "tcp", "websocket", …
  uint32_t channel = 0;    ///< index of that channel in its flow
  Direction direction = Direction::to_server;
  uint64_t offset = 0;     ///< octets from the start of that channel's direction
  uint64_t length = 0;     ///< octets
  uint64_t frame = 0;      ///< packet in which the first of them came; 0 if none did
  std::vector<uint8_t> excerpt;  ///< the first of them
  std::string text;        ///< a sentence for a person
};

}  // namespace parlance
