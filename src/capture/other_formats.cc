// Capture formats of other programs that are still met: snoop (RFC 1761), Microsoft Network Monitor 2,
// NetXRay and Sniffer Basic 1. Layouts of the last two are not published; they were read off files.
#include <fmt/format.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "capture/format.h"

namespace parlance::capture {
namespace {

constexpr int kEthernet = 1;

/// What the three share: a file header, then records of a fixed header and the packet's octets.
class Records : public Format {
 public:
  Records(size_t file_header, size_t record_header, const Limits& limits)
      : file_header_(file_header), record_header_(record_header), limits_(limits) {}

  Step step(Bytes octets, RawPacket& packet, size_t& used) override {
    if (!header_read_) {
      used = file_header_;
      if (octets.size() < file_header_) return Step::need_more;
      header_read_ = true;
      position_ = used;
      return read_file_header(octets.first(file_header_)) ? Step::passed
                                                          : damaged("the file header is not readable");
    }
    if (position_ >= end_of_records_) {  // an index follows
      used = octets.size();
      return Step::passed;
    }
    used = record_header_;
    if (octets.size() < record_header_) return Step::need_more;
    Record record;
    read_record_header(octets.first(record_header_), record, packet);
    if (record.captured > limits_.packet_octets || record.length < record.captured ||
        record.length > limits_.block_octets) {
      return damaged(fmt::format("a record claims {} octets", record.captured));
    }
    used = record_header_ + record.length;
    if (octets.size() < used) return Step::need_more;
    packet.octets = octets.subspan(record_header_, record.captured);
    packet.link_type = link_type_;
    position_ += used;
    return Step::packet;
  }

 protected:
  struct Record {
    size_t captured = 0;  ///< octets of the packet
    size_t length = 0;    ///< the same with padding
  };
  virtual bool read_file_header(Bytes header) = 0;
  virtual void read_record_header(Bytes header, Record& record, RawPacket& packet) = 0;

  int link_type_ = kEthernet;
  uint64_t end_of_records_ = UINT64_MAX;  ///< offset in the file

 private:
  size_t file_header_, record_header_;
  const Limits& limits_;
  bool header_read_ = false;
  uint64_t position_ = 0;
};

class Snoop final : public Records {
 public:
  explicit Snoop(const Limits& limits) : Records(16, 24, limits) {}

 protected:
  bool read_file_header(Bytes header) override {
    ByteReader reader(header);
    reader.skip(8);
    const uint32_t version = reader.be32(), link = reader.be32();
    constexpr uint32_t kSnoopEthernet = 4, kSnoopFddi = 8;
    constexpr int kFddi = 10;
    link_type_ = link == kSnoopFddi ? kFddi : kEthernet;
    return version == 2 && (link == kSnoopEthernet || link == kSnoopFddi);
  }
  void read_record_header(Bytes header, Record& record, RawPacket& packet) override {
    ByteReader reader(header);
    packet.original_length = reader.be32();
    record.captured = reader.be32();
    const uint32_t whole = reader.be32();
    record.length = whole < 24 ? 0 : whole - 24;
    reader.skip(4);  // drops
    packet.time.nanoseconds = int64_t{reader.be32()} * kSecond;
    packet.time.nanoseconds += int64_t{reader.be32()} * 1000;
  }
};

class NetworkMonitor final : public Records {
 public:
  explicit NetworkMonitor(const Limits& limits) : Records(128, 16, limits) {}

 protected:
  bool read_file_header(Bytes header) override {
    ByteReader reader(header);
    reader.skip(5);  // magic, minor version
    const uint8_t major = reader.u8();
    const uint16_t medium = reader.le16();
    start_ = start_time(reader);
    end_of_records_ = reader.le32();  // where the index of frames begins
    constexpr uint16_t kMonitorEthernet = 1;
    return major == 2 && medium == kMonitorEthernet;
  }
  void read_record_header(Bytes header, Record& record, RawPacket& packet) override {
    ByteReader reader(header);
    const uint64_t microseconds = reader.le64();
    packet.original_length = reader.le32();
    record.captured = record.length = reader.le32();
    packet.time.nanoseconds =
        start_ + static_cast<int64_t>(std::min<uint64_t>(microseconds, 1'000'000'000'000'000)) * 1000;
  }

 private:
  /// A Windows SYSTEMTIME, taken to be UTC (it is local time, and the file does not say where).
  static int64_t start_time(ByteReader& reader) {
    const int year = reader.le16(), month = reader.le16();
    reader.skip(2);  // day of the week
    const int day = reader.le16(), hour = reader.le16(), minute = reader.le16();
    const int second = reader.le16(), millisecond = reader.le16();
    // What no clock shows is no time; beyond 2200, nanoseconds would soon overflow.
    if (year < 1970 || year > 2200 || month < 1 || month > 12 || day > 31) return 0;
    if (hour > 23 || minute > 59 || second > 60 || millisecond > 999) return 0;
    // Days since 1970 of a Gregorian date (the year taken to begin in March).
    const int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    const int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * kSecond + millisecond * kMillisecond;
  }
  int64_t start_ = 0;
};

class NetXRay final : public Records {
 public:
  explicit NetXRay(const Limits& limits) : Records(128, 28, limits) {}

 protected:
  bool read_file_header(Bytes header) override {
    ByteReader reader(header);
    reader.skip(12);  // magic and version
    start_ = int64_t{reader.le32()} * kSecond;
    reader.skip(8);
    const uint32_t first = reader.le32();
    end_of_records_ = reader.le32();
    return first == header.size();
  }
  void read_record_header(Bytes header, Record& record, RawPacket& packet) override {
    ByteReader reader(header);
    const uint64_t microseconds = reader.le64();
    packet.original_length = reader.le16();
    record.captured = record.length = reader.le16();
    packet.time.nanoseconds =
        start_ + static_cast<int64_t>(std::min<uint64_t>(microseconds, 1'000'000'000'000'000)) * 1000;
  }

 private:
  int64_t start_ = 0;
};

}  // namespace

std::unique_ptr<Format> other_format(Bytes beginning, const Limits& limits) {
  const std::string_view text = as_text(beginning);
  if (text.starts_with(std::string_view("snoop\0\0\0", 8))) return std::make_unique<Snoop>(limits);
  if (text.starts_with("GMBU")) return std::make_unique<NetworkMonitor>(limits);
  if (text.starts_with(std::string_view("XCP\0" "001.", 8))) return std::make_unique<NetXRay>(limits);
  return nullptr;
}

}  // namespace parlance::capture
