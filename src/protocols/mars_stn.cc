// The long link of Tencent's Mars, without mmtls around it, as WeChat spoke it before and other
// apps do. Two forms are known, numbers are big-endian:
//
//   length32 (counts itself)  header length16 (16)  version16 (1)  command32  sequence32  body
//   header length32 (20)  version32  command32  sequence32  body's length32  body
//
// A server answers under the sequence number; in the first form the answer's command is the
// question's and 1,000,000,000, in the second it is the same. The first 8 octets of the first form
// are goim's, too (Bilibili): only the answer tells. The second is Mars' published sample
// (Tencent/mars, mars/stn/proto/longlink_packer.cc), the first agrees with the lengths by which
// libprotoident knows WeChat's heartbeats (lpi_wechat.cc).
#include <array>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/recent.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr size_t kShortHeader = 16, kSampleHeader = 20;
constexpr uint32_t kLongest = kMebi;
constexpr uint32_t kAnswer = 1'000'000'000;
constexpr uint32_t kNoop = 6, kNoTask = 0xffffffff;  // longlink_packer.cc, stn.h: Task::kNoopTaskID
constexpr uint32_t kCommandsAtMost = 0xffff;
constexpr size_t kRequests = 8;  // remembered until their answers come
constexpr int kSampleAnswers = 2;
constexpr int kPacketsAtMost = 64;

struct Packet {
  bool sample = false;
  uint32_t version = 0, command = 0, sequence = 0;
  uint32_t length = 0;  ///< with the header
};

std::optional<Packet> read_sample(Bytes octets) {
  ByteReader reader(octets);
  Packet packet;
  packet.sample = true;
  const uint32_t header = reader.be32();
  packet.version = reader.be32();
  packet.command = reader.be32();
  packet.sequence = reader.be32();
  const uint32_t body = reader.be32();
  if (!reader.ok() || header != kSampleHeader || body > kLongest) return std::nullopt;
  if (packet.command == 0 || packet.command > kCommandsAtMost) return std::nullopt;
  packet.length = header + body;
  return packet;
}

std::optional<Packet> read_short(Bytes octets) {
  ByteReader reader(octets);
  Packet packet;
  packet.length = reader.be32();
  const uint16_t header = reader.be16();
  packet.version = reader.be16();
  packet.command = reader.be32();
  packet.sequence = reader.be32();
  if (!reader.ok() || header != kShortHeader || packet.version != 1) return std::nullopt;
  if (packet.length < kShortHeader || packet.length > kLongest) return std::nullopt;
  return packet;
}

bool is_heartbeat(const Packet& packet) {
  return packet.sample && packet.length == kSampleHeader && packet.command == kNoop && packet.sequence == kNoTask;
}

class MarsStn : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    constexpr std::string_view kNone = "no packet of Mars' long link";
    const Bytes octets = at.octets;
    if (octets.size() < kSampleHeader && !read_short(octets)) {
      const bool other =
          octets.size() >= kShortHeader && ByteReader(octets).be32() != kSampleHeader;
      return other ? refuse(kNone, findings) : 0;
    }
    std::optional<Packet> packet = read_short(octets);
    if (!packet) packet = read_sample(octets);
    if (!packet) return refuse(kNone, findings);
    const size_t header = packet->sample ? kSampleHeader : kShortHeader;
    take(*packet, {at.direction, at.offset, octets.first(header)}, findings);
    pass_over(at.direction, packet->length - header);
    return header;
  }

  void take(const Packet& packet, const Place& place, Findings& findings) {
    const Packet* question = asked_[index(opposite(place.direction))].find([&](const Packet& each) {
      return each.sample == packet.sample && each.version == packet.version && each.sequence == packet.sequence &&
             packet.command == each.command + (packet.sample ? 0 : kAnswer);
    });
    if (question != nullptr) return take_answer(*question, packet, place, findings);
    asked_[index(place.direction)].remember(packet);
    if (++packets_ >= kPacketsAtMost) leave("no answers", findings);
  }

  /// The sample form's answers have nothing of their own: two of them, and one with a body, or it
  /// may be some other length of 20. But a heartbeat leaves nothing open: all 20 octets of it are known
  /// but the version, which the server repeats.
  void take_answer(const Packet& question, const Packet& packet, const Place& place, Findings& findings) {
    if (!packet.sample) {
      return prove("answer", place,
                   "a packet of Mars' long link and its answer, with the same sequence number",
                   findings);
    }
    if (place.direction == Direction::to_client && is_heartbeat(question) && is_heartbeat(packet)) {
      confirm(Strength::strong, "heartbeat", place,
              "a heartbeat of Mars' sample and its answer, the same octets: command 6 under the number of no task",
              findings);
      return leave({}, findings);
    }
    bodies_ = bodies_ || packet.length > kSampleHeader;
    if (++answers_ < kSampleAnswers || !bodies_) return;
    confirm(Strength::strong, "answers", place,
            "packets as of Mars' sample, each where the one before ends, and their answers",
            findings);
    leave({}, findings);
  }

  std::array<Recent<Packet, kRequests>, 2> asked_;
  int packets_ = 0;
  int answers_ = 0;      ///< of the sample form
  bool bodies_ = false;  ///< one of them had a body
};

}  // namespace

extern const ParserModule kMarsStn;
const ParserModule kMarsStn{"mars_stn", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<MarsStn>();
                            }};

}  // namespace parlance
