#include "protocols/support/grpc_message.h"

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr uint8_t kCompressed = 0x01, kTrailers = 0x80;

}  // namespace

bool read_grpc_message(Bytes octets, GrpcMessage& message) {
  ByteReader reader(octets);
  const uint8_t flags = reader.u8();
  message.trailers = (flags & kTrailers) != 0;
  message.content = reader.bytes(reader.be32());
  return reader.ok() && (flags & ~(kCompressed | kTrailers)) == 0;
}

size_t pass_over_grpc_messages(Bytes run, size_t from) {
  GrpcMessage message;
  while (from < run.size() && read_grpc_message(run.subspan(from), message)) {
    from += kGrpcPrefix + message.content.size();
  }
  return from;
}

}  // namespace parlance
