#include "protocols/support/protobuf.h"

namespace parlance {

bool read_varint(ByteReader& reader, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const uint8_t octet = reader.u8();
    if (!reader.ok()) return false;
    if (shift == 63 && octet > 1) return false;  // more than 64 bits
    value |= static_cast<uint64_t>(octet & 0x7f) << shift;
    if ((octet & 0x80) == 0) return true;
  }
  return false;
}

bool ProtobufReader::next(ProtobufField& field) {
  if (failed_ || reader_.at_end()) return false;
  failed_ = true;  // until the field is whole
  uint64_t tag = 0;
  uint64_t length = 0;
  if (!read_varint(reader_, tag) || tag >> 3 == 0 || tag > 0xffffffff) return false;
  field = {};
  field.number = static_cast<uint32_t>(tag >> 3);
  field.wire_type = static_cast<uint8_t>(tag & 7);
  switch (field.wire_type) {
    case 0:
      if (!read_varint(reader_, field.value)) return false;
      break;
    case 1:
      field.octets = reader_.bytes(8);
      break;
    case 2:
      if (!read_varint(reader_, length) || length > reader_.remaining()) return false;
      field.octets = reader_.bytes(static_cast<size_t>(length));
      break;
    case 5:
      field.octets = reader_.bytes(4);
      break;
    default:  // 3 and 4 (groups) are long gone, 6 and 7 never were
      return false;
  }
  failed_ = !reader_.ok();
  return !failed_;
}

bool is_protobuf(Bytes message) {
  ProtobufReader reader(message);
  ProtobufField field;
  while (reader.next(field)) {
  }
  return !reader.failed();
}

}  // namespace parlance
