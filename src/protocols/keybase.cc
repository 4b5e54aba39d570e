// Keybase's clients inside TLS: framed MessagePack RPC (github.com/keybase/go-framed-msgpack-rpc).
// A frame is a MessagePack number of octets and that many octets, one array:
//
//   [0, sequence, "keybase.1.service.method", arguments]   a call
//   [1, sequence, error, result]                           its answer
//   [2, "gregor.1.service.method", arguments]              a notice
//
// The framing is anybody's; a call's name says that it is Keybase's.
#include <algorithm>
#include <array>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/messagepack.h"
#include "protocols/support/recent.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint64_t kCall = 0, kAnswer = 1, kNotice = 2;
constexpr uint64_t kLastKind = 5;
constexpr int kFramesAtMost = 40;
constexpr size_t kCallsKept = 16;  // of a side, until they are answered
constexpr std::array<std::string_view, 4> kNames = {"keybase.1.", "gregor.1.", "chat.1.",
                                                    "stellar.1."};

using Kind = MessagepackValue::Kind;

bool is_keybase(std::string_view method) {
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view each) { return method.starts_with(each); });
}

class Keybase : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    constexpr size_t kLongestNumber = 9;
    ByteReader reader(at.octets);
    const auto number = read_messagepack(reader);
    if (!number) return at.octets.size() >= kLongestNumber ? refuse("no length", findings) : 0;
    const uint64_t length = number->number;
    if (!number->is(Kind::number) || length == 0 || length > findings.limits().message_octets) {
      return refuse("a length that is none", findings);
    }
    if (reader.remaining() < length) return 0;
    const size_t head = reader.position();
    const Bytes frame = reader.bytes(static_cast<size_t>(length));
    if (!take_frame(frame, {at.direction, at.offset, at.octets.first(head + 1)}, findings)) {
      return refuse("a frame is no call", findings);
    }
    if (++frames_ >= kFramesAtMost) leave("no call by a name of Keybase's", findings);
    return reader.position();
  }

  bool take_frame(Bytes frame, const Place& place, Findings& findings) {
    ByteReader reader(frame);
    const auto array = read_messagepack(reader);
    if (!array || !array->is(Kind::array) || !reader.at_end()) return false;
    ByteReader elements(array->content);
    const auto kind = read_messagepack(elements);
    if (!kind || !kind->is(Kind::number) || kind->number > kLastKind) return false;
    if (kind->number == kCall || kind->number == kAnswer) {
      const auto sequence = read_messagepack(elements);
      if (!sequence || !sequence->is(Kind::number) || array->number < 4) return false;
      if (kind->number == kAnswer) {
        take_answer(sequence->number, place, findings);
        return true;
      }
      calls_[index(place.direction)].remember(sequence->number);
    }
    if (kind->number != kCall && kind->number != kNotice) return true;
    const auto method = read_messagepack(elements);
    if (!method || !is_keybase(method->text())) return false;
    confirm(Strength::strong, "call", place,
            "a frame of MessagePack as long as it says, a call by a name of Keybase's", findings);
    return true;
  }

  void take_answer(uint64_t sequence, const Place& place, Findings& findings) {
    if (!calls_[index(opposite(place.direction))].holds(sequence)) return;
    prove("answer", place,
          "a call by a name of Keybase's and the answer with its number, each a frame of "
          "MessagePack as long as it says",
          findings);
  }

  Recent<uint64_t, kCallsKept> calls_[2];
  int frames_ = 0;
};

}  // namespace

extern const ParserModule kKeybase;
const ParserModule kKeybase{"keybase", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Keybase>();
                            }};

}  // namespace parlance
