// TLS records, and those of them that have to wait.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "model/direction.h"

namespace parlance {

/// Content types of records (RFC 8446 section 5.1, RFC 6520).
namespace tls_content {
constexpr uint8_t kChangeCipher = 20, kAlert = 21, kHandshake = 22, kApplication = 23, kHeartbeat = 24;
}

constexpr size_t kTlsHeaderOctets = 5;

struct TlsRecordHeader {
  uint8_t type = 0;
  uint16_t length = 0;  ///< of what follows, in octets
};

/// A record's first five octets, if they are possible.
std::optional<TlsRecordHeader> read_tls_record_header(ByteReader& reader);

/// A whole record.
struct TlsRecord {
  Direction direction = Direction::to_server;
  uint8_t type = 0;
  Bytes octets;         ///< with its header; borrowed
  uint64_t offset = 0;  ///< of the header, in the stream

  Bytes header() const { return octets.first(kTlsHeaderOctets); }
  Bytes content() const { return octets.subspan(kTlsHeaderOctets); }
};

/// Records that cannot be opened yet, in the order in which they came.
class WithheldRecords {
 public:
  /// Keeps a copy. False if there would be more than `octets_at_most` then.
  bool add(const TlsRecord& record, size_t octets_at_most);
  bool empty() const { return kept_.empty(); }
  /// Calls `use` for each, and does not keep them any longer.
  template <class Use>
  void give_away(Use use) {
    const std::vector<Kept> kept = std::move(kept_);
    const std::vector<uint8_t> octets = std::move(octets_);
    kept_.clear();
    octets_.clear();
    for (const Kept& each : kept) {
      use(TlsRecord{each.direction, each.type, Bytes(octets).subspan(each.start, each.length),
                    each.offset});
    }
  }

 private:
  struct Kept {
    Direction direction;
    uint8_t type;
    size_t start, length;  // in octets_
    uint64_t offset;
  };
  std::vector<Kept> kept_;
  std::vector<uint8_t> octets_;
};

}  // namespace parlance
