// WeChat's datagrams. A heartbeat is D1 and a protocol buffer whose one field holds another; what a
// call sends first is A1 08 …, 92 octets from one side and 75 from the other. Nothing more of the
// inside is known: strong at most, and only when both sides speak so.
//
// As in libprotoident (lpi_wechat_udp.cc), which knows them by four octets and by these lengths.
#include <algorithm>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"

namespace parlance {
namespace {

constexpr uint8_t kHeartbeat = 0xd1, kCall = 0xa1, kFieldOne = 0x0a, kNumberOne = 0x08;
constexpr size_t kLongCall = 92, kShortCall = 75;
constexpr int kOthersAtMost = 8;

/// D1, then field 1 up to the last octet; in it field 1 again, and whatever follows.
bool is_heartbeat(Bytes datagram) {
  ByteReader reader(datagram);
  if (reader.u8() != kHeartbeat || reader.peek() != kFieldOne) return false;
  ProtobufReader outer(reader.rest());
  ProtobufField field;
  if (!outer.next(field) || outer.position() != datagram.size() - 1) return false;
  return ByteReader(field.octets).peek() == kFieldOne && is_protobuf(field.octets);
}

bool is_call(Bytes datagram) {
  ByteReader reader(datagram);
  return reader.u8() == kCall && reader.u8() == kNumberOne &&
         (datagram.size() == kLongCall || datagram.size() == kShortCall);
}

class WechatUdp : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Bytes octets = message.octets;
    const size_t side = index(message.direction);
    const Place place = head_of(message, 4);
    if (is_heartbeat(octets)) {
      heartbeat_[side] = true;
      if (heartbeat_[0] && heartbeat_[1]) {
        say("heartbeats", "a heartbeat of WeChat's, and its answer", place, findings);
      }
    } else if (is_call(octets)) {
      call_[side] = octets.size();
      if (call_[0] + call_[1] == kLongCall + kShortCall) {
        say("call", "the first datagrams of a call of WeChat's, each of the length it has", place,
            findings);
      }
    } else if (++others_ > kOthersAtMost) {
      leave("datagrams that are not WeChat's", findings);
    }
  }

  void say(std::string_view what, const char* text, const Place& place, Findings& findings) {
    confirm(Strength::strong, what, place, text, findings);
    leave({}, findings);
  }

  bool heartbeat_[2] = {false, false};
  size_t call_[2] = {0, 0};
  int others_ = 0;
};

}  // namespace

extern const ParserModule kWechatUdp;
const ParserModule kWechatUdp{
    "wechat_udp", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<WechatUdp>(); }};

}  // namespace parlance
