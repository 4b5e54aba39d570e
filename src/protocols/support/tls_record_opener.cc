#include "protocols/support/tls_record_opener.h"

namespace parlance {

std::optional<OpenedRecord> TlsRecordOpener::open(Bytes header, Bytes body) {
  return open_after_gap(header, body, 0);
}

std::optional<OpenedRecord> TlsRecordOpener::open_after_gap(Bytes header, Bytes body,
                                                            uint64_t records_at_most) {
  if (header.size() != kTlsRecordHeaderOctets) return std::nullopt;
  for (uint64_t lost = 0; lost <= records_at_most; ++lost) {
    const auto record = open_as(number_ + lost, header, body);
    if (!record) continue;
    number_ += lost + 1;
    return record;
  }
  return std::nullopt;
}

void TlsRecordOpener::lose_record(Bytes body) {
  pass_over(body);
  ++number_;
}

}  // namespace parlance
