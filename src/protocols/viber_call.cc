// What Viber's calls say to their relay in datagrams (UDP 7985 and 7987), as measured in captures
// of 2018 (nothing is published). All begin with a call's number (2) and a type (2, little-endian):
//
//   01  client, 257: 05 00  session (8)  number (4)  own address (4) and port (2), little-endian ..
//                    counter (2, at 32)  milliseconds since 1970 (8, little-endian)  ..
//   0c  server,  76: counter  session  the client's address and port as seen  the milliseconds
//   again 09  client,  20: milliseconds  session             0b  server, 34: the milliseconds again
//   its own 19  client,  34: session ..                        1a  server, 20: session  address and
//   port ..
//
// A request proves nothing; its answer repeats what chance cannot. Media and newer calls use other
// datagrams (STUN, RTP) and are passed over.
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr int kOthersAtMost = 40;
constexpr uint16_t kRegister = 0x01, kRegistered = 0x0c, kPing = 0x09, kPong = 0x0b, kProbe = 0x19,
                   kProbed = 0x1a;

/// A datagram as far as it is read; what a type does not have is 0.
struct Control {
  uint16_t call = 0;
  uint16_t type = 0;
  uint16_t counter = 0;
  uint64_t session = 0;
  uint64_t milliseconds = 0;
};

/// Between 2004 and 2039: the octet in front of the 2^40 is 1, those above it are 0.
bool is_time(uint64_t milliseconds) {
  return milliseconds >> 40 == 1;
}

std::optional<Control> read_control(Bytes datagram) {
  ByteReader reader(datagram);
  Control control;
  control.call = reader.be16();
  control.type = reader.le16();
  switch (control.type) {
    case kRegister:
      if (reader.le16() != 5) return std::nullopt;
      control.session = reader.be64();
      reader.skip(18);
      control.counter = reader.le16();
      control.milliseconds = reader.le64();
      break;
    case kRegistered:
      control.counter = reader.le16();
      control.session = reader.be64();
      reader.skip(6);
      control.milliseconds = reader.le64();
      break;
    case kPing:
      if (datagram.size() != 20) return std::nullopt;
      control.milliseconds = reader.le64();
      control.session = reader.be64();
      break;
    case kPong:
      if (datagram.size() != 34) return std::nullopt;
      control.milliseconds = reader.le64();
      if (!is_time(reader.le64())) return std::nullopt;
      break;
    case kProbe:
      if (datagram.size() != 34) return std::nullopt;
      control.session = reader.be64();
      break;
    case kProbed:
      if (datagram.size() != 20) return std::nullopt;
      control.session = reader.be64();
      break;
    default:
      return std::nullopt;
  }
  const bool has_time = control.type != kProbe && control.type != kProbed;
  const bool valid =
      reader.ok() && (has_time ? is_time(control.milliseconds) : control.session != 0);
  return valid ? std::optional(control) : std::nullopt;
}

bool answers(const Control& answer, const Control& request) {
  return answer.call == request.call && answer.session == request.session &&
         answer.counter == request.counter && answer.milliseconds == request.milliseconds;
}

class ViberCall : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Direction direction = message.direction;
    const Place place = head_of(message, 4);
    const auto control = read_control(message.octets);
    if (!control) return count_other(findings);
    switch (control->type) {
      case kRegister:
        return keep(0, *control, direction);
      case kPing:
        return keep(1, *control, direction);
      case kProbe:
        return keep(2, *control, direction);
      case kRegistered:
        return compare(0, *control, place, findings);
      case kPong:
        return compare(1, *control, place, findings);
      default:
        return compare(2, *control, place, findings);
    }
  }

  struct Request {
    Control control;
    Direction direction = Direction::to_server;
  };
  static constexpr size_t kKept = 4;  // requests that may be on their way at a time

  void keep(size_t kind, const Control& control, Direction direction) {
    kinds_[kind].remember({control, direction});
  }

  void compare(size_t kind, const Control& answer, const Place& place, Findings& findings) {
    const auto asks = [&](const Request& each) {
      Control request = each.control;
      if (kind == 1) request.session = 0;  // a pong has none
      return each.direction != place.direction && answers(answer, request);
    };
    if (kinds_[kind].find(asks) != nullptr) {
      return prove("echo", place,
                   "a relay's answer repeats the call, the session and the time of the request",
                   findings);
    }
    count_other(findings);
  }

  void count_other(Findings& findings) {
    if (++others_ > kOthersAtMost) {
      leave("many datagrams and no answer of a relay among them", findings);
    }
  }

  std::array<Recent<Request, kKept>, 3> kinds_;
  int others_ = 0;
};

}  // namespace

extern const ParserModule kViberCall;
const ParserModule kViberCall{
    "viber_call", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<ViberCall>(); }, true};

}  // namespace parlance
