// Zoom's meetings over UDP: the set-up and pings between a client and a media router, the datagrams
// that two clients send to find one another, and the media. Nothing of it is published by the
// vendor; measured on captures of 2020 to 2024, the media as in Michel et al., "Enabling passive
// measurement of Zoom performance in production networks" (IMC 2022). All numbers are big-endian
// but the four at the head of a hello between clients. The STUN of Zoom is the stun parser's.
#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "base/text.h"
#include "model/call_signs.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr int kForeignAtMost = 24;     // datagrams before the first of ours
constexpr int kDatagramsAtMost = 400;  // looked at in all
constexpr size_t kShown = 24;
constexpr int kAdvancesForProof = 4, kAdvancesForStrong = 2;
constexpr uint16_t kStepAtMost = 32;  // packets lost in between

/// Opens a session: 01 00 02 from the client, 02 00 01 from the router (03 for 02 and 01 in newer
/// ones), 16 octets of the client's choice, and the client's clock, which the router gives back.
struct Opening {
  std::array<uint8_t, 16> cookie{};
  uint32_t time = 0;     ///< milliseconds
  uint32_t session = 0;  ///< the router's number; 0 in a request
};

bool copy_cookie(ByteReader& reader, Opening& opening) {
  const Bytes cookie = reader.bytes(opening.cookie.size());
  if (!reader.ok()) return false;
  std::copy(cookie.begin(), cookie.end(), opening.cookie.begin());
  return true;
}

std::optional<Opening> read_request(Bytes datagram) {
  ByteReader reader(datagram);
  Opening opening;
  const uint32_t head = reader.be24();
  if ((head != 0x010002 && head != 0x010003) || !copy_cookie(reader, opening)) return std::nullopt;
  reader.skip(8);
  opening.time = reader.be32();
  const bool repeated = reader.be32() == opening.time;
  const uint32_t token = reader.be32();
  if (!reader.ok() || !repeated || token == 0 || token > reader.remaining()) return std::nullopt;
  return opening;
}

std::optional<Opening> read_answer(Bytes datagram) {
  ByteReader reader(datagram);
  Opening opening;
  const uint32_t head = reader.be24();
  if ((head != 0x020001 && head != 0x020003) || !copy_cookie(reader, opening)) return std::nullopt;
  opening.session = reader.be32();
  opening.time = reader.be32();
  return reader.ok() ? std::optional(opening) : std::nullopt;
}

/// A ping (3) or its answer (4): number, the sender's clock, the session; both sides ask.
struct Ping {
  static constexpr size_t kSize = 13, kLongSize = 81;  // with 68 octets more since 2022
  uint8_t type = 0;
  std::array<uint8_t, 12> body{};
  uint32_t session = 0;
};

std::optional<Ping> read_ping(Bytes datagram) {
  if (datagram.size() != Ping::kSize && datagram.size() != Ping::kLongSize) return std::nullopt;
  ByteReader reader(datagram);
  Ping ping;
  ping.type = reader.u8();
  const Bytes body = reader.bytes(ping.body.size());
  std::copy(body.begin(), body.end(), ping.body.begin());
  ByteReader numbers(body);
  const uint32_t number = numbers.be32();
  numbers.skip(4);
  ping.session = numbers.be32();
  if ((ping.type != 3 && ping.type != 4) || number == 0 || number > 0xffffff) return std::nullopt;
  return ping.session == 0 ? std::nullopt : std::optional(ping);
}

bool is_address(Bytes text) {
  return text.size() >= 2 && text.size() <= 45 &&
         std::all_of(text.begin(), text.end(), [](uint8_t c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
                  c == '.' || c == ':';
         });
}

bool is_uuid(Bytes text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const uint8_t c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

/// Between clients: 1f 02 and three small numbers, then counters, the port it is meant for, the
/// address likewise as text, the call's UUID, four zeros. A translator of addresses changes where
/// it is sent to, not what it says.
struct PeerHello {
  Bytes uuid;  ///< borrowed from the datagram
  uint16_t port = 0;
};

std::optional<PeerHello> read_peer_hello(Bytes datagram) {
  ByteReader reader(datagram);
  const uint32_t head = reader.be32();
  reader.skip(18);
  const uint16_t port = reader.be16();
  const Bytes address = reader.bytes(reader.be32() & 0xff);
  const uint32_t length = reader.be32();
  const Bytes uuid = reader.bytes(length == 36 ? 36 : 0);
  const bool ends = reader.be32() == 0 && reader.ok() && reader.at_end();
  if (head != 0x1f020100 || !ends || !is_address(address) || !is_uuid(uuid)) return std::nullopt;
  return PeerHello{uuid, port};
}

/// A media packet: type, its own sequence number, and an RTP packet behind it.
struct Media {
  uint8_t type = 0, payload_type = 0;
  uint16_t outer_sequence = 0, sequence = 0;
  uint32_t source = 0;
  bool same_stream(const Media& other) const {
    return type == other.type && payload_type == other.payload_type && source == other.source;
  }
};

/// Where a packet of media has Zoom's sequence number and where its RTP packet begins.
struct MediaPlaces {
  size_t sequence = 9;
  size_t rtp = 0;  ///< 0: it has none
};

/// As the dissector of github.com/Princeton-Cabernet/zoom-analysis has them. Types 15 and 20 have
/// no RTP and nothing else that could be verified.
MediaPlaces media_places(Bytes media) {
  switch (media[0]) {
    case 0x01:
      return {9, 26};
    case 0x0d:  // a router's packets of a shared screen have the head of a client's inside theirs
      return {16, media[7] == 0x1e ? size_t{27} : size_t{0}};
    case 0x0f:
      return {9, 19};
    case 0x10:
      return {9, media[20] == 2 ? size_t{24} : size_t{20}};
    case 0x1e:
      return {9, 20};
    default:
      return {};
  }
}

std::optional<Media> read_media(Bytes octets) {
  if (octets.size() < 40) return std::nullopt;
  const MediaPlaces places = media_places(octets);
  if (places.rtp == 0) return std::nullopt;
  ByteReader reader(octets);
  Media media;
  media.type = reader.u8();
  reader.skip(places.sequence - 1);
  media.outer_sequence = reader.be16();
  reader.skip(places.rtp - places.sequence - 2);
  const bool version_2 = reader.u8() >> 6 == 2;
  media.payload_type = reader.u8() & 0x7f;
  media.sequence = reader.be16();
  reader.skip(4);
  media.source = reader.be32();
  return reader.ok() && version_2 && media.source != 0 ? std::optional(media) : std::nullopt;
}

/// A sender's report on its RTP stream (RFC 3550, section 6.4.1), types 21 to 23 hexadecimal: 16
/// octets of Zoom's, and RTCP packets of one source that end with the datagram.
struct Report {
  uint32_t source = 0;
  uint64_t time = 0;                 ///< NTP's
  uint32_t packets = 0, octets = 0;  ///< sent so far
  /// At most kReportsApart lie between the two, and what was sent did not become less.
  bool follows(const Report& before) const {
    return source == before.source && time - before.time - 1 < (uint64_t{kReportsApart} << 32) &&
           packets - before.packets < kSentAtMost && octets - before.octets < kOctetsAtMost;
  }
  static constexpr uint32_t kReportsApart = 60;  // seconds
  static constexpr uint32_t kSentAtMost = 1'000'000, kOctetsAtMost = 1'000'000'000;
};

constexpr uint8_t kFirstReport = 0x21, kLastReport = 0x23;
constexpr size_t kReportHead = 16;
constexpr uint8_t kSenderReport = 200, kLastOfRtcp = 204;

/// Whether RTCP packets of `source`, or none, fill `rest`.
bool are_reports(ByteReader& rest, uint32_t source) {
  while (rest.ok() && !rest.at_end()) {
    const bool version_2 = rest.u8() >> 6 == 2;
    const uint8_t type = rest.u8();
    const uint16_t words = rest.be16();
    const bool named = type >= kSenderReport && type <= kLastOfRtcp && words != 0;
    if (!version_2 || !named || rest.be32() != source) return false;
    rest.skip((words - 1U) * 4);
  }
  return rest.ok();
}

std::optional<Report> read_report(Bytes octets) {
  ByteReader reader(octets);
  const uint8_t kind = reader.u8();
  reader.skip(kReportHead - 1);
  ByteReader whole(reader.rest());
  reader.skip(1);
  const uint8_t type = reader.u8();
  reader.skip(2);
  Report report;
  report.source = reader.be32();
  report.time = reader.be64();
  reader.skip(4);
  report.packets = reader.be32();
  report.octets = reader.be32();
  const bool is_report = reader.ok() && kind >= kFirstReport && kind <= kLastReport && type == kSenderReport &&
                         report.source != 0 && are_reports(whole, report.source);
  return is_report ? std::optional(report) : std::nullopt;
}

bool is_media_type(uint8_t type) {
  return type == 0x01 || type == 0x0d || type == 0x0f || type == 0x10 || type == 0x1e ||
         (type >= kFirstReport && type <= kLastReport);
}

/// The media of a datagram: behind 05, sequence number, session and direction (0 or 4), behind 05
/// alone (until 2020), or bare between clients.
Bytes media_of(Bytes datagram) {
  if (datagram.size() < 10 || datagram[0] != 5) return datagram;
  const bool is_routed = is_media_type(datagram[8]) && (datagram[7] == 0 || datagram[7] == 4);
  return datagram.subspan(is_routed ? 8 : 1);
}

class Zoom : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Bytes octets = message.octets;
    const Place place = head_of(message, kShown);
    const bool is_ours =
        take_opening(octets, place, findings) || take_ping(octets, place, findings) ||
        take_peer_hello(octets, place, findings) || take_media(octets, place, findings) ||
        take_report(octets, place, findings);
    if (over()) return;
    const bool foreign = !is_ours && best() == Strength::none && ++foreign_ > kForeignAtMost;
    if (++datagrams_ > kDatagramsAtMost || foreign) {
      leave("no session, ping, hello, media or report of Zoom among many datagrams", findings);
    }
  }
  struct Stream {
    Direction direction = Direction::to_server;
    Media last;
    int advances = 0;
  };

  bool take_opening(Bytes octets, const Place& place, Findings& findings) {
    if (const auto request = read_request(octets)) {
      asked_ = *request;
      asked_direction_ = place.direction;
      return true;
    }
    const auto answer = read_answer(octets);
    if (!answer) return false;
    if (!asked_ || place.direction == asked_direction_ || answer->cookie != asked_->cookie ||
        answer->time != asked_->time) {
      return false;
    }
    confirm(Strength::proof, "opening", place,
            "the router's answer has the 16 octets and the clock of the request", findings);
    findings.note("zoom.transport", std::string("router"));
    leave({}, findings);
    return true;
  }

  bool take_ping(Bytes octets, const Place& place, Findings& findings) {
    const auto ping = read_ping(octets);
    if (!ping) return false;
    Ping& asked = pings_[index(place.direction)];
    if (ping->type == 3) {
      asked = *ping;
      return true;
    }
    Ping& before = pings_[index(opposite(place.direction))];
    if (before.type != 3 || before.body != ping->body) return false;
    before.type = 0;  // answered
    if (session_ != ping->session) echoes_ = 0;
    session_ = ping->session;
    ++echoes_;
    const bool again = echoes_ > 1;
    confirm(again ? Strength::proof : Strength::strong, "ping", place,
            again ? "again a ping of the same session was answered with its number and clock"
                  : "a ping was answered with its number, clock and session",
            findings);
    findings.note("zoom.transport", std::string("router"));
    if (again) leave({}, findings);
    return true;
  }

  bool take_peer_hello(Bytes octets, const Place& place, Findings& findings) {
    const auto hello = read_peer_hello(octets);
    if (!hello) return false;
    const FiveTuple& flow = findings.flow();
    const bool to_server = place.direction == Direction::to_server;
    if (hello->port == (to_server ? flow.destination.port : flow.source.port)) ++hellos_in_place_;
    const std::string uuid(as_text(hello->uuid));
    calls_[index(place.direction)] = uuid;
    const bool same_call = uuid == calls_[index(opposite(place.direction))];
    const bool proven = same_call || hellos_in_place_ > 1;
    confirm(proven ? Strength::proof : Strength::strong, "peer-hello", place,
            same_call ? "both sides' datagrams name an address, a port and the same UUID, exact to "
                        "the last octet"
            : proven
                ? "datagrams that name the port they are sent to, an address and a UUID, exact "
                  "to the last octet"
                : "a datagram that names an address, a port and a UUID, exact to the last octet",
            findings);
    findings.note("zoom.transport", std::string("peer"));
    findings.note("zoom.peer_call", uuid);
    findings.call_sign("zoom " + uuid);
    if (proven) leave({}, findings);
    return true;
  }

  bool take_media(Bytes octets, const Place& place, Findings& findings) {
    const auto media = read_media(media_of(octets));
    if (!media) return false;
    Stream* stream = find(*media, place.direction);
    if (stream == nullptr) {
      streams_[next_] = {place.direction, *media, 0};
      next_ = (next_ + 1) % streams_.size();
      return false;
    }
    const auto outer = static_cast<uint16_t>(media->outer_sequence - stream->last.outer_sequence);
    const auto inner = static_cast<uint16_t>(media->sequence - stream->last.sequence);
    const bool follows = outer - 1U < kStepAtMost && inner - 1U < kStepAtMost;
    stream->last = *media;
    if (!follows) {
      stream->advances = 0;
      return false;
    }
    if (++stream->advances < kAdvancesForStrong) return true;
    const bool proven = stream->advances >= kAdvancesForProof;
    confirm(proven ? Strength::proof : Strength::strong, "media", place,
            "packets of RTP inside packets of Zoom's own, the sequence numbers of both advance",
            findings);
    if (proven) leave({}, findings);
    return true;
  }

  bool take_report(Bytes octets, const Place& place, Findings& findings) {
    const auto report = read_report(media_of(octets));
    if (!report) return false;
    Report& before = reports_[index(place.direction)];
    if (report->follows(before)) {
      confirm(Strength::strong, "report", place,
              "a sender's reports on its RTP stream inside packets of Zoom's own, the later with a "
              "later "
              "time and more that was sent",
              findings);
    }
    before = *report;
    return true;
  }

  Stream* find(const Media& media, Direction direction) {
    for (Stream& each : streams_) {
      if (each.last.source != 0 && each.direction == direction && each.last.same_stream(media)) {
        return &each;
      }
    }
    return nullptr;
  }

  std::optional<Opening> asked_;
  Direction asked_direction_ = Direction::to_server;
  Ping pings_[2];  ///< by direction: the newest that was not answered yet
  uint32_t session_ = 0;
  int echoes_ = 0;
  int hellos_in_place_ = 0;  ///< that named the port they were sent to
  std::string calls_[2];     ///< by direction: the UUID of the newest hello
  Report reports_[2];        ///< by direction: the newest
  std::array<Stream, 6> streams_{};
  size_t next_ = 0;
  int foreign_ = 0;
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kZoom;
const ParserModule kZoom{"zoom", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Zoom>();
                         }};

}  // namespace parlance
