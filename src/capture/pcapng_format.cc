// pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of different link types.
#include <fmt/format.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "capture/format.h"

namespace parlance::capture {
namespace {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a, kInterface = 1, kOldPacket = 2, kSimplePacket = 3,
                   kEnhancedPacket = 6, kSecrets = 10;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr size_t kBlockHeader = 8, kSmallestBlock = 12;
constexpr uint16_t kCommentOption = 1, kResolutionOption = 9, kOffsetOption = 14;

constexpr size_t kSecretOverhead = 64;  // of keeping one, so that empty ones are bounded too

struct Interface {
  int link_type = 0;
  uint32_t snaplen = 0;
  uint64_t ticks_per_second = 1'000'000;
  uint64_t nanoseconds_per_tick = 1000;  ///< 0 if that is no whole number
  int64_t offset_seconds = 0;
};

__extension__ using Wide = unsigned __int128;  // ISO C++ has no integer that holds the product

/// Ticks of any resolution as nanoseconds. Absurd values wrap; they are only times.
int64_t to_nanoseconds(uint64_t ticks, const Interface& of) {
  const uint64_t offset = static_cast<uint64_t>(of.offset_seconds) * 1'000'000'000u;
  if (of.nanoseconds_per_tick != 0) {  // nearly always, and a wide division costs much
    return static_cast<int64_t>(ticks * of.nanoseconds_per_tick + offset);
  }
  const Wide nanoseconds = static_cast<Wide>(ticks) * 1'000'000'000u / of.ticks_per_second;
  return static_cast<int64_t>(static_cast<uint64_t>(nanoseconds) + offset);
}

/// if_tsresol: the high bit chooses powers of two over powers of ten.
uint64_t ticks_of(uint8_t resolution) {
  const unsigned exponent = resolution & 0x7fu;
  if ((resolution & 0x80) != 0) return uint64_t{1} << std::min(exponent, 63u);
  uint64_t ticks = 1;
  for (unsigned i = 0; i < std::min(exponent, 19u); ++i) ticks *= 10;
  return ticks;
}

size_t padding_of(size_t length) { return (4 - length % 4) % 4; }

class Pcapng final : public Format {
 public:
  explicit Pcapng(const Limits& limits) : limits_(limits) {}

  Step step(Bytes octets, RawPacket& packet, size_t& used) override {
    if (octets.size() < kSmallestBlock) return need(kSmallestBlock, used);
    ByteReader start(octets.first(kSmallestBlock));
    const uint32_t raw_type = start.be32();
    if (raw_type == kSectionHeader && !set_byte_order(octets)) {
      return damaged("a section header without a byte-order magic");
    }
    ByteReader header(octets.first(kBlockHeader));
    const uint32_t type = u32(header), length = u32(header);
    if (length < kSmallestBlock || length % 4 != 0) {
      return damaged(fmt::format("a block claims {} octets, which no block has", length));
    }
    if (length > limits_.block_octets) {
      return damaged(fmt::format("a block claims {} octets, more than is believable", length));
    }
    if (octets.size() < length) return need(length, used);
    if (passes_over_packets_ && is_packet(type)) {
      used = length;
      return Step::passed;
    }
    const Bytes body = octets.subspan(kBlockHeader, length - kSmallestBlock);
    ByteReader trailer(octets.subspan(length - 4, 4));
    if (u32(trailer) != length) {
      return damaged(fmt::format("a block of {} octets ends with another length", length));
    }
    used = length;
    return read_block(type, body, packet);
  }
  bool may_have_secrets() const override { return true; }
  void pass_over_packets() override { passes_over_packets_ = true; }

 private:
  static Step need(size_t count, size_t& used) {
    used = count;
    return Step::need_more;
  }
  uint16_t u16(ByteReader& reader) const { return little_ ? reader.le16() : reader.be16(); }
  uint32_t u32(ByteReader& reader) const { return little_ ? reader.le32() : reader.be32(); }

  bool set_byte_order(Bytes octets) {
    ByteReader reader(octets.subspan(8, 4));
    const Bytes magic = reader.bytes(4);
    little_ = ByteReader(magic).le32() == kByteOrderMagic;
    return little_ || ByteReader(magic).be32() == kByteOrderMagic;
  }

  static bool is_packet(uint32_t type) {
    return type == kEnhancedPacket || type == kSimplePacket || type == kOldPacket;
  }

  Step read_block(uint32_t type, Bytes body, RawPacket& packet) {
    ByteReader reader(body);
    switch (type) {
      case kSectionHeader: return read_section(reader);
      case kInterface: return read_interface(reader);
      case kEnhancedPacket: return read_enhanced(reader, packet);
      case kSimplePacket: return read_simple(reader, packet);
      case kOldPacket: return read_old(reader, packet);
      case kSecrets: return read_secrets(reader);
      default: return Step::passed;  // names, statistics, custom blocks
    }
  }

  Step read_section(ByteReader reader) {
    interfaces_.clear();
    reader.skip(16);  // magic, version, section length (often unknown; blocks end by themselves)
    for_each_option(reader, [this](uint16_t code, Bytes value) {
      if (code == kCommentOption && as_text(value).find("CLIENT_") != std::string_view::npos) {
        keep_secret(kTlsKeyLog, value);
      }
    });
    return Step::passed;
  }

  Step read_interface(ByteReader reader) {
    if (interfaces_.size() >= limits_.interfaces_per_section) {
      return damaged("a section has too many interfaces");
    }
    Interface made;
    made.link_type = u16(reader);
    reader.skip(2);
    made.snaplen = u32(reader);
    if (!reader.ok()) return damaged("an interface description is too short");
    for_each_option(reader, [&](uint16_t code, Bytes value) {
      ByteReader option(value);
      if (code == kResolutionOption && !value.empty()) made.ticks_per_second = ticks_of(value[0]);
      if (code == kOffsetOption && value.size() == 8) {
        made.offset_seconds = static_cast<int64_t>(little_ ? option.le64() : option.be64());
      }
    });
    const bool whole = 1'000'000'000u % made.ticks_per_second == 0;
    made.nanoseconds_per_tick = whole ? 1'000'000'000u / made.ticks_per_second : 0;
    interfaces_.push_back(made);
    return Step::passed;
  }

  Step read_enhanced(ByteReader reader, RawPacket& packet) {
    const uint32_t interface = u32(reader);
    return read_timed(reader, interface, packet);
  }

  Step read_old(ByteReader reader, RawPacket& packet) {
    const uint16_t interface = u16(reader);
    reader.skip(2);  // drops
    return read_timed(reader, interface, packet);
  }

  Step read_timed(ByteReader& reader, uint32_t interface, RawPacket& packet) {
    const uint64_t high = u32(reader), low = u32(reader);
    const uint32_t captured = u32(reader);
    packet.original_length = u32(reader);
    packet.octets = reader.bytes(captured);
    if (!reader.ok()) {
      return damaged(fmt::format("a packet claims {} octets, more than its block has", captured));
    }
    if (interface >= interfaces_.size()) {
      return damaged(fmt::format("a packet names interface {}, which was not described", interface));
    }
    packet.link_type = interfaces_[interface].link_type;
    packet.time.nanoseconds = to_nanoseconds(high << 32 | low, interfaces_[interface]);
    return Step::packet;
  }

  Step read_simple(ByteReader reader, RawPacket& packet) {
    packet.original_length = u32(reader);
    if (interfaces_.empty()) return damaged("a simple packet before any interface");
    const Interface& of = interfaces_.front();
    size_t captured = std::min<size_t>(packet.original_length, reader.remaining());
    if (of.snaplen != 0) captured = std::min<size_t>(captured, of.snaplen);
    packet.octets = reader.bytes(captured);
    packet.link_type = of.link_type;
    packet.time = {};  // simple packets have none
    return Step::packet;
  }

  Step read_secrets(ByteReader reader) {
    const uint32_t type = u32(reader), length = u32(reader);
    const Bytes data = reader.bytes(length);
    if (!reader.ok()) return damaged("a secrets block is shorter than it claims");
    keep_secret(type, data);
    return Step::passed;
  }

  void keep_secret(uint32_t type, Bytes data) {
    const size_t cost = data.size() + kSecretOverhead;
    if (cost > limits_.secrets_octets - secret_octets_) return;
    secret_octets_ += cost;
    secrets_.push_back({type, std::string(as_text(data))});
  }

  /// Options are best-effort: a broken list ends them and harms nothing else.
  template <class Use>
  void for_each_option(ByteReader& reader, Use use) {
    while (reader.remaining() >= 4) {
      const uint16_t code = u16(reader), length = u16(reader);
      const Bytes value = reader.bytes(length);
      if (!reader.ok() || code == 0) return;
      use(code, value);
      reader.skip(std::min(padding_of(length), reader.remaining()));
    }
  }

  const Limits& limits_;
  bool little_ = true;
  std::vector<Interface> interfaces_;
  size_t secret_octets_ = 0;
  bool passes_over_packets_ = false;
};

}  // namespace

std::unique_ptr<Format> pcapng_format(Bytes beginning, const Limits& limits) {
  ByteReader reader(beginning);
  if (reader.be32() != kSectionHeader || !reader.ok()) return nullptr;
  reader.skip(4);  // the block's length, in a byte order not known yet
  const Bytes magic = reader.bytes(4);
  if (!magic.empty() && ByteReader(magic).le32() != kByteOrderMagic &&
      ByteReader(magic).be32() != kByteOrderMagic) {
    return nullptr;
  }
  return std::make_unique<Pcapng>(limits);
}

}  // namespace parlance::capture
