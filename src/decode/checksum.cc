#include "decode/checksum.h"

#include <bit>
#include <cstring>
#include <limits>

namespace parlance::decode {
namespace {

uint64_t word(const uint8_t* octets) {
  uint64_t value = 0;
  std::memcpy(&value, octets, sizeof value);
  return value;
}

}  // namespace

// A sum of words does not depend on their byte order but for the order of the result's octets, and
// a sum of 32-bit words folds to that of 16-bit words (RFC 1071 section 2). Two halves of two sums
// keep the processor's adders busy and cannot overflow: a packet has far below 2^32 words.
void InternetSum::add(Bytes octets) {
  uint64_t low = 0;
  uint64_t high = 0;
  uint64_t low2 = 0;
  uint64_t high2 = 0;
  while (octets.size() >= 16) {
    const uint64_t first = word(octets.data());
    const uint64_t second = word(octets.data() + 8);
    low += first & 0xFFFFFFFF;
    high += first >> 32;
    low2 += second & 0xFFFFFFFF;
    high2 += second >> 32;
    octets = octets.subspan(16);
  }
  std::array<uint8_t, 16> tail{};
  if (!octets.empty()) std::memcpy(tail.data(), octets.data(), octets.size());
  const uint64_t first = word(tail.data());
  const uint64_t second = word(tail.data() + 8);
  sum_ += low + high + low2 + high2;
  sum_ += (first & 0xFFFFFFFF) + (first >> 32) + (second & 0xFFFFFFFF) + (second >> 32);
}

uint16_t InternetSum::folded() const {
  uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  const auto native = static_cast<uint16_t>(sum);
  if constexpr (std::endian::native == std::endian::big) return native;
  return static_cast<uint16_t>(native << 8 | native >> 8);
}

InternetSum pseudo_header_sum(const FiveTuple& tuple, uint32_t length) {
  InternetSum sum;
  sum.add(tuple.source.address.bytes());
  sum.add(tuple.destination.address.bytes());
  const std::array<uint8_t, 8> rest{static_cast<uint8_t>(length >> 24),
                                    static_cast<uint8_t>(length >> 16),
                                    static_cast<uint8_t>(length >> 8),
                                    static_cast<uint8_t>(length),
                                    0,
                                    0,
                                    0,
                                    static_cast<uint8_t>(tuple.transport)};
  sum.add(rest);
  return sum;
}

void SenderTable::Sender::count(bool was_right) {
  uint8_t& counter = was_right ? right : wrong;
  if (counter == std::numeric_limits<uint8_t>::max()) {
    right /= 2;
    wrong /= 2;
  }
  ++counter;
}

SenderTable::Sender& SenderTable::of(const IpAddress& address) {
  const uint64_t mixed =
      (word(address.octets.data()) ^ word(address.octets.data() + 8) * 3) * 0x9E3779B97F4A7C15;
  return senders_[mixed >> 52];
}

}  // namespace parlance::decode
