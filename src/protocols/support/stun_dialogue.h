// What the STUN messages of a flow prove together, whether they came as datagrams or in a stream.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/stun_message.h"

namespace parlance {

/// Told of every message, it confirms, takes notes, hands the realm, the software and the types of
/// the attributes to signatures, and recognises the dialects of WhatsApp, Microsoft and Zoom.
/// Users' names and keys are never shown: evidence shows the 20 octets of headers alone.
class StunDialogue {
 public:
  /// `place` is the whole message.
  void take(const StunMessage& message, const Place& place, Findings& findings);

  /// Anything was confirmed.
  bool confirmed() const { return best_ != Strength::none; }
  bool proven() const { return best_ == Strength::proof; }

 private:
  /// A message that may be answered or repeated.
  struct Seen {
    std::array<uint8_t, 16> transaction{};
    Direction direction = Direction::to_server;
    uint16_t type = 0;
    int times = 0;
    bool wasp_allocate = false;
    bool zoom_request = false;
  };

  void judge_single(const StunMessage& message, const Place& header, Findings& findings);
  void judge_pair(const Seen& asked, const StunMessage& message, const Place& header,
                  Findings& findings);
  void judge_repeated(const Seen& seen, const StunMessage& message, const Place& header,
                      Findings& findings);
  void judge_whatsapp(const StunMessage& message, const Seen* asked, const Place& header,
                      Findings& findings);
  void judge_peer_check(const StunMessage& message, const Seen* asked, const Place& header,
                        Findings& findings);
  void judge_microsoft(const StunMessage& message, const Place& header, Findings& findings);
  void judge_zoom(const StunMessage& message, const Seen* asked, const Place& header,
                  Findings& findings);
  void tell_signs(const StunMessage& message, Direction direction, Findings& findings);
  void tell_socket(const StunMessage& message, uint16_t attribute, Findings& findings);
  void show_attributes(const StunMessage& message, const Place& place, Findings& findings);
  void take_notes(const StunMessage& message, const Place& place, Findings& findings);
  Seen* find(const StunMessage& message, Direction direction, bool same_direction);
  void remember(const StunMessage& message, Direction direction);
  void confirm(Strength strength, std::string_view what, const Place& header, Sentence text,
               Findings& findings);
  /// Supports an application if that is better than what supported it before.
  static void support(std::string_view application, Strength& known, Strength strength,
                      std::string_view what, const Place& header, Sentence text,
                      Findings& findings);

  std::array<Seen, 16> seen_{};  // a ring
  size_t next_ = 0;
  Strength best_ = Strength::none;
  Strength whatsapp_ = Strength::none;
  Strength microsoft_ = Strength::none;
  Strength zoom_ = Strength::none;
  int peer_checks_ = 0;
  bool socket_told_ = false;
  int mapped_told_ = 0;
  std::string peer_, username_;  ///< last told of as signs of a call
  bool realm_noted_ = false;
  bool software_noted_ = false;
  std::vector<std::string> methods_;
  std::vector<uint32_t> shown_;  ///< checksums of the lists of attributes that were handed on
};

}  // namespace parlance
