#include "protocols/support/stun_dialogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/text.h"
#include "model/call_signs.h"
#include "protocols/support/turn_relay.h"

namespace parlance {
namespace {

constexpr int kRepeatsForClassic = 3;  // RFC 3489 section 9.3: unanswered requests are sent again
constexpr int kPeerChecks = 3;
constexpr size_t kUsernameAtMost = 513;  // two fragments of 256 characters, and a colon (RFC 8445)
constexpr size_t kTextAtMost = 128;  // RFC 8489 sections 14.9 and 14.14: fewer than 128 characters

// WhatsApp's relay protocol (WASP): message types and attributes that nobody registered. The
// attributes stand in the half that a receiver must understand (RFC 8489 section 14), so that no
// other server would answer.
constexpr uint16_t kWaspToken = 0x4000, kWaspTokenOf2015 = 0x4001, kWaspTime = 0x4002,
                   kWaspTimes = 0x4003, kWaspPadding = 0x4004, kWaspProbe = 0x4007;
// 0x0801, the ping, is empty.
constexpr uint16_t kWaspBind = 0x0800, kWaspPong = 0x0802, kWaspSize = 0x0804, kWaspSized = 0x0805;

// Microsoft's calls (Teams, Skype, Skype for Business): [MS-ICE2] section 2.2, [MS-TURN] section
// 2.2.2, [MS-TURNBWM] section 2.2.
constexpr uint16_t kMsVersion = 0x8008, kMsSequenceNumber = 0x8050, kMsCandidate = 0x8054,
                   kMsServiceQuality = 0x8055, kMsImplementation = 0x8070,
                   kMsMultiplexedSession = 0x8095;

// Zoom: a classic binding request whose only attribute is a text, and an answer of a type that is
// none of RFC 3489, with the client's address in an attribute of its own.
constexpr uint16_t kZoomText = 0x0101, kZoomAddress = 0x0103, kZoomAnswer = 0x0002;
constexpr std::string_view kZoomTextValue("1234567890123456789\0", 20);

/// The names of RFC 8489 section 18.2 and RFC 8656 section 17; a number for all others.
std::string name_of_method(uint16_t method) {
  static constexpr std::array<std::string_view, 13> kNames = {"",
                                                              "binding",
                                                              "shared-secret",
                                                              "allocate",
                                                              "refresh",
                                                              "",
                                                              "send",
                                                              "data",
                                                              "create-permission",
                                                              "channel-bind",
                                                              "connect",
                                                              "connection-bind",
                                                              "connection-attempt"};
  if (method < kNames.size() && !kNames[method].empty()) return std::string(kNames[method]);
  return fmt::format("0x{:03x}", method);
}

bool has_token(const StunMessage& message) {
  return message.find(kWaspToken) != nullptr || message.find(kWaspTokenOf2015) != nullptr;
}

bool is_wasp_allocate(const StunMessage& message) {
  return message.type == 0x0003 && message.cookie && has_token(message) &&
         message.find(stun::kRequestedTransport) == nullptr;
}

/// 0x4002 of eight octets: milliseconds since 1970, here between 2009 and 2100.
bool has_wasp_time(const StunMessage& message) {
  const StunAttribute* time = message.find(kWaspTime);
  if (time == nullptr || time->value.size() != 8) return false;
  const uint64_t milliseconds = ByteReader(time->value).be64();
  return milliseconds > 1'230'768'000'000 && milliseconds < 4'102'444'800'000;
}

/// A message of WhatsApp's own types with the attributes that belong to it.
bool is_wasp_own(const StunMessage& message) {
  if (!message.cookie) return false;
  switch (message.type) {
    case kWaspBind:
      return has_token(message);
    case kWaspPong:
      return message.find(kWaspTime) != nullptr || message.find(kWaspTimes) != nullptr;
    case kWaspSize:
    case kWaspSized:
      return message.find(kWaspProbe) != nullptr || message.find(kWaspPadding) != nullptr;
    default:
      return false;
  }
}

/// How many different ones of Microsoft's attributes stand in a message.
int count_microsoft(const StunMessage& message) {
  constexpr std::array<uint16_t, 5> kOfAnySize = {kMsVersion, kMsSequenceNumber, kMsCandidate,
                                                  kMsServiceQuality, kMsMultiplexedSession};
  const auto stands = [&](uint16_t type) { return message.find(type) != nullptr; };
  const StunAttribute* version = message.find(kMsImplementation);
  const bool has_version = version != nullptr && version->value.size() == 4;
  return static_cast<int>(std::count_if(kOfAnySize.begin(), kOfAnySize.end(), stands)) +
         (has_version ? 1 : 0);
}

bool is_zoom_request(const StunMessage& message) {
  return !message.cookie && message.type == stun::kBinding && message.attributes == 1 &&
         message.kept[0].type == kZoomText && as_text(message.kept[0].value) == kZoomTextValue;
}

}  // namespace

void StunDialogue::take(const StunMessage& message, const Place& place, Findings& findings) {
  const Place header{place.direction, place.offset, message.header};
  take_notes(message, place, findings);
  judge_single(message, header, findings);
  const Seen* asked = find(message, place.direction, false);
  if (asked != nullptr && asked->type != message.type) {
    judge_pair(*asked, message, header, findings);
  } else {
    asked = nullptr;
  }
  judge_whatsapp(message, asked, header, findings);
  judge_peer_check(message, asked, header, findings);
  judge_microsoft(message, header, findings);
  judge_zoom(message, asked, header, findings);
  if (confirmed()) tell_signs(message, place.direction, findings);

  Seen* before = find(message, place.direction, true);
  if (before == nullptr || before->type != message.type) {
    remember(message, place.direction);
  } else {
    ++before->times;
    judge_repeated(*before, message, header, findings);
  }
}

// ---- is it STUN? ------------------------------------------------------------------------------

void StunDialogue::judge_single(const StunMessage& message, const Place& header,
                                Findings& findings) {
  if (message.fingerprint) {
    confirm(Strength::proof, "fingerprint", header,
            "a message whose FINGERPRINT is the CRC-32 of what stands before it", findings);
  } else if (message.cookie && best_ == Strength::none) {
    confirm(Strength::strong, "message", header,
            "the magic cookie, and attributes that end exactly with the message", findings);
  }
}

void StunDialogue::judge_pair(const Seen& asked, const StunMessage& message, const Place& header,
                              Findings& findings) {
  if (proven()) return;  // nothing to add, and a sentence costs more than the rest
  // Zoom answers a classic binding request with a type that is no answer; its identifier is.
  const bool answers = message.message_class() == StunClass::success ||
                       message.message_class() == StunClass::error ||
                       (asked.zoom_request && !message.cookie);
  if (!answers || (!message.cookie && message.attributes == 0)) return;
  confirm(Strength::proof, "transaction", header,
          fmt::format("type 0x{:04x} answers type 0x{:04x} of the same transaction identifier; the "
                      "attributes of both end exactly with them",
                      message.type, asked.type),
          findings);
}

void StunDialogue::judge_repeated(const Seen& seen, const StunMessage& message, const Place& header,
                                  Findings& findings) {
  const bool asks_again = seen.times == kRepeatsForClassic && !message.cookie &&
                          message.type == stun::kBinding && message.attributes > 0;
  if (!asks_again) return;
  confirm(Strength::strong, "repeated-request", header,
          "a classic binding request that is sent again with the same transaction identifier; its "
          "attributes end exactly with it",
          findings);
}

void StunDialogue::confirm(Strength strength, std::string_view what, const Place& header,
                           Sentence text, Findings& findings) {
  if (strength <= best_) return;
  best_ = strength;
  findings.confirm(strength, what, header, std::move(text));
}

// ---- is it WhatsApp's dialect? ----------------------------------------------------------------

void StunDialogue::judge_whatsapp(const StunMessage& message, const Seen* asked,
                                  const Place& header, Findings& findings) {
  if (whatsapp_ == Strength::proof) return;
  if (asked != nullptr && asked->wasp_allocate && message.type == 0x0103 &&
      has_wasp_time(message)) {
    support("whatsapp", whatsapp_, Strength::proof, "wasp-answer", header,
            "the answer to a WASP allocation: attribute 0x4002 holds the time in "
            "milliseconds",
            findings);
  } else if (asked != nullptr && is_wasp_own(message)) {
    support("whatsapp", whatsapp_, Strength::proof, "wasp-exchange", header,
            fmt::format("messages 0x{:04x} and 0x{:04x} of WhatsApp's relay protocol with "
                        "its own attributes, in one transaction",
                        asked->type, message.type),
            findings);
  } else if (is_wasp_allocate(message)) {
    support("whatsapp", whatsapp_, Strength::strong, "wasp-allocate", header,
            "an Allocate request without REQUESTED-TRANSPORT, with WhatsApp's token", findings);
  } else if (is_wasp_own(message)) {
    support("whatsapp", whatsapp_, Strength::strong, "wasp-message", header,
            fmt::format("message 0x{:04x} of WhatsApp's relay protocol with its own "
                        "attributes",
                        message.type),
            findings);
  }
}

/// Between two phones: binding requests and answers that hold MESSAGE-INTEGRITY and nothing else.
/// By RFC 8489 a request needs USERNAME with it and an answer XOR-MAPPED-ADDRESS.
void StunDialogue::judge_peer_check(const StunMessage& message, const Seen* asked,
                                    const Place& header, Findings& findings) {
  const bool bare = message.cookie && message.attributes == 1 &&
                    message.kept[0].type == stun::kMessageIntegrity &&
                    message.kept[0].value.size() == 20 && message.method() == stun::kBinding;
  if (!bare) return;
  ++peer_checks_;
  if (asked == nullptr && peer_checks_ < kPeerChecks) return;
  support("whatsapp", whatsapp_, Strength::strong, "peer-check", header,
          "binding messages with MESSAGE-INTEGRITY as their only attribute", findings);
}

void StunDialogue::support(std::string_view application, Strength& known, Strength strength,
                           std::string_view what, const Place& header, Sentence text,
                           Findings& findings) {
  if (strength <= known) return;
  known = strength;
  findings.support(application, strength, what, header, std::move(text));
}

// ---- is it that of others? --------------------------------------------------------------------

/// One of these numbers alone says little: others took some of them for themselves.
void StunDialogue::judge_microsoft(const StunMessage& message, const Place& header,
                                   Findings& findings) {
  if (microsoft_ != Strength::none || !message.fingerprint || count_microsoft(message) < 2) return;
  support("teams", microsoft_, Strength::strong, "microsoft-attributes", header,
          "a message with two or more attributes of Microsoft's calls (Teams, Skype, Skype for "
          "Business) and a right FINGERPRINT",
          findings);
}

void StunDialogue::judge_zoom(const StunMessage& message, const Seen* asked, const Place& header,
                              Findings& findings) {
  if (message.cookie || zoom_ == Strength::proof) return;
  if (asked != nullptr && asked->zoom_request && message.type == kZoomAnswer &&
      message.find(kZoomAddress) != nullptr) {
    support("zoom", zoom_, Strength::proof, "stun-answer", header,
            "Zoom's binding request, answered in its transaction with Zoom's attribute 0x0103",
            findings);
  } else if (is_zoom_request(message)) {
    confirm(Strength::strong, "vendor-request", header,
            "a classic binding request with the text of a vendor as its only attribute", findings);
    support("zoom", zoom_, Strength::strong, "stun-request", header,
            "a classic binding request with Zoom's attribute 0x0101 and its text alone", findings);
  }
}

// ---- which flows belong together ---------------------------------------------------------------

/// The client's own socket and what the other side calls it, where peers are said to be, and the
/// fragments by which ICE's checks know one another. Only the client's side: in what a relay
/// carries, the other side of the flow is the relay and not who speaks.
void StunDialogue::tell_signs(const StunMessage& message, Direction direction, Findings& findings) {
  const bool from_client = direction == Direction::to_server;
  const StunClass kind = message.message_class();
  if (from_client && kind == StunClass::request && !socket_told_) {
    socket_told_ = true;
    findings.call_sign(socket_sign(findings.flow().source));
  }
  if (!message.cookie) return;
  if (!from_client && kind == StunClass::success) {
    tell_socket(message, stun::kXorMappedAddress, findings);
    tell_socket(message, stun::kXorRelayedAddress, findings);
  }
  const StunAttribute* peer = message.find(stun::kXorPeerAddress);
  const auto address = peer == nullptr ? std::nullopt : read_xor_address(peer->value, message);
  if (address && address->port != 0) {
    std::string sign = peer_sign(findings.flow().source.address, *address);
    if (sign != peer_) findings.call_sign(peer_ = std::move(sign));
  }
  const StunAttribute* username = message.find(stun::kUsername);
  const bool is_check = message.method() == stun::kBinding && kind == StunClass::request &&
                        message.find(stun::kRealm) == nullptr;
  if (username == nullptr || !is_check || as_text(username->value) == username_) return;
  if (username->value.size() > kUsernameAtMost) return;
  username_ = as_text(username->value);
  findings.call_sign(fragments_sign(username_));
}

void StunDialogue::tell_socket(const StunMessage& message, uint16_t attribute, Findings& findings) {
  constexpr int kMappedAtMost = 8;
  const StunAttribute* mapped = message.find(attribute);
  if (mapped == nullptr || mapped_told_ >= kMappedAtMost) return;
  const auto endpoint = read_xor_address(mapped->value, message);
  if (!endpoint || endpoint->port == 0) return;
  ++mapped_told_;
  findings.call_sign(socket_sign(*endpoint));
}

// ---- what is remembered -----------------------------------------------------------------------

StunDialogue::Seen* StunDialogue::find(const StunMessage& message, Direction direction,
                                       bool same_direction) {
  const auto found = std::find_if(seen_.begin(), seen_.end(), [&](const Seen& each) {
    return each.times > 0 && (each.direction == direction) == same_direction &&
           std::equal(each.transaction.begin(), each.transaction.end(),
                      message.transaction.begin());
  });
  return found == seen_.end() ? nullptr : &*found;
}

void StunDialogue::remember(const StunMessage& message, Direction direction) {
  Seen& place = seen_[next_];
  next_ = (next_ + 1) % seen_.size();
  std::copy(message.transaction.begin(), message.transaction.end(), place.transaction.begin());
  place.direction = direction;
  place.type = message.type;
  place.times = 1;
  place.wasp_allocate = is_wasp_allocate(message);
  place.zoom_request = is_zoom_request(message);
}

void StunDialogue::take_notes(const StunMessage& message, const Place& place, Findings& findings) {
  findings.count("stun.messages");
  if (message.unpadded) findings.note("stun.unpadded", true);
  if (!message.cookie) findings.note("stun.classic", true);
  std::string method = name_of_method(message.method());
  if (methods_.size() < 16 &&
      std::find(methods_.begin(), methods_.end(), method) == methods_.end()) {
    methods_.push_back(std::move(method));
    findings.note("stun.methods", methods_);
  }
  const auto show = [&](uint16_t type, std::string_view key, bool& noted) {
    const StunAttribute* text = noted || !message.cookie ? nullptr : message.find(type);
    if (text == nullptr || text->value.empty()) return;
    noted = true;
    findings.note(key, to_valid_utf8(text->value, kTextAtMost));
    findings.field(key, {place.direction, place.offset, first_of(text->value, kTextAtMost)});
  };
  show_attributes(message, place, findings);
  show(stun::kRealm, "stun.realm", realm_noted_);
  show(stun::kSoftware, "stun.software", software_noted_);
}

/// The types of a message's attributes for the signatures: "0006,0024,8029", as sent. Each list
/// once, and no more than a few: a call has thousands of messages.
void StunDialogue::show_attributes(const StunMessage& message, const Place& place,
                                   Findings& findings) {
  constexpr size_t kListsAtMost = 8;
  if (!message.cookie || message.attributes == 0 || shown_.size() >= kListsAtMost) return;
  const size_t count = std::min(message.attributes, StunMessage::kAttributesKept);
  uint32_t sum = 2166136261U;  // FNV-1a: two lists of one sum cost no more than a hint
  for (size_t i = 0; i < count; ++i) sum = (sum ^ message.kept[i].type) * 16777619U;
  if (std::find(shown_.begin(), shown_.end(), sum) != shown_.end()) return;
  shown_.push_back(sum);
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    const uint16_t type = message.kept[i].type;
    const std::array<uint8_t, 2> octets = {static_cast<uint8_t>(type >> 8),
                                           static_cast<uint8_t>(type)};
    if (i > 0) text += ',';
    text += to_hex(octets);
  }
  findings.field("stun.attributes", {place.direction, place.offset, as_bytes(text)});
}

}  // namespace parlance
