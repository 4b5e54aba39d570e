// The only place that turns octets of the wire into numbers.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace parlance {

/// Reads forward through borrowed octets and cannot run past their end.
///
/// A read that asks for more than is left returns zero (or nothing), moves to the end and makes
/// `ok()` false for good, so a parser may read a whole header and check once. A length-prefixed
/// part is a reader of its own: `ByteReader part = reader.sub(length)`.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  /// False once a read asked for more than was left.
  bool ok() const { return ok_; }
  bool at_end() const { return position_ == bytes_.size(); }
  /// Octets read so far, from the start of this reader.
  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  /// What has not been read; valid as long as the octets given to the constructor.
  Bytes rest() const { return bytes_.subspan(position_); }

  uint8_t u8() { return take(1) ? bytes_[position_ - 1] : uint8_t{0}; }
  uint16_t be16() { return number<uint16_t, std::endian::big>(); }
  uint32_t be24() {
    if (!take(3)) return 0;
    return uint32_t{bytes_[position_ - 3]} << 16 | word<uint16_t, std::endian::big>(2);
  }
  uint32_t be32() { return number<uint32_t, std::endian::big>(); }
  uint64_t be48() {
    if (!take(6)) return 0;
    return uint64_t{word<uint16_t, std::endian::big>(6)} << 32 |
           word<uint32_t, std::endian::big>(4);
  }
  uint64_t be64() { return number<uint64_t, std::endian::big>(); }
  uint16_t le16() { return number<uint16_t, std::endian::little>(); }
  uint32_t le32() { return number<uint32_t, std::endian::little>(); }
  uint64_t le64() { return number<uint64_t, std::endian::little>(); }

  /// The next octet without moving, or 0 (and ok() stays as it is) at the end.
  uint8_t peek() const { return at_end() ? 0 : bytes_[position_]; }

  /// The next `count` octets as a view; empty and not ok() if fewer are left.
  Bytes bytes(size_t count) {
    if (!take(count)) return {};
    return bytes_.subspan(position_ - count, count);
  }
  /// A reader over the next `count` octets; an empty one and not ok() if fewer are left.
  ByteReader sub(size_t count) { return ByteReader(bytes(count)); }
  void skip(size_t count) { take(count); }

 private:
  bool take(size_t count) {
    if (count > remaining()) {
      position_ = bytes_.size();
      ok_ = false;
      return false;
    }
    position_ += count;
    return true;
  }
  template <class Word, std::endian kOrder>
  Word number() {
    return take(sizeof(Word)) ? word<Word, kOrder>(sizeof(Word)) : Word{0};
  }
  /// The word that begins `back` octets, taken before, in front of the position. Loaded as a whole:
  /// compilers make a loop over its octets of anything else.
  template <class Word, std::endian kOrder>
  Word word(size_t back) const {
    Word value = 0;
    std::memcpy(&value, bytes_.data() + (position_ - back), sizeof value);
    if constexpr (kOrder == std::endian::native) return value;
    if constexpr (sizeof value == 2) return static_cast<Word>(value << 8 | value >> 8);
    if constexpr (sizeof value == 4) return __builtin_bswap32(value);
    if constexpr (sizeof value == 8) return __builtin_bswap64(value);
  }

  Bytes bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace parlance
