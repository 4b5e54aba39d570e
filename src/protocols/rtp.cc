// RTP and RTCP (RFC 3550, RFC 3551, RFC 5761), also encrypted (SRTP, RFC 3711), beside STUN and
// DTLS (RFC 7983). One packet has no more than two fixed bits, so behaviour decides: a stream is
// five packets of one source (SSRC) and payload type whose sequence numbers and timestamps advance;
// RTCP is known by lengths that agree with its counts, again and again from one source, sooner
// where all packets of its datagrams can be read. Never more than strong.
//
// WhatsApp's calls use the header extension profile 0xDEBE (seen 2019 to 2023), the byte-swapped
// 0xBEDE of RFC 8285.
#include <array>
#include <bitset>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr int kAdvancesForStream = 4;  // that many packets each follow one of the same source
constexpr int kTimesForStream = 2;     // timestamps that differ from the one before
constexpr int kReportsForControl = 4;  // RTCP datagrams of one source
constexpr int kWholeForControl = 2;    // likewise, read whole
constexpr int kDebeForWhatsapp = 5;    // packets, 16 fixed bits each
constexpr int kOthersAtMost = 60;      // datagrams like RTP without a stream
constexpr int kDatagramsAtMost = 600;  // looked at in all
constexpr uint16_t kStepAtMost = 64;   // packets lost in between
constexpr uint32_t kTimeStepAtMost = 1U << 22;  // 46 seconds of video's clock
constexpr size_t kHeader = 12;
constexpr uint16_t kDebe = 0xdebe;

struct RtpPacket {
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t time = 0;
  uint32_t source = 0;
  uint16_t profile = 0;  ///< of the header extension; 0 if there is none
};

bool has_version_2(Bytes datagram) {
  return !datagram.empty() && datagram[0] >> 6 == 2;
}

/// RFC 5761 section 4: the second octet tells RTCP from RTP.
bool is_control(Bytes datagram) {
  return datagram.size() >= 8 && datagram[1] >= 192 && datagram[1] <= 223;
}

bool read_rtp(Bytes datagram, RtpPacket& packet) {
  ByteReader reader(datagram);
  const uint8_t first = reader.u8();
  packet.payload_type = reader.u8() & 0x7f;
  packet.sequence = reader.be16();
  packet.time = reader.be32();
  packet.source = reader.be32();
  reader.skip(4 * static_cast<size_t>(first & 0x0f));
  if ((first & 0x10) != 0) {
    packet.profile = reader.be16();
    reader.skip(4 * static_cast<size_t>(reader.be16()));
  }
  return reader.ok() && packet.source != 0;
}

/// The source of a sender or receiver report whose length agrees with its count; 0 if it is none.
/// What follows it may be encrypted.
uint32_t source_of_report(Bytes datagram) {
  ByteReader reader(datagram);
  const size_t reports = reader.u8() & 0x1f;
  const uint8_t type = reader.u8();
  const size_t words = reader.be16();
  const uint32_t source = reader.be32();
  if (!reader.ok() || (type != 200 && type != 201)) return 0;
  const size_t expected = (type == 200 ? 6 : 1) + 6 * reports;
  return words == expected && 4 * words <= reader.remaining() + 4 ? source : 0;
}

/// True if the datagram is two or more packets of RTCP, exact to its last octet, of which the
/// second describes the source of the report that is the first (RFC 3550 section 6.1). Only in the
/// clear.
bool is_whole_compound(Bytes datagram, uint32_t source) {
  constexpr uint8_t kDescription = 202, kLastKnown = 211;  // RFC 3550, 4585, 3611, 6284
  ByteReader reader(datagram);
  int packets = 0;
  while (!reader.at_end()) {
    const bool version_2 = reader.u8() >> 6 == 2;
    const uint8_t type = reader.u8();
    ByteReader body = reader.sub(4 * static_cast<size_t>(reader.be16()));
    if (!reader.ok() || !version_2 || type < 194 || type > kLastKnown) return false;
    if (++packets == 2 && (type != kDescription || body.be32() != source)) return false;
  }
  return packets >= 2;
}

class Rtp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], first_of(octets, kHeader)};
    offset_[index(direction)] += octets.size();
    RtpPacket packet;
    if (has_version_2(octets) && is_control(octets)) {
      take_control(octets, place, findings);
    } else if (has_version_2(octets) && read_rtp(octets, packet)) {
      take_media(packet, place, findings);
    }
    others_ += has_version_2(octets) && !is_control(octets) ? 1 : 0;
    if (!confirmed_ && others_ > kOthersAtMost) end_reading(findings);
    if (++datagrams_ > kDatagramsAtMost) end_reading(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  /// One source of one direction.
  struct Stream {
    bool used = false;
    Direction direction = Direction::to_server;
    RtpPacket last;
    int advances = 0;
    int times = 0;
    int breaks = 0;
  };
  struct Control {
    uint32_t source = 0;
    int reports = 0;
    int whole = 0;
  };

  void take_media(const RtpPacket& packet, const Place& place, Findings& findings) {
    Stream& stream = find(packet, place.direction);
    const bool follows = advance(stream, packet);
    debe_ += packet.profile == kDebe ? 1 : 0;
    if (!follows) return;
    if (is_stream(stream)) {
      findings.count("rtp.packets");
      note_payload_type(packet.payload_type, findings);
      if (!confirmed_) confirm_stream(stream, place, findings);
    }
    if (debe_ < kDebeForWhatsapp || whatsapp_) return;
    whatsapp_ = true;
    confirm("packets", place, "packets that follow one another, all with one extension profile",
            findings);
    findings.support("whatsapp", Strength::strong, "rtp-debe", place,
                     "RTP with WhatsApp's header extension profile 0xDEBE in packet after packet");
  }

  void confirm_stream(const Stream& stream, const Place& place, Findings& findings) {
    confirm("stream", place,
            fmt::format("{} packets of one source and payload type {} whose sequence numbers and "
                        "times advance",
                        stream.advances + 1, stream.last.payload_type),
            findings);
  }

  void confirm(std::string_view what, const Place& place, Sentence text, Findings& findings) {
    if (confirmed_) return;
    confirmed_ = true;
    findings.confirm(Strength::strong, what, place, std::move(text));
  }

  static bool is_stream(const Stream& stream) {
    return stream.advances >= kAdvancesForStream && stream.times >= kTimesForStream &&
           stream.breaks * 4 <= stream.advances;
  }

  /// True if `packet` follows the stream's last one.
  static bool advance(Stream& stream, const RtpPacket& packet) {
    const auto step = static_cast<uint16_t>(packet.sequence - stream.last.sequence);
    const uint32_t time_step = packet.time - stream.last.time;
    if (packet.payload_type != stream.last.payload_type) return false;  // a tone, comfort noise
    if (step == 0 || step >= 0x10000 - kStepAtMost) return false;       // repeated or late
    const bool follows = step <= kStepAtMost && time_step <= kTimeStepAtMost;
    ++(follows ? stream.advances : stream.breaks);
    stream.times += follows && time_step != 0 ? 1 : 0;
    stream.last = packet;
    return follows;
  }

  /// The stream of that source, a new one if need be.
  Stream& find(const RtpPacket& packet, Direction direction) {
    for (Stream& each : streams_) {
      if (each.used && each.direction == direction && each.last.source == packet.source)
        return each;
    }
    Stream& fresh = streams_[next_stream_];
    next_stream_ = (next_stream_ + 1) % streams_.size();
    fresh = {};
    fresh.used = true;
    fresh.direction = direction;
    fresh.last = packet;
    return fresh;
  }

  void take_control(Bytes octets, const Place& place, Findings& findings) {
    const uint32_t source = source_of_report(octets);
    if (source == 0) return;
    Control& control = controls_[index(place.direction)];
    if (control.source != source) control = {source, 0, 0};
    ++control.reports;
    control.whole += is_whole_compound(octets, source) ? 1 : 0;
    const bool is_enough =
        control.reports >= kReportsForControl || control.whole >= kWholeForControl;
    if (!is_enough || confirmed_) return;
    confirm("control", place,
            fmt::format("{} RTCP reports of one source, their lengths as their counts say",
                        control.reports),
            findings);
  }

  void note_payload_type(uint8_t type, Findings& findings) {
    if (payload_types_.size() >= 8 || types_noted_[type]) return;
    types_noted_[type] = true;
    payload_types_.push_back(std::to_string(type));
    findings.note("rtp.payload_types", payload_types_);
  }

  void end_reading(Findings& findings) {
    if (over_) return;
    over_ = true;
    if (confirmed_) {
      findings.finish();
    } else {
      findings.refute("no stream of RTP among many datagrams");
    }
  }

  std::array<Stream, 8> streams_{};
  size_t next_stream_ = 0;
  Control controls_[2];
  std::vector<std::string> payload_types_;
  std::bitset<128> types_noted_;  ///< those in payload_types_
  uint64_t offset_[2] = {0, 0};
  int others_ = 0;
  int datagrams_ = 0;
  bool confirmed_ = false;
  int debe_ = 0;
  bool whatsapp_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kRtp;
const ParserModule kRtp{
    "rtp", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Rtp>(); }, true};

}  // namespace parlance
