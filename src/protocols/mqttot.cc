// MQTToT, the realtime connection of Meta's apps (Messenger, Instagram, Facebook): MQTT 3's
// framing, but CONNECT names "MQTToT" and holds, in place of strings, a zlib stream of a structure
// in Thrift's compact protocol, and CONNACK may hold more than two octets (layout:
// mautrix-facebook, maufbapi/mqtt; Nerixyz/instagram_mqtt, src/mqttot). Which app it is says the
// user agent inside CONNECT; nothing of the rest, which holds ids and tokens, is shown or kept.
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/support/inflater.h"
#include "protocols/support/mqtt_packet.h"
#include "protocols/support/stepping_parser.h"

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

class Mqttot : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    const FixedHeader header = mqtt::read_fixed_header(at.octets);
    if (header.answer == FixedHeader::Answer::need_more) return 0;
    if (header.answer == FixedHeader::Answer::bad) return refuse("no MQTT packet", findings);
    const bool client = at.direction == Direction::to_server, first = at.offset == 0;
    if (client && first) return connect(header, at.octets, findings);
    if (!client && first && header.type != Type::connack) return refuse("no CONNACK", findings);
    pass_over(at.direction, header.length);
    if (++packets_ >= kPackets) return refuse("no CONNECT", findings);
    if (best() == Strength::proof && !client && first) {
      // More than what was said: the server speaks it, too.
      findings.confirm(Strength::proof, "connack",
                       {at.direction, at.offset, at.octets.first(header.octets)},
                       "the answer to CONNECT");
      leave({}, findings);
    }
    return header.octets;
  }

  size_t connect(const FixedHeader& header, Bytes rest, Findings& findings) {
    const Bytes body = first_of(rest.subspan(header.octets), header.length);
    if (header.type != Type::connect || header.length <= kVariableHeader ||
        header.length > findings.limits().message_octets) {
      return refuse("no CONNECT", findings);
    }
    if (body.size() < kVariableHeader) return 0;
    ByteReader reader(body);
    const bool named = reader.be16() == kName.size() &&
                       as_text(reader.bytes(kName.size())) == kName && reader.u8() == kLevel;
    if (!named) return refuse("another protocol's CONNECT", findings);
    const Place shown{Direction::to_server, 0, first_of(rest, header.octets + kShown)};
    confirm(Strength::strong, "connect-header", shown,
            "a CONNECT with the protocol name MQTToT and level 3", findings);
    if (body.size() < header.length) return 0;
    inflate(body.subspan(kVariableHeader), shown, findings);
    return header.octets + header.length;
  }

  void inflate(Bytes compressed, const Place& shown, Findings& findings) {
    Inflater inflater(Inflater::Format::zlib);
    std::vector<uint8_t> payload;
    const auto answer = inflater.inflate(compressed, payload, kInflatedAtMost);
    if (answer != Inflater::Answer::ok || !inflater.at_end() || !is_connect_payload(payload)) {
      leave("a CONNECT whose payload is not compressed Thrift", findings);
      return;
    }
    confirm(Strength::proof, "connect", shown,
            "a CONNECT of MQTToT that holds a zlib stream, its checksum right, with the "
            "client's id and info in Thrift's compact protocol",
            findings);
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

  int packets_ = 0;
};

}  // namespace

extern const ParserModule kMqttot;
const ParserModule kMqttot{"mqttot", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Mqttot>();
                           }};

}  // namespace parlance
