#include "protocols/support/mtproto_transport.h"

#include <array>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr uint32_t kMessageAtMost = 16U << 20;  // what three octets of words can say is 64 MiB; 1 MiB is usual
constexpr uint32_t kTopBit = 1U << 31;
constexpr uint8_t kLongForm = 0x7f, kTopBitOfOctet = 0x80;
constexpr size_t kQuickAck = 4;
constexpr uint32_t kAroundFull = MtprotoFrame::kLongestHeader + MtprotoFrame::kChecksum;

MtprotoFrame frame_of(size_t header, uint32_t length) {
  MtprotoFrame frame;
  const bool possible = length >= 4 && length <= kMessageAtMost;
  frame.kind = possible ? MtprotoFrame::Kind::frame : MtprotoFrame::Kind::none;
  frame.header = header;
  frame.length = length;
  return frame;
}

MtprotoFrame quick_ack() {
  MtprotoFrame frame;
  frame.kind = MtprotoFrame::Kind::quick_ack;
  frame.header = kQuickAck;
  return frame;
}

MtprotoFrame read_abridged(ByteReader reader, Direction direction) {
  const uint8_t first = reader.u8();
  if (!reader.ok()) return {};
  if ((first & kTopBitOfOctet) != 0 && direction == Direction::to_client) {
    reader.skip(kQuickAck - 1);
    return reader.ok() ? quick_ack() : MtprotoFrame();
  }
  const uint8_t words = first & kLongForm;
  if (words < kLongForm) return frame_of(1, 4U * words);
  const uint32_t low = reader.le16();
  const uint32_t high = reader.u8();
  if (!reader.ok()) return {};
  return frame_of(4, 4 * (high << 16 | low));
}

MtprotoFrame read_intermediate(ByteReader reader, Direction direction) {
  const uint32_t length = reader.le32();
  if (!reader.ok()) return {};
  if ((length & kTopBit) == 0) return frame_of(4, length);
  return direction == Direction::to_server ? frame_of(4, length & ~kTopBit) : quick_ack();
}

MtprotoFrame read_full(ByteReader reader) {
  const uint32_t length = reader.le32();
  const uint32_t number = reader.le32();
  if (!reader.ok()) return {};
  MtprotoFrame frame = frame_of(MtprotoFrame::kLongestHeader, length < kAroundFull ? 0 : length - kAroundFull);
  frame.number = number;
  return frame;
}

}  // namespace

std::string_view name_of(MtprotoTransport transport) {
  static constexpr std::array<std::string_view, 4> kNames = {"abridged", "intermediate", "padded intermediate",
                                                             "full"};
  return kNames[static_cast<size_t>(transport)];
}

MtprotoFrame read_mtproto_frame(MtprotoTransport transport, Bytes octets, Direction direction) {
  switch (transport) {
    case MtprotoTransport::abridged: return read_abridged(ByteReader(octets), direction);
    case MtprotoTransport::full: return read_full(ByteReader(octets));
    default: return read_intermediate(ByteReader(octets), direction);
  }
}

}  // namespace parlance
