// HTTP/3 (RFC 9114) on the streams of a QUIC connection: SETTINGS, requests and answers, their bodies,
// and WebSocket or a tunnel in a stream (RFC 9220). What the frames of a request hold is read as in
// HTTP/2 (support/http_streams.h).
//
// The channel's messages are parts of streams (support/quic_stream_part.h). Header fields are read if
// the program was built with nghttp3; else HTTP/3 is named from its control streams alone.
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/http_fields.h"
#include "protocols/support/http_streams.h"
#include "protocols/support/qpack_reader.h"
#include "protocols/support/quic_application.h"
#include "protocols/support/quic_frames.h"
#include "protocols/support/quic_stream_part.h"

namespace parlance {
namespace {

constexpr size_t kSettings = 64;    // of one SETTINGS frame
constexpr size_t kSettingsOctets = 1024;
constexpr size_t kHeldOctets = kMebi;  // of frames that are not whole, kept of all streams together

enum StreamType : uint64_t { control = 0, push = 1, encoder = 2, decoder = 3 };
enum FrameType : uint64_t { data = 0, headers = 1, settings = 4 };
enum Setting : uint64_t { table_capacity = 1, extended_connect = 8 };

/// RFC 9114 sections 7.2.8 and 7.2.4.1: what HTTP/2 has under these numbers, HTTP/3 must not have.
bool is_of_http2(uint64_t frame_type) {
  return frame_type == 2 || frame_type == 6 || frame_type == 8 || frame_type == 9;
}
bool is_setting_of_http2(uint64_t setting) {
  return setting == 0 || (setting >= 2 && setting <= 5);
}

/// A frame's type and length (RFC 9114 section 7.1).
struct FrameHeader {
  uint64_t type = 0, length = 0;
  size_t octets = 0;  ///< of the header itself
};
std::optional<FrameHeader> read_frame_header(Bytes view) {
  ByteReader reader(view);
  FrameHeader header;
  header.type = read_quic_number(reader);
  header.length = read_quic_number(reader);
  header.octets = reader.position();
  if (!reader.ok()) return std::nullopt;
  return header;
}

class Http3 : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override;

 private:
  /// One direction of a stream that carries a request.
  struct Half {
    InputBuffer input;
    uint64_t left = 0;     ///< octets of the frame being passed through
    bool in_data = false;  ///< it is DATA
    bool blocked = false;  ///< the next field section waits for the encoder stream
    bool ending = false;   ///< nothing follows what it waits with
    bool lost = false;     ///< no frame can be found any more
    bool over = false;
  };
  using Request = std::array<Half, 2>;
  /// A stream of one direction, before and after its type is known.
  struct OneWay {
    InputBuffer input;
    std::optional<uint64_t> type;
  };
  /// What one direction sends.
  struct Side {
    QpackReader fields;
    uint64_t offset = 0;  ///< in the channel, of the message at hand
    bool settings = false;
  };
  /// Where octets at hand stand: a direction of a stream, and their message.
  struct At {
    uint64_t stream;
    Direction direction;
    uint64_t offset;  ///< in the channel, of the octets given
  };

  Side& side(Direction direction) { return sides_[index(direction)]; }

  void one_way(const QuicStreamPart& part, const At& at, Findings& findings);
  bool read_control(Bytes view, const At& at, Findings& findings);
  void read_settings(Bytes payload, const At& at, Findings& findings);
  void unblock(Direction direction, Findings& findings);

  void request(const QuicStreamPart& part, const At& at, Findings& findings);
  void hole(Half& half, const At& at, uint64_t length, Findings& findings);
  void feed(Half& half, const QuicStreamPart& part, const At& at, Findings& findings);
  void read_frames(Half& half, Bytes octets, const At& at, Findings& findings);
  size_t next(Half& half, Bytes view, const At& at, Findings& findings);
  size_t pass_through(Half& half, Bytes view, const At& at, Findings& findings);
  bool read_section(Half& half, Bytes section, const At& at, Findings& findings);
  void head(const At& at, HttpFieldSection::Kind kind, Findings& findings);
  void lose(Half& half, const At& at, Findings& findings);
  void end_half(Half& half, const At& at, Findings& findings);
  void leave(std::string_view reason, Findings& findings);

  std::array<Side, 2> sides_;
  std::map<uint64_t, Request> requests_;
  std::map<uint64_t, OneWay> one_ways_;
  HttpStreams streams_{"3"};
  HttpFieldSection section_;
  size_t held_ = 0;  // octets, of all streams
  bool found_ = false, said_head_ = false, said_exchange_ = false;
  bool over_ = false;
};

void Http3::data(Direction direction, Bytes octets, Findings& findings) {
  if (over_) return;
  const auto part = read_quic_stream_part(octets);
  if (!part) return leave("no parts of streams", findings);
  Side& mine = side(direction);
  const At at{part->stream, direction, mine.offset + QuicStreamPart::kHeader};
  mine.offset += octets.size();
  if (is_one_way_stream(part->stream)) {
    one_way(*part, at, findings);
  } else if (is_client_stream(part->stream)) {
    request(*part, at, findings);
  }
  if (!over_ && streams_.exhausted() && !streams_.listening(findings)) leave({}, findings);
}

// ---- streams of one direction -------------------------------------------------------------------

void Http3::one_way(const QuicStreamPart& part, const At& at, Findings& findings) {
  const auto known = one_ways_.find(part.stream);
  if (known == one_ways_.end() && one_ways_.size() >= findings.limits().quic_streams) return;
  OneWay& stream = known == one_ways_.end() ? one_ways_[part.stream] : known->second;
  if (part.kind == QuicStreamPart::Kind::gap) {
    const bool may_be_encoder = stream.type.value_or(encoder) == encoder;
    stream.type = decoder;  // no more is read of it
    stream.input = {};
    if (!may_be_encoder) return;
    side(at.direction).fields.lose_encoder();
    return unblock(at.direction, findings);
  }
  const uint64_t before = stream.input.kept();
  const Bytes view = stream.input.append(part.octets);
  size_t used = 0;
  if (!stream.type) {
    ByteReader reader(view);
    const uint64_t type = read_quic_number(reader);
    if (reader.ok()) {
      stream.type = type;
      used = reader.position();
    }
  }
  const Bytes rest = view.subspan(used);
  bool waits = !stream.type;
  if (stream.type == control) {
    waits = !read_control(rest, {at.stream, at.direction, at.offset - before + used}, findings);
  } else if (stream.type == encoder) {
    side(at.direction).fields.read_encoder(rest);
    unblock(at.direction, findings);
  }
  // Of streams of other types, pushes and what later standards bring, nothing is wanted.
  stream.input.consume(waits ? used : view.size());
  if (part.kind == QuicStreamPart::Kind::last) one_ways_.erase(part.stream);
}

/// RFC 9114 section 6.2.1: SETTINGS first, then frames of which nothing is wanted. False if more is
/// needed.
bool Http3::read_control(Bytes view, const At& at, Findings& findings) {
  Side& mine = side(at.direction);
  if (mine.settings) return true;
  const auto header = read_frame_header(view);
  if (!header) return false;
  if (header->type != settings || header->length > kSettingsOctets) {
    leave("a control stream that does not begin with SETTINGS", findings);
    return true;
  }
  const auto length = static_cast<size_t>(header->length);
  if (length > view.size() - header->octets) return false;
  mine.settings = true;
  read_settings(view.subspan(header->octets, length),
                {at.stream, at.direction, at.offset + header->octets}, findings);
  return true;
}

/// RFC 9114 section 7.2.4: pairs of numbers that fill the frame.
void Http3::read_settings(Bytes payload, const At& at, Findings& findings) {
  ByteReader reader(payload);
  uint64_t table = 0;
  size_t count = 0;
  while (reader.ok() && !reader.at_end()) {
    const uint64_t name = read_quic_number(reader);
    const uint64_t value = read_quic_number(reader);
    if (is_setting_of_http2(name) || ++count > kSettings) {
      return leave("SETTINGS that HTTP/3 does not allow", findings);
    }
    if (name == table_capacity) table = value;
    if (name == extended_connect && value == 1) streams_.expect_tunnels();
  }
  if (!reader.ok()) return leave("SETTINGS that do not fill their frame", findings);
  found_ = true;
  findings.note("http.version", std::string("3"));
  findings.confirm(Strength::proof, "settings", {at.direction, at.offset, payload},
                   "a control stream that begins with SETTINGS, whose pairs fill it exactly");
  // What one side may put into its table, the other side allows.
  side(opposite(at.direction)).fields.allow_table(table);
  unblock(opposite(at.direction), findings);
}

/// Field sections of that direction may be read now that could not before.
void Http3::unblock(Direction direction, Findings& findings) {
  std::vector<uint64_t> ended;
  for (auto& [stream, each] : requests_) {
    Half& half = each[index(direction)];
    if (over_ || !std::exchange(half.blocked, false)) continue;
    feed(half, {}, {stream, direction, side(direction).offset}, findings);
    if (half.ending && !half.blocked) ended.push_back(stream);
  }
  for (const uint64_t each : ended) {
    end_half(requests_[each][index(direction)], {each, direction, 0}, findings);
  }
}

// ---- requests -----------------------------------------------------------------------------------

void Http3::request(const QuicStreamPart& part, const At& at, Findings& findings) {
  const auto known = requests_.find(part.stream);
  if (known == requests_.end() && requests_.size() >= findings.limits().quic_streams) return;
  Half& half = (known == requests_.end() ? requests_[part.stream]
                                         : known->second)[index(at.direction)];
  if (half.over || half.ending) return;
  feed(half, part, at, findings);
  const bool unknown = part.kind == QuicStreamPart::Kind::gap && part.missing == 0;
  half.ending = unknown || part.kind == QuicStreamPart::Kind::last;
  if (half.ending && !half.blocked && !over_) end_half(half, at, findings);
}

/// A hole inside a frame that is passed through does little harm; after any other, frames are lost.
void Http3::hole(Half& half, const At& at, uint64_t length, Findings& findings) {
  if (length == 0 || length > half.left || half.input.kept() > 0) return lose(half, at, findings);
  half.left -= length;
  if (half.in_data) streams_.gap(at.stream, at.direction, length, findings);
}

/// Reads frames, and counts what is kept; the stream that goes beyond the bound of all is lost.
void Http3::feed(Half& half, const QuicStreamPart& part, const At& at, Findings& findings) {
  held_ -= half.input.kept();
  if (part.kind == QuicStreamPart::Kind::gap) {
    hole(half, at, part.missing, findings);
  } else {
    read_frames(half, part.octets, at, findings);
  }
  if (half.input.kept() > findings.limits().header_block_octets ||
      held_ + half.input.kept() > kHeldOctets) {
    lose(half, at, findings);
  }
  held_ += half.input.kept();
}

void Http3::read_frames(Half& half, Bytes octets, const At& at, Findings& findings) {
  if (half.lost) return;
  const uint64_t start = at.offset - half.input.kept();
  const Bytes view = half.input.append(octets);
  size_t used = 0;
  while (!over_ && !half.lost && !half.blocked && used < view.size()) {
    const At here{at.stream, at.direction, start + used};
    const size_t step = next(half, view.subspan(used), here, findings);
    if (step == 0) break;
    used += step;
  }
  if (half.lost) return;
  half.input.consume(over_ ? view.size() : used);
}

/// Octets used from the start of `view`, 0 if more are needed.
size_t Http3::next(Half& half, Bytes view, const At& at, Findings& findings) {
  if (half.left > 0) return pass_through(half, view, at, findings);
  const auto header = read_frame_header(view);
  if (!header) return 0;
  if (header->type == headers && header->length <= findings.limits().header_block_octets) {
    const size_t whole = header->octets + static_cast<size_t>(header->length);
    if (whole > view.size()) return 0;
    const Bytes section = view.subspan(header->octets, static_cast<size_t>(header->length));
    const At here{at.stream, at.direction, at.offset + header->octets};
    return read_section(half, section, here, findings) ? whole : 0;
  }
  if (header->type == headers || header->type == settings || is_of_http2(header->type)) {
    lose(half, at, findings);
    return 0;
  }
  half.in_data = header->type == FrameType::data;
  half.left = header->length;
  return header->octets;
}

/// DATA goes where it belongs, frames of other types nowhere.
size_t Http3::pass_through(Half& half, Bytes view, const At& at, Findings& findings) {
  const auto count = static_cast<size_t>(std::min<uint64_t>(half.left, view.size()));
  half.left -= count;
  if (half.in_data) {
    streams_.data(at.stream, at.direction, view.first(count), findings);
    if (half.left == 0) streams_.data_over(at.stream, at.direction, findings);
  }
  return count;
}

/// False if the section has to wait, or cannot be read.
bool Http3::read_section(Half& half, Bytes section, const At& at, Findings& findings) {
  section_.begin(at.offset);
  const auto answer =
      side(at.direction).fields.read(at.stream, section, section_, findings.limits());
  if (answer == QpackReader::Answer::blocked) {
    half.blocked = true;
    return false;
  }
  const auto kind = answer == QpackReader::Answer::whole ? section_.end()
                                                         : HttpFieldSection::Kind::malformed;
  if (kind == HttpFieldSection::Kind::malformed) {
    if (at.direction == Direction::to_client) streams_.lose_answers();
    lose(half, at, findings);
    return false;
  }
  head(at, kind, findings);
  return true;
}

void Http3::head(const At& at, HttpFieldSection::Kind kind, Findings& findings) {
  const bool from_client = at.direction == Direction::to_server;
  if (kind == HttpFieldSection::Kind::trailers ||
      from_client != (kind == HttpFieldSection::Kind::request)) {
    return;
  }
  if (!std::exchange(said_head_, true)) {
    found_ = true;
    // Where it is, not what it says: octets of a section hold cookies as well.
    findings.confirm(Strength::proof, "field-section", {at.direction, at.offset, {}},
                     from_client ? "a field section that decodes to a well-formed request"
                                 : "a field section that decodes to a well-formed answer");
  }
  if (from_client) {
    streams_.request(at.stream, section_.head(), false, findings);
  } else {
    streams_.answer(at.stream, section_.head(), false, findings);
  }
  if (said_exchange_ || !streams_.exchange().both()) return;
  said_exchange_ = true;
  findings.confirm(Strength::proof, "exchange", {at.direction, at.offset, {}},
                   "field sections of both sides decode to a request and an answer");
}

/// A stated gap: nothing more is read of that direction of the stream.
void Http3::lose(Half& half, const At& at, Findings& findings) {
  if (half.lost || half.over) return;
  half.lost = true;
  half.blocked = false;
  half.input = {};
  streams_.gap(at.stream, at.direction, 0, findings);
  if (QpackReader::available()) findings.count("http.unread_streams");
}

void Http3::end_half(Half& half, const At& at, Findings& findings) {
  if (!half.lost) streams_.end(at.stream, at.direction, findings);
  held_ -= half.input.kept();
  half.input = {};
  half.over = true;
  if (!requests_[at.stream][index(opposite(at.direction))].over) return;
  streams_.reset(at.stream);
  requests_.erase(at.stream);
}

void Http3::leave(std::string_view reason, Findings& findings) {
  over_ = true;
  if (found_) {
    findings.finish();
  } else {
    findings.refute(reason.empty() ? std::string_view("no HTTP/3") : reason);
  }
}

}  // namespace

extern const ParserModule kHttp3;
const ParserModule kHttp3{"http3", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Http3>();
                          }};

}  // namespace parlance
