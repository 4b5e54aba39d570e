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

/// The search for the first record behind a hole, where it is not known any more where records begin.
/// What looks like one is tried: what opens is one. What is not whole is waited for before anything
/// behind it is looked at, so each octet is looked at once. One object a direction.
class TlsRecordSearch {
 public:
  void begin() {
    active_ = true;
    candidates_ = 0;
    searched_ = 0;
  }
  void end() { active_ = false; }
  bool active() const { return active_; }
  /// Too much was looked at in vain.
  bool hopeless() const { return candidates_ > kCandidatesAtMost || searched_ > kSearchedAtMost; }

  /// The octets at the front of `view` where no record begins, up to the next that may be one: whole, or
  /// (then it ends behind `view`) to be waited for. `may_be(type)` says which types there can be.
  template <class MayBe>
  size_t pass_over(Bytes view, MayBe may_be) {
    size_t at = 0;
    for (; at + kTlsHeaderOctets <= view.size(); ++at) {
      ByteReader reader(view.subspan(at));
      const auto header = read_tls_record_header(reader);
      if (header && header->length > 0 && may_be(header->type)) break;
    }
    searched_ += at;
    return at;
  }
  /// A record that may be one is tried.
  void count_candidate() { ++candidates_; }

 private:
  static constexpr int kCandidatesAtMost = 64;
  static constexpr size_t kSearchedAtMost = 256 * 1024;

  bool active_ = false;
  int candidates_ = 0;
  size_t searched_ = 0;  // octets
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
