// MQTToT, the realtime connection of Meta's apps (Messenger, Instagram, Facebook): MQTT 3's
// framing, but CONNECT names "MQTToT" and holds, in place of strings, a zlib stream of a structure
// in Thrift's compact protocol, and CONNACK may hold more than two octets (layout:
// mautrix-facebook, maufbapi/mqtt; Nerixyz/instagram_mqtt, src/mqttot). Which app it is says the
// user agent inside CONNECT; nothing of the rest, which holds ids and tokens, is shown or kept.
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/inflater.h"
#include "protocols/support/mqtt_packet.h"

namespace parlance {
namespace {

using mqtt::FixedHeader;
using mqtt::Type;

constexpr std::string_view kName = "MQTToT";
constexpr uint8_t kLevel = 3;
constexpr size_t kVariableHeader = 2 + kName.size() + 1 + 1 + 2;  // name, level, flags, keep-alive
constexpr size_t kShown = 2 + kName.size() + 1;
constexpr int kPackets = 16;  // after CONNECT, in wait for its answer
constexpr size_t kInflatedAtMost = 16 * kKibi;
constexpr uint8_t kThriftString1 = 0x18,
                  kThriftStruct4 = 0x3c;  // compact: field 1 binary, 4 a struct

/// The inflated payload begins with the client's id and goes on with a structure, the client info;
/// in the longest way fields 2 and 3 (a will) stand between.
bool is_connect_payload(Bytes payload) {
  ByteReader reader(payload);
  if (reader.u8() != kThriftString1) return false;
  const uint8_t length = reader.u8();  // ids have at most 36 octets
  if (!reader.ok() || length >= 0x80) return false;
  reader.skip(length);
  const uint8_t next = reader.u8();
  return reader.ok() && (next == kThriftStruct4 || next == kThriftString1);
}

class Mqttot : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(side, direction, view.subspan(used), used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ ? view.size() : used);
  }

 private:
  struct Side {
    InputBuffer input;
    uint64_t passing = 0;  ///< octets of a packet's body still to be passed over
  };

  size_t next(Side& side, Direction direction, Bytes rest, size_t used, Findings& findings) {
    if (side.passing > 0) {
      const auto step = static_cast<size_t>(std::min<uint64_t>(side.passing, rest.size()));
      side.passing -= step;
      return step;
    }
    const FixedHeader header = mqtt::read_fixed_header(rest);
    if (header.answer == FixedHeader::Answer::need_more) return 0;
    const Place place{direction, side.input.offset() + used, rest.first(header.octets)};
    if (header.answer == FixedHeader::Answer::bad) return leave("no MQTT packet", findings);
    const bool first = place.offset == 0;
    if (direction == Direction::to_server && first) return connect(header, rest, findings);
    if (direction == Direction::to_client && first && header.type != Type::connack) {
      return leave("no CONNACK", findings);
    }
    side.passing = header.length;
    if (++packets_ >= kPackets) return leave("no CONNECT", findings);
    if (proven_ && direction == Direction::to_client && first) {
      findings.confirm(Strength::proof, "connack", place, "the answer to CONNECT");
      over_ = true;
      findings.finish();
    }
    return header.octets;
  }

  size_t connect(const FixedHeader& header, Bytes rest, Findings& findings) {
    const Bytes body = first_of(rest.subspan(header.octets), header.length);
    if (header.type != Type::connect || header.length <= kVariableHeader ||
        header.length > findings.limits().message_octets) {
      return leave("no CONNECT", findings);
    }
    if (body.size() < kVariableHeader) return 0;
    ByteReader reader(body);
    const bool named = reader.be16() == kName.size() &&
                       as_text(reader.bytes(kName.size())) == kName && reader.u8() == kLevel;
    if (!named) return leave("another protocol's CONNECT", findings);
    const Place shown{Direction::to_server, 0, first_of(rest, header.octets + kShown)};
    if (!said_header_) {
      said_header_ = true;
      findings.confirm(Strength::strong, "connect-header", shown,
                       "a CONNECT with the protocol name MQTToT and level 3");
    }
    if (body.size() < header.length) return 0;
    inflate(body.subspan(kVariableHeader), shown, findings);
    return over_ ? 0 : header.octets + header.length;
  }

  void inflate(Bytes compressed, const Place& shown, Findings& findings) {
    Inflater inflater(Inflater::Format::zlib);
    std::vector<uint8_t> payload;
    const auto answer = inflater.inflate(compressed, payload, kInflatedAtMost);
    if (answer != Inflater::Answer::ok || !inflater.at_end() || !is_connect_payload(payload)) {
      leave("a CONNECT whose payload is not compressed Thrift", findings);
      return;
    }
    proven_ = true;
    findings.confirm(Strength::proof, "connect", shown,
                     "a CONNECT of MQTToT that holds a zlib stream, its checksum right, with the "
                     "client's id and info in Thrift's compact protocol");
    name_app(as_text(payload), shown, findings);
  }

  /// The user agent begins with the app's name.
  static void name_app(std::string_view payload, const Place& shown, Findings& findings) {
    const auto has = [&](std::string_view text) {
      return payload.find(text) != std::string_view::npos;
    };
    if (has("Instagram ")) {
      findings.support("instagram", Strength::strong, "user-agent", shown,
                       "the user agent in CONNECT is Instagram's");
    } else if (has("FBAN/Messenger") || has("com.facebook.orca") || has("com.facebook.mlite")) {
      findings.support("messenger", Strength::strong, "user-agent", shown,
                       "the user agent in CONNECT is that of Messenger's client");
    }
  }

  size_t leave(std::string_view reason, Findings& findings) {
    over_ = true;
    if (said_header_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
    return 0;
  }

  Side sides_[2];
  int packets_ = 0;
  bool said_header_ = false;
  bool proven_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMqttot;
const ParserModule kMqttot{"mqttot", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Mqttot>();
                           }};

}  // namespace parlance
