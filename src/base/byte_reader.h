// The only place that turns octets of the wire into numbers.
#pragma once

#include <cstdint>

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

  uint8_t u8() { return static_cast<uint8_t>(big(1)); }
  uint16_t be16() { return static_cast<uint16_t>(big(2)); }
  uint32_t be24() { return static_cast<uint32_t>(big(3)); }
  uint32_t be32() { return static_cast<uint32_t>(big(4)); }
  uint64_t be48() { return big(6); }
  uint64_t be64() { return big(8); }
  uint16_t le16() { return static_cast<uint16_t>(little(2)); }
  uint32_t le32() { return static_cast<uint32_t>(little(4)); }
  uint64_t le64() { return little(8); }

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
  uint64_t big(size_t count) {
    if (!take(count)) return 0;
    uint64_t value = 0;
    for (size_t i = position_ - count; i < position_; ++i) value = value << 8 | bytes_[i];
    return value;
  }
  uint64_t little(size_t count) {
    if (!take(count)) return 0;
    uint64_t value = 0;
    for (size_t i = position_; i > position_ - count; --i) value = value << 8 | bytes_[i - 1];
    return value;
  }

  Bytes bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace parlance
