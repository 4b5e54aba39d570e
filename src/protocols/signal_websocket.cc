// Signal's chat socket: each binary WebSocket message is one protocol buffer that holds a request
// or the answer to one, both sides ask, and an answer repeats its request's id (layout:
// signalapp/Signal-Android, WebSocketResources.proto; libsignal, rust/net/src/chat).
//
//   1 type: 1 request, 2 response
//   2 request:  1 verb, 2 path, 3 body, 4 id, 5 headers …
//   3 response: 1 id, 2 status, 3 message, 4 body, 5 headers …
//
// What paths, headers and bodies say is not shown: paths hold account ids.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"

namespace parlance {
namespace {

constexpr size_t kMessages = 24;  // of both sides, before a socket without an answer is left
constexpr size_t kHead = 3;       // octets shown: the type and the tag of the part
constexpr std::array<std::string_view, 5> kVerbs = {"GET", "PUT", "POST", "DELETE", "PATCH"};

struct Envelope {
  bool is_request = false;
  uint64_t id = 0;
};

/// A part of an envelope that has every field once, but for its headers.
struct Part {
  std::string_view text[4] = {};           ///< fields 1 to 3 that are length-delimited, by number
  std::optional<uint64_t> number[5] = {};  ///< fields that are varints, by number
};

std::optional<Part> read_part(Bytes octets) {
  constexpr uint32_t kHeaders = 5;
  Part part;
  uint32_t seen = 0;
  ProtobufReader reader(octets);
  ProtobufField field;
  while (reader.next(field)) {
    if (field.number > kHeaders) return std::nullopt;
    if (field.number == kHeaders && field.wire_type == 2) continue;
    if (field.number == kHeaders || (seen >> field.number & 1) != 0) return std::nullopt;
    seen |= uint32_t{1} << field.number;
    if (field.wire_type == 0) {
      part.number[field.number] = field.value;
    } else if (field.wire_type != 2) {
      return std::nullopt;
    } else if (field.number < 4) {
      part.text[field.number] = as_text(field.octets);
    }
  }
  if (reader.failed()) return std::nullopt;
  return part;
}

bool is_path(std::string_view path) {
  return path.starts_with('/') &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Nothing if the octets are not exactly one envelope.
std::optional<Envelope> read_envelope(Bytes message) {
  ProtobufReader reader(message);
  ProtobufField type;
  ProtobufField content;
  if (!reader.next(type) || type.number != 1 || type.wire_type != 0) return std::nullopt;
  const bool is_request = type.value == 1;
  if (!is_request && type.value != 2) return std::nullopt;
  if (!reader.next(content) || content.number != (is_request ? 2U : 3U) || content.wire_type != 2 ||
      reader.position() != message.size()) {
    return std::nullopt;
  }
  const auto part = read_part(content.octets);
  if (!part) return std::nullopt;
  const auto id = part->number[is_request ? 4 : 1];
  if (!id) return std::nullopt;
  if (is_request) {
    const bool verb = std::find(kVerbs.begin(), kVerbs.end(), part->text[1]) != kVerbs.end();
    if (!verb || !is_path(part->text[2])) return std::nullopt;
  } else {
    const uint64_t status = part->number[2].value_or(0);
    if (status < 100 || status > 599) return std::nullopt;
  }
  return Envelope{is_request, *id};
}

class SignalWebsocket : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (message.octets.empty()) return;
    const auto envelope = read_envelope(message.octets);
    // Nothing else is ever sent, in binary messages or in text.
    if (!envelope) return leave("no request or response", findings);
    const Direction direction = message.direction;
    const Place place = head_of(message, kHead);
    if (envelope->is_request) {
      if (asked_[index(direction)].size() < kMessages) {
        asked_[index(direction)].push_back(envelope->id);
      }
      confirm(Strength::strong, "request", place,
              "a request as a protocol buffer: verb, path and id, lengths exact", findings);
    } else if (is_answer(direction, envelope->id)) {
      return prove("answer", place,
                   "a response as a protocol buffer repeats the id of the other side's request",
                   findings);
    }
    if (++messages_ >= kMessages) leave("no request", findings);
  }

  bool is_answer(Direction direction, uint64_t id) const {
    const std::vector<uint64_t>& asked = asked_[index(opposite(direction))];
    return std::find(asked.begin(), asked.end(), id) != asked.end();
  }

  std::vector<uint64_t> asked_[2];  // ids that wait for their answer
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kSignalWebsocket;
const ParserModule kSignalWebsocket{
    "signal_websocket", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SignalWebsocket>(); }};

}  // namespace parlance
