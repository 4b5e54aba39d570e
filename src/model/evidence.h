// What was seen, and how much it is worth.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/sentence.h"
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

/// The first octets of something on the wire, kept: this is their bound.
class Excerpt {
 public:
  static constexpr size_t kMost = 64;

  Excerpt() = default;
  Excerpt(Bytes octets) : length_(static_cast<uint8_t>(std::min(octets.size(), kMost))) {
    std::copy_n(octets.begin(), length_, octets_.begin());
  }
  operator Bytes() const { return Bytes(octets_).first(length_); }
  bool empty() const { return length_ == 0; }

 private:
  std::array<uint8_t, kMost> octets_;  // the first `length_` are set
  uint8_t length_ = 0;
};

/// One reason for a label. Views are of literals or of the signatures, which live longer.
struct Evidence {
  std::string_view supports;  ///< the signature's name
  std::string_view what;      ///< in it was met: "stream-header"
  int revision = 1;           ///< of the signature
  Strength strength = Strength::none;
  Basis basis = Basis::payload;
  std::string_view layer;  ///< protocol of the channel it was found in: "tcp", "websocket", …
  uint32_t channel = 0;    ///< index of that channel in its flow
  Direction direction = Direction::to_server;
  uint64_t offset = 0;     ///< octets from the start of that channel's direction
  uint64_t length = 0;     ///< octets
  uint64_t frame = 0;      ///< packet in which the first of them came; 0 if none did
  Excerpt excerpt;         ///< the first of them
  Sentence text;           ///< for a person

  /// "xmpp/stream-header".
  std::string rule() const {
    std::string path(supports);
    return path.append("/").append(what);
  }
};

}  // namespace parlance
