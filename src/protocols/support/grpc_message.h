// gRPC's length-prefixed messages (PROTOCOL-HTTP2.md of gRPC): an octet of flags, four of length,
// big-endian, the message.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace parlance {

constexpr size_t kGrpcPrefix = 5;  ///< octets in front of a message

struct GrpcMessage {
  bool trailers = false;  ///< gRPC-Web: fields, as in HTTP/1, in place of a message
  Bytes content;
};

/// The message at the front of `octets`; false if there is no whole one or its flags are none.
bool read_grpc_message(Bytes octets, GrpcMessage& message);

/// Goes on from `from`, where a message begins, over whole messages of `run`; returns where the first
/// one begins that is not whole. That is the end of `run` if messages fill it exactly.
size_t pass_over_grpc_messages(Bytes run, size_t from);

}  // namespace parlance
