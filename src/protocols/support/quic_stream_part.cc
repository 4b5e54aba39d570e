#include "protocols/support/quic_stream_part.h"

#include "base/byte_reader.h"

namespace parlance {
namespace {

void write_be64(uint64_t value, std::vector<uint8_t>& message) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    message.push_back(static_cast<uint8_t>(value >> shift));
  }
}

}  // namespace

void write_quic_stream_part(const QuicStreamPart& part, std::vector<uint8_t>& message) {
  message.clear();
  message.push_back(static_cast<uint8_t>(part.kind));
  write_be64(part.stream, message);
  if (part.kind == QuicStreamPart::Kind::gap) return write_be64(part.missing, message);
  message.insert(message.end(), part.octets.begin(), part.octets.end());
}

std::optional<QuicStreamPart> read_quic_stream_part(Bytes message) {
  ByteReader reader(message);
  QuicStreamPart part;
  const uint8_t kind = reader.u8();
  part.stream = reader.be64();
  if (!reader.ok() || kind > static_cast<uint8_t>(QuicStreamPart::Kind::gap)) return std::nullopt;
  part.kind = static_cast<QuicStreamPart::Kind>(kind);
  if (part.kind == QuicStreamPart::Kind::gap) part.missing = reader.be64();
  part.octets = reader.rest();
  if (!reader.ok()) return std::nullopt;
  return part;
}

}  // namespace parlance
