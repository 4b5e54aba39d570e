// What is made of the streams of a QUIC connection: each protocol on QUIC uses them in its own way.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocols/parser.h"

namespace parlance {

/// RFC 9000 section 2.1.
constexpr bool is_client_stream(uint64_t stream) {
  return (stream & 1) == 0;
}
constexpr bool is_one_way_stream(uint64_t stream) {
  return (stream & 2) != 0;
}

/// Takes the octets of all streams of one connection, each direction of each stream in order.
class QuicApplication {
 public:
  virtual ~QuicApplication() = default;

  /// The next octets of a direction of a stream; none with `last` if it ends only now.
  virtual void data(uint64_t stream, Direction direction, Bytes octets, bool last,
                    Findings& findings) = 0;
  /// Octets are missing here: `length` of them. 0: nobody knows how many, and nothing follows.
  virtual void gap(uint64_t stream, Direction direction, uint64_t length, Findings& findings) = 0;
  /// False once nobody listens to any stream.
  virtual bool listening(const Findings& findings) const = 0;
};

/// What speaks `alpn` (RFC 7301): HTTP/3 and DNS have all streams read as one; of any other protocol
/// the first streams become a channel each.
std::unique_ptr<QuicApplication> make_quic_application(std::string_view alpn);

}  // namespace parlance
