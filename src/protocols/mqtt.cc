// MQTT 3.1, 3.1.1 and 5.0. A CONNECT whose fields fill it exactly is proof. Where the beginning was
// not captured, a chain of well-formed packets of both sides is a strong sign; one packet is none:
// a lone SUBSCRIBE is a frame of WebSocket, `20 02 00 04` a keep-alive of PCEP, `30` begins LDAP.
// Client identifiers, users, passwords and topics are never shown.
#include <algorithm>

#include <fmt/format.h>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/mqtt_packet.h"

namespace parlance {
namespace {

using mqtt::FixedHeader;
using mqtt::Sender;
using mqtt::Shape;
using mqtt::Type;

constexpr int kChain = 3;                 // packets of both sides together, one of them structured
constexpr int kChainOfOneSide = 4;        // structured packets, if the other side is silent
constexpr int kPacketsAtMost = 400;       // read in all
constexpr size_t kUnknownAtMost = 65536;  // of a packet before anything is confirmed
constexpr uint16_t kPort = 1883, kPortOfTls = 8883;

std::string name_of_level(uint8_t level) {
  return level == 3 ? "3.1" : level == 4 ? "3.1.1" : "5.0";
}

class Mqtt : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_ || side.lost) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && !side.lost) {
      const size_t step = read_one(side, direction, view.subspan(used), used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ || side.lost ? view.size() : used);
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    Side& side = sides_[index(direction)];
    const uint64_t kept = side.input.kept();
    side.input.skip_gap(length);
    if (length > 0 && kept == 0 && length <= side.passing) {
      side.passing -= length;  // all of it was payload of one PUBLISH
      return;
    }
    side.passing = 0;  // the next octets may begin a packet: whole segments are lost most often
    if (++side.gaps > 4) lose(side, "too many gaps", findings);
  }

 private:
  struct Side {
    InputBuffer input;
    uint64_t passing = 0;  ///< octets of a PUBLISH still to be passed over
    int packets = 0;
    int structured = 0;
    int gaps = 0;
    bool lost = false;
    Sender role = Sender::either;
  };

  /// Octets used, 0 if more are needed or reading is over.
  size_t read_one(Side& side, Direction direction, Bytes rest, size_t used, Findings& findings) {
    if (side.passing > 0) {
      const auto step = static_cast<size_t>(std::min<uint64_t>(side.passing, rest.size()));
      side.passing -= step;
      return step;
    }
    const FixedHeader header = mqtt::read_fixed_header(rest);
    if (header.answer == FixedHeader::Answer::bad) return lose(side, "no MQTT packet", findings);
    if (header.answer == FixedHeader::Answer::need_more) return 0;
    if (!fits_role(side, header.type)) return lose(side, "a packet of the other side", findings);
    const Bytes body = first_of(rest.subspan(header.octets), header.length);
    const Place place{direction, side.input.offset() + used,
                      rest.first(header.octets + body.size())};
    if (header.type == Type::connect) return read_connect(side, header, body, place, findings);

    const size_t needed = mqtt::needed_of(header, body);
    if (needed > findings.limits().message_octets || (!confirmed_ && needed > kUnknownAtMost)) {
      return lose(side, "a packet that is too long", findings);
    }
    if (body.size() < needed) return 0;
    const Shape shape = mqtt::shape_of(header, body, level_);
    if (shape == Shape::bad) return lose(side, "a packet whose fields do not fit", findings);
    take(side, header, shape, place, findings);
    side.passing = header.length - body.size();
    return header.octets + body.size();
  }

  size_t read_connect(Side& side, const FixedHeader& header, Bytes body, const Place& place,
                      Findings& findings) {
    const bool expected = mqtt::may_start_connect(body) && side.packets == 0 &&
                          header.length <= findings.limits().message_octets;
    if (!expected) return lose(side, "no CONNECT of a known protocol name", findings);
    const mqtt::Connect connect = mqtt::read_connect(body);
    // Fixed header, protocol name and level are shown: nothing personal.
    const Place shown{place.direction, place.offset,
                      first_of(place.octets, header.octets + connect.shown)};
    if (connect.known && !confirmed_) {
      confirmed_ = true;
      findings.confirm(Strength::strong, "connect-header", shown,
                       "a CONNECT with MQTT's protocol name and a known level");
    }
    if (body.size() < header.length) return 0;
    if (!connect.whole) return lose(side, "a CONNECT whose fields do not fill it", findings);
    level_ = connect.level;
    proven_ = true;
    count(side, header.type, findings);
    findings.confirm(Strength::proof, "connect", shown,
                     fmt::format("a CONNECT of MQTT {}{} whose fields fill it exactly",
                                 name_of_level(level_), connect.bridge ? ", from a bridge" : ""));
    findings.note("mqtt.version", name_of_level(level_));
    if (connect.bridge) findings.note("mqtt.bridge", true);
    return header.octets + header.length;
  }

  void take(Side& side, const FixedHeader& header, Shape shape, const Place& place,
            Findings& findings) {
    count(side, header.type, findings);
    side.structured += shape == Shape::structured ? 1 : 0;
    const Place shown{place.direction, place.offset, first_of(place.octets, header.octets)};
    if (proven_ && header.type == Type::connack && !answered_) {
      answered_ = true;
      findings.confirm(Strength::proof, "connack", shown, "the answer to CONNECT");
    }
    judge_chain(shown, findings);
  }

  /// Without CONNECT: do the packets of both sides make a chain?
  void judge_chain(const Place& shown, Findings& findings) {
    if (confirmed_) return;
    const Side &a = sides_[0], &b = sides_[1];
    const int structured = a.structured + b.structured;
    const bool both = a.packets > 0 && b.packets > 0;
    if ((both && a.packets + b.packets >= kChain && structured > 0) ||
        (!both && structured >= kChainOfOneSide)) {
      confirmed_ = true;
      findings.confirm(Strength::strong, "packet-chain", shown,
                       fmt::format("{} well-formed control packets one after another, {} of them "
                                   "with strings or properties that fit",
                                   a.packets + b.packets, structured));
    } else if (both && pings_ == 1 && pongs_ == 1 && on_own_port(findings)) {
      confirmed_ = true;
      findings.confirm(Strength::strong, "ping", shown,
                       "PINGREQ and PINGRESP and nothing else on MQTT's port");
    }
  }

  static bool on_own_port(Findings& findings) {
    const FiveTuple& flow = findings.flow();
    const auto is_own = [](uint16_t port) { return port == kPort || port == kPortOfTls; };
    return is_own(flow.destination.port) || is_own(flow.source.port);
  }

  bool fits_role(Side& side, Type type) {
    const Sender sender = mqtt::sender_of(type, level_);
    if (sender == Sender::either) return true;
    const Side& other = &side == &sides_[0] ? sides_[1] : sides_[0];
    if (side.role == Sender::either) side.role = sender;
    return side.role == sender && other.role != sender;
  }

  void count(Side& side, Type type, Findings& findings) {
    ++side.packets;
    pings_ += type == Type::pingreq ? 1 : 0;
    pongs_ += type == Type::pingresp ? 1 : 0;
    findings.count("mqtt.packets");
    if (type == Type::publish) findings.count("mqtt.publishes");
    if (sides_[0].packets + sides_[1].packets >= kPacketsAtMost) finish(findings);
  }

  /// This side's octets are no chain of packets (any more). Returns 0 so that a reader can end so.
  size_t lose(Side& side, std::string_view reason, Findings& findings) {
    side.lost = true;
    if (!confirmed_) {
      over_ = true;
      findings.refute(reason);
    } else if (sides_[0].lost && sides_[1].lost) {
      finish(findings);
    }
    return 0;
  }
  void finish(Findings& findings) {
    over_ = true;
    if (confirmed_) {
      findings.finish();
    } else {
      findings.refute("many packets that prove nothing");
    }
  }

  Side sides_[2];
  uint8_t level_ = mqtt::kLevelUnknown;
  int pings_ = 0, pongs_ = 0;
  bool confirmed_ = false;
  bool proven_ = false;
  bool answered_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMqtt;
const ParserModule kMqtt{"mqtt", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Mqtt>();
                         }};

}  // namespace parlance
