// pcap, all its kinds (draft-ietf-opsawg-pcap; the "modified" kind of Alexey Kuznetzov's patches).
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "capture/format.h"

namespace parlance::capture {
namespace {

constexpr size_t kFileHeader = 24;
constexpr size_t kRecordHeader = 16;
constexpr size_t kModifiedRecordHeader = 24;   // interface index, protocol and packet type follow
constexpr uint32_t kFarApart = 7 * 24 * 3600;  // seconds, of a packet and the next
constexpr uint32_t kLongestOnTheWire = 64 * 1024 * 1024;

struct Kind {
  uint32_t magic;  ///< as the writer's byte order has it
  bool nanoseconds;
  bool modified;
};
constexpr Kind kKinds[] = {
    {0xa1b2c3d4, false, false}, {0xa1b23c4d, true, false}, {0xa1b2cd34, false, true}};

class Pcap final : public Format {
 public:
  Pcap(const Kind& kind, bool swapped, const Limits& limits)
      : kind_(kind), swapped_(swapped), limits_(limits) {}

  Step step(Bytes octets, RawPacket& packet, size_t& used) override {
    if (!header_read_) return read_header(octets, used);
    if (!first_seen_) {
      first_seen_ = true;
      if (is_secretly_modified(octets)) kind_.modified = true;
    }
    const size_t header = kind_.modified ? kModifiedRecordHeader : kRecordHeader;
    if (octets.size() < header) return need(header, used);
    ByteReader reader(octets.first(kRecordHeader));
    const uint32_t seconds = number(reader), fraction = number(reader);
    uint32_t captured = number(reader), original = number(reader);
    if (lengths_swapped_ || (lengths_may_be_swapped_ && captured > original)) {
      std::swap(captured, original);
    }
    if (captured > limits_.packet_octets) return too_long(captured);
    if (octets.size() - header < captured) return need(header + captured, used);
    packet.octets = octets.subspan(header, captured);
    packet.original_length = original;
    packet.link_type = link_type_;
    packet.time.nanoseconds =
        int64_t{seconds} * kSecond + int64_t{fraction} * (kind_.nanoseconds ? 1 : 1000);
    used = header + captured;
    return Step::packet;
  }

 private:
  uint32_t number(ByteReader& reader) const { return swapped_ ? reader.le32() : reader.be32(); }
  uint16_t short_number(ByteReader& reader) const {
    return swapped_ ? reader.le16() : reader.be16();
  }
  static Step need(size_t count, size_t& used) {
    used = count;
    return Step::need_more;
  }

  // Not in step(), which runs for each packet and needs no room for a text.
  [[gnu::noinline]] Step too_long(uint32_t captured) {
    return damaged(
        fmt::format("the record claims {} octets, more than a packet can have", captured));
  }

  Step read_header(Bytes octets, size_t& used) {
    if (octets.size() < kFileHeader) return need(kFileHeader, used);
    ByteReader reader(octets.first(kFileHeader));
    reader.skip(4);
    const uint16_t major = short_number(reader), minor = short_number(reader);
    // Before version 2.3 the two lengths of a record came the other way round, and some writers
    // of 2.3 did so too.
    lengths_swapped_ = major == 2 && minor < 3;
    lengths_may_be_swapped_ = major == 2 && minor == 3;
    reader.skip(12);
    link_type_ = static_cast<int>(number(reader) & 0xffff);  // the rest says how long an FCS is
    header_read_ = true;
    used = kFileHeader;
    return Step::passed;
  }

  /// Some writers give records the longer header of the "modified" kind under the plain magic. Told
  /// by where a believable second record begins, if that much is at hand; nothing is waited for.
  bool is_secretly_modified(Bytes octets) const {
    if (kind_.modified || kind_.nanoseconds || octets.size() < kRecordHeader) return false;
    ByteReader reader(octets.first(kRecordHeader));
    const uint32_t seconds = number(reader);
    reader.skip(4);
    const uint32_t captured = number(reader);
    if (captured > octets.size()) return false;
    const Bytes after_plain = octets.subspan(std::min(octets.size(), kRecordHeader + captured));
    const size_t longer = kModifiedRecordHeader - kRecordHeader;
    if (after_plain.size() < longer + kRecordHeader) return false;
    return !may_be_record(after_plain, seconds) &&
           may_be_record(after_plain.subspan(longer), seconds);
  }

  bool may_be_record(Bytes octets, uint32_t seconds_before) const {
    ByteReader reader(octets.first(kRecordHeader));
    const uint32_t seconds = number(reader), microseconds = number(reader);
    const uint32_t captured = number(reader), original = number(reader);
    const uint32_t apart =
        seconds > seconds_before ? seconds - seconds_before : seconds_before - seconds;
    return apart < kFarApart && microseconds < 1'000'000 && captured <= limits_.packet_octets &&
           (captured <= original || lengths_swapped_ || lengths_may_be_swapped_) &&
           original <= kLongestOnTheWire;
  }

  Kind kind_;
  bool swapped_;  ///< little-endian
  const Limits& limits_;
  int link_type_ = 0;
  bool header_read_ = false;
  bool first_seen_ = false;
  bool lengths_swapped_ = false;
  bool lengths_may_be_swapped_ = false;
};

}  // namespace

std::unique_ptr<Format> pcap_format(Bytes beginning, const Limits& limits) {
  ByteReader big(beginning), little(beginning);
  const uint32_t as_big = big.be32(), as_little = little.le32();
  if (!big.ok()) return nullptr;
  for (const Kind& kind : kKinds) {
    if (as_big == kind.magic) return std::make_unique<Pcap>(kind, false, limits);
    if (as_little == kind.magic) return std::make_unique<Pcap>(kind, true, limits);
  }
  return nullptr;
}

std::unique_ptr<Format> format_of(Bytes beginning, const Limits& limits) {
  if (auto pcapng = pcapng_format(beginning, limits)) return pcapng;
  if (auto pcap = pcap_format(beginning, limits)) return pcap;
  return other_format(beginning, limits);
}

}  // namespace parlance::capture
