// The Internet checksum (RFC 1071), and whom to believe about it.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "model/five_tuple.h"

namespace parlance::decode {

/// Ones' complement sum of 16-bit words. Only the last part added may have an odd length.
class InternetSum {
 public:
  void add(Bytes octets);
  /// The sum, not complemented, as a number in network byte order.
  uint16_t folded() const;

 private:
  friend InternetSum pseudo_header_sum(const FiveTuple& tuple, uint32_t length);
  void add_word(uint64_t word) {
    // What overflows is worth 1 (RFC 1071 section 2 (B)); it cannot overflow again.
    const bool carry = __builtin_add_overflow(sum_, word, &sum_);
    sum_ += carry ? 1U : 0U;
  }

  uint64_t sum_ = 0;  ///< of 64-bit words in the machine's byte order, carries added at the low end
};

/// The sum of the pseudo-header of RFC 9293 section 3.1 and RFC 8200 section 8.1.
InternetSum pseudo_header_sum(const FiveTuple& tuple, uint32_t length);

/// Remembers whose sums were right, in a table of fixed size.
class SenderTable {
 public:
  struct Sender {
    uint8_t right = 0;
    uint8_t wrong = 0;

    void count(bool was_right);
    /// Some sums were right, and not just one in a while by chance or from another sender.
    bool credible() const { return right > 0 && wrong <= 8 * right; }
  };
  Sender& of(const IpAddress& address);

 private:
  std::array<Sender, 4096> senders_{};
};

}  // namespace parlance::decode
