#include "protocols/support/quic_crypto_stream.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "protocols/support/quic_frames.h"

namespace parlance {
namespace {

constexpr size_t kRangesAtMost = 64;   // with holes between them; browsers make ten at most
constexpr size_t kAheadAtMost = 4096;  // of what came: one octet shall not make room for a hello

}  // namespace

bool QuicCryptoStream::add_frames(Bytes frames, size_t limit) {
  QuicFrameReader reader(frames, true);
  while (const auto frame = reader.next()) {
    switch (frame->type) {
      case QuicFrameType::padding:
      case QuicFrameType::ping:
      case QuicFrameType::ack:
        break;
      case QuicFrameType::crypto:
        add(frame->offset, frame->octets, limit);
        break;
      case QuicFrameType::connection_close:
        return true;  // which ends it
      default:
        return false;
    }
  }
  return !reader.damaged();
}

void QuicCryptoStream::add(uint64_t offset, Bytes octets, size_t limit) {
  if (octets.empty() || offset > limit || octets.size() > limit - offset) return;
  if (offset > octets_.size() + kAheadAtMost) return;
  const auto start = static_cast<size_t>(offset);
  const size_t end = start + octets.size();
  if (!ranges_.add(start, end, kRangesAtMost)) return;
  if (octets_.size() < end) octets_.resize(end);
  std::copy(octets.begin(), octets.end(), octets_.begin() + static_cast<ptrdiff_t>(start));
}

Bytes QuicCryptoStream::next_message() {
  const Bytes message = message_at(taken_);
  taken_ += message.size();
  return message;
}

Bytes QuicCryptoStream::message_at(size_t offset) const {
  const Bytes known = Bytes(octets_).first(static_cast<size_t>(ranges_.contiguous()));
  if (offset > known.size()) return {};
  ByteReader reader(known.subspan(offset));
  reader.skip(1);
  const size_t length = reader.be24();
  if (!reader.ok() || length > reader.remaining()) return {};
  return known.subspan(offset, 4 + length);
}

}  // namespace parlance
