#include "protocols/support/quic_frames.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr uint64_t kLargest = (uint64_t{1} << 62) - 1;  // of offsets, RFC 9000 section 4.5
constexpr size_t kIdAtMost = 20;                        // RFC 9000 section 19.15
constexpr size_t kResetToken = 16;
constexpr size_t kPathData = 8;
constexpr uint64_t kGoogleCrypto = 8;  // of T051

void skip_numbers(ByteReader& reader, int count) {
  for (int i = 0; i < count; ++i) read_quic_number(reader);
}

/// Octets with their length before them.
Bytes sized_octets(ByteReader& reader) {
  const uint64_t length = read_quic_number(reader);
  if (length > reader.remaining()) {
    reader.skip(reader.remaining() + 1);  // not ok from here on
    return {};
  }
  return reader.bytes(static_cast<size_t>(length));
}

/// RFC 9000 section 19.3. Ranges are as many as they say they are, or the packet ends first.
void skip_ack(ByteReader& reader, bool with_ecn) {
  skip_numbers(reader, 2);  // the largest number, the delay
  const uint64_t ranges = read_quic_number(reader);
  read_quic_number(reader);  // first range
  for (uint64_t i = 0; i < ranges && reader.ok(); ++i) skip_numbers(reader, 2);
  if (with_ecn) skip_numbers(reader, 3);
}

/// RFC 9000 section 19.8: the type's bits say which parts there are.
void read_stream(ByteReader& reader, uint64_t type, QuicFrame& frame) {
  frame.stream = read_quic_number(reader);
  if ((type & 4) != 0) frame.offset = read_quic_number(reader);
  frame.octets = (type & 2) != 0 ? sized_octets(reader) : reader.bytes(reader.remaining());
  frame.fin = (type & 1) != 0;
}

/// RFC 9000 section 19.15.
bool read_new_id(ByteReader& reader, QuicFrame& frame) {
  const uint64_t sequence = read_quic_number(reader);
  const uint64_t retired = read_quic_number(reader);
  frame.octets = reader.bytes(reader.u8());
  reader.skip(kResetToken);
  return !frame.octets.empty() && frame.octets.size() <= kIdAtMost && retired <= sequence;
}

void skip_close(ByteReader& reader, bool by_application) {
  skip_numbers(reader, by_application ? 1 : 2);  // the error, the frame at fault
  sized_octets(reader);                          // a reason for people
}

/// False if the type is not known.
bool skip_extension(ByteReader& reader, uint64_t type) {
  constexpr uint64_t kImmediateAck = 0x1f, kImmediateAckOnce = 0xac, kAckFrequency = 0xaf,
                     kTimeStamp = 0x2f5;
  if (type == kAckFrequency) skip_numbers(reader, 4);
  if (type == kTimeStamp) skip_numbers(reader, 1);
  return type == kImmediateAck || type == kImmediateAckOnce || type == kAckFrequency ||
         type == kTimeStamp;
}

}  // namespace

uint64_t read_quic_number(ByteReader& reader) {
  const uint8_t first = reader.u8();
  uint64_t value = first & 0x3f;
  for (int more = (1 << (first >> 6)) - 1; more > 0; --more) value = value << 8 | reader.u8();
  return value;
}

std::optional<QuicFrame> QuicFrameReader::next() {
  if (damaged_ || reader_.at_end()) return std::nullopt;
  QuicFrame frame;
  if (reader_.peek() == 0) {  // often most of a datagram
    const Bytes rest = reader_.rest();
    const auto end = std::find_if(rest.begin(), rest.end(), [](uint8_t each) { return each != 0; });
    reader_.skip(static_cast<size_t>(end - rest.begin()));
    return frame;
  }
  const uint64_t type = read_quic_number(reader_);
  // RFC 9000 section 19.8: no stream is longer. A number has 62 bits: offsets cannot be larger.
  if (!read(type, frame) || !reader_.ok() || frame.octets.size() > kLargest - frame.offset) {
    damaged_ = true;
    return std::nullopt;
  }
  return frame;
}

bool QuicFrameReader::read(uint64_t type, QuicFrame& frame) {
  const auto is = [&](QuicFrameType name, uint64_t variants = 1) {
    const auto first = static_cast<uint64_t>(name);
    if (type < first || type >= first + variants) return false;
    frame.type = name;
    return true;
  };
  if (is(QuicFrameType::padding) || is(QuicFrameType::ping)) return true;
  if (is(QuicFrameType::handshake_done)) return true;
  if (is(QuicFrameType::ack, 2)) {
    skip_ack(reader_, type == 3);
  } else if (is(QuicFrameType::crypto) || (initial_ && type == kGoogleCrypto)) {
    frame.type = QuicFrameType::crypto;
    frame.offset = read_quic_number(reader_);
    frame.octets = sized_octets(reader_);
  } else if (is(QuicFrameType::stream, 8)) {
    read_stream(reader_, type, frame);
  } else if (is(QuicFrameType::new_token)) {
    frame.octets = sized_octets(reader_);
  } else if (is(QuicFrameType::reset_stream)) {
    frame.stream = read_quic_number(reader_);
    read_quic_number(reader_);  // the error
    frame.offset = read_quic_number(reader_);
  } else if (is(QuicFrameType::stop_sending) || is(QuicFrameType::max_stream_data) ||
             is(QuicFrameType::stream_data_blocked)) {
    frame.stream = read_quic_number(reader_);
    read_quic_number(reader_);
  } else if (is(QuicFrameType::max_data) || is(QuicFrameType::max_streams, 2) ||
             is(QuicFrameType::data_blocked) || is(QuicFrameType::streams_blocked, 2) ||
             is(QuicFrameType::retire_connection_id)) {
    read_quic_number(reader_);
  } else if (is(QuicFrameType::new_connection_id)) {
    return read_new_id(reader_, frame);
  } else if (is(QuicFrameType::path_challenge) || is(QuicFrameType::path_response)) {
    reader_.skip(kPathData);
  } else if (is(QuicFrameType::connection_close, 2)) {
    skip_close(reader_, type == 0x1d);
  } else if (is(QuicFrameType::datagram, 2)) {
    frame.octets = type == 0x31 ? sized_octets(reader_) : reader_.bytes(reader_.remaining());
  } else {
    frame.type = QuicFrameType::of_extension;
    return skip_extension(reader_, type);
  }
  return true;
}

}  // namespace parlance
