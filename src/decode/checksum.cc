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

/// `number` as a word in memory whose octets are in network byte order.
uint64_t in_network_order(uint16_t number) {
  const std::array<uint8_t, 2> octets{static_cast<uint8_t>(number >> 8),
                                      static_cast<uint8_t>(number)};
  return load<uint16_t>(octets.data());
}

/// The last octets, fewer than eight, followed by zeros.
uint64_t load_tail(const uint8_t* at, size_t left) {
  uint64_t sum = 0;
  if ((left & 4) != 0) {
    sum += load<uint32_t>(at);
    at += 4;
  }
  if ((left & 2) != 0) {
    sum += load<uint16_t>(at);
    at += 2;
  }
  if ((left & 1) != 0) sum += in_network_order(static_cast<uint16_t>(*at << 8));
  return sum;
}

/// The sum of the halves of `words` 64-bit words, fewer than 2^31: compilers add as many at a time as they may.
[[gnu::always_inline]] inline uint64_t sum_of_words(const uint8_t* at, size_t words) {
  uint64_t low = 0, high = 0;
  for (size_t i = 0; i < words; ++i) {
    const uint64_t word = load<uint64_t>(at + i * sizeof(uint64_t));
    low += word & 0xFFFFFFFF;
    high += word >> 32;
  }
  return low + high;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] uint64_t sum_with_avx2(const uint8_t* at, size_t words) {
  return sum_of_words(at, words);
}
#endif

uint64_t sum_on_this_processor(const uint8_t* at, size_t words) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return sum_with_avx2(at, words);
#endif
  return sum_of_words(at, words);
}

}  // namespace

// A sum of words does not depend on their byte order but for the order of the result's octets, and
// a sum of 32-bit words folds to that of 16-bit words (RFC 1071 section 2). The sum of fewer than 2^32 of
// them needs no carries.
void InternetSum::add(Bytes octets) {
  constexpr size_t kWord = sizeof(uint64_t);
  const size_t words = octets.size() / kWord;
  add_word(sum_on_this_processor(octets.data(), words));
  add_word(load_tail(octets.data() + words * kWord, octets.size() % kWord));
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
  InternetSum sum;
  for (const IpAddress* each : {&tuple.source.address, &tuple.destination.address}) {
    sum.add_word(load<uint64_t>(each->octets.data()));
    sum.add_word(load<uint64_t>(each->octets.data() + 8));
  }
  sum.add_word(in_network_order(static_cast<uint16_t>(length >> 16)) +
               in_network_order(static_cast<uint16_t>(length)) +
               in_network_order(static_cast<uint16_t>(tuple.transport)));
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
