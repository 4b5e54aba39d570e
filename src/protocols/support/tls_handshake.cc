#include "protocols/support/tls_handshake.h"

#include "base/byte_reader.h"

namespace parlance {

void HandshakeAssembler::append(Bytes fragment, uint64_t offset) {
  if (input_.kept() == 0) offset_ = offset;
  view_ = input_.append(fragment);
  used_ = 0;
}

void HandshakeAssembler::settle() {
  input_.consume(used_);
  view_ = {};
  used_ = 0;
}

uint32_t HandshakeAssembler::claimed() const {
  ByteReader reader(rest());
  reader.skip(1);
  return reader.be24();
}

std::optional<HandshakeAssembler::Message> HandshakeAssembler::next() {
  const Bytes all = rest();
  if (all.size() < kHeader) return std::nullopt;
  const size_t length = kHeader + claimed();
  if (all.size() < length) return std::nullopt;
  const Message message{all[0], all.first(length), offset_};
  used_ += length;
  offset_ += length;
  return message;
}

bool HandshakeAssembler::claims_more_than(size_t limit) const {
  return claimed() > limit;
}

}  // namespace parlance
