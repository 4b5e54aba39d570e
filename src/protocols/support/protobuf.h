// Walks protocol buffers without a schema (protobuf.dev, "Encoding").
#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace parlance {

/// One field of a message.
struct ProtobufField {
  uint32_t number = 0;
  uint8_t wire_type = 0;  ///< 0 varint, 1 eight octets, 2 length-delimited, 5 four octets
  uint64_t value = 0;     ///< of a varint
  Bytes octets;           ///< of a length-delimited or fixed field; borrowed
};

/// Reads the fields of one message in order.
class ProtobufReader {
 public:
  explicit ProtobufReader(Bytes message) : reader_(message) {}

  /// The next field; false at the end, and where the octets are no protobuf (then failed()).
  bool next(ProtobufField& field);
  bool failed() const { return failed_; }
  /// Octets of the message that were read.
  size_t position() const { return reader_.position(); }

 private:
  ByteReader reader_;
  bool failed_ = false;
};

/// A base-128 number of at most ten octets; false if it is longer or cut off.
bool read_varint(ByteReader& reader, uint64_t& value);

/// True if `message` is fields from its first octet to its last.
bool is_protobuf(Bytes message);

}  // namespace parlance
