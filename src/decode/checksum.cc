#include "decode/checksum.h"

#include <bit>
#include <cstring>
#include <limits>

namespace parlance::decode {
namespace {

template <class Word>
uint64_t load(const uint8_t* octets) {
  Word value = 0;
  std::memcpy(&value, octets, sizeof value);
  return value;
}

uint64_t halves(uint64_t word) {
  return (word & 0xFFFFFFFF) + (word >> 32);
}

}  // namespace

// A sum of words does not depend on their byte order but for the order of the result's octets, and
// a sum of 32-bit words folds to that of 16-bit words (RFC 1071 section 2). Halves that are added
// apart keep the processor's adders busy and cannot overflow: a packet has far below 2^32 words.
void InternetSum::add(Bytes octets) {
  const uint8_t* at = octets.data();
  size_t left = octets.size();
  uint64_t low = 0;
  uint64_t high = 0;
  for (; left >= 16; left -= 16, at += 16) {
    const uint64_t first = load<uint64_t>(at);
    const uint64_t second = load<uint64_t>(at + 8);
    low += (first & 0xFFFFFFFF) + (second & 0xFFFFFFFF);
    high += (first >> 32) + (second >> 32);
  }
  sum_ += low + high;
  if ((left & 8) != 0) {
    sum_ += halves(load<uint64_t>(at));
    at += 8;
  }
  if ((left & 4) != 0) {
    sum_ += load<uint32_t>(at);
    at += 4;
  }
  if ((left & 2) != 0) {
    sum_ += load<uint16_t>(at);
    at += 2;
  }
  if ((left & 1) != 0) {
    const std::array<uint8_t, 2> padded{*at, 0};
    sum_ += load<uint16_t>(padded.data());
  }
}

uint16_t InternetSum::folded() const {
  uint64_t sum = halves(halves(sum_));
  for (int fold = 0; fold < 2; ++fold) sum = (sum & 0xFFFF) + (sum >> 16);
  const auto native = static_cast<uint16_t>(sum);
  if constexpr (std::endian::native == std::endian::big) return native;
  return static_cast<uint16_t>(native << 8 | native >> 8);
}

// An IPv4 address is followed by zeros, which add nothing.
InternetSum pseudo_header_sum(const FiveTuple& tuple, uint32_t length) {
  const std::array<uint8_t, 8> rest{static_cast<uint8_t>(length >> 24),
                                    static_cast<uint8_t>(length >> 16),
                                    static_cast<uint8_t>(length >> 8),
                                    static_cast<uint8_t>(length),
                                    0,
                                    0,
                                    0,
                                    static_cast<uint8_t>(tuple.transport)};
  InternetSum sum;
  sum.add(tuple.source.address.octets);
  sum.add(tuple.destination.address.octets);
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
  const uint8_t* octets = address.octets.data();
  const uint64_t mixed =
      (load<uint64_t>(octets) ^ load<uint64_t>(octets + 8) * 3) * 0x9E3779B97F4A7C15;
  return senders_[mixed >> 52];
}

}  // namespace parlance::decode
