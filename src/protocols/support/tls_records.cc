#include "protocols/support/tls_records.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr uint16_t kLongestRecord = 16384 + 2048;  // RFC 5246 section 6.2.3

}  // namespace

std::optional<TlsRecordHeader> read_tls_record_header(ByteReader& reader) {
  using namespace tls_content;
  const uint8_t type = reader.u8();
  const uint16_t version = reader.be16();
  const uint16_t length = reader.be16();
  if (!reader.ok() || type < kChangeCipher || type > kHeartbeat) return std::nullopt;
  if (version < 0x0300 || version > 0x0304 || length > kLongestRecord) return std::nullopt;
  if (length == 0 && type != kApplication) return std::nullopt;  // RFC 5246 section 6.2.1
  return TlsRecordHeader{type, length};
}

bool WithheldRecords::add(const TlsRecord& record, size_t octets_at_most) {
  const size_t room = octets_at_most - std::min(octets_at_most, octets_.size());
  if (record.octets.size() > room) return false;
  kept_.push_back({record.direction, record.type, octets_.size(), record.octets.size(), record.offset});
  octets_.insert(octets_.end(), record.octets.begin(), record.octets.end());
  return true;
}

}  // namespace parlance
