// gRPC (PROTOCOL-HTTP2.md and PROTOCOL-WEB.md of https://github.com/grpc/grpc) in HTTP bodies: each comes
// here with its Content-Type already said to be gRPC's, a whole body or a run of whole DATA frames. It is
// proven where length-prefixed messages fill it exactly; an octet more or less refutes nothing, for a body
// may have been too long to be kept.
#include <utility>

#include "protocols/parser.h"
#include "protocols/support/grpc_message.h"

namespace parlance {
namespace {

constexpr size_t kStrange = 16;  // bodies that are no messages

class Grpc : public Parser {
 public:
  explicit Grpc(const Start& start) : agreed_(start.agreed && start.carrier == Carrier::http) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (!agreed_) return findings.refute("the content type is not gRPC's");
    // A message's prefix is shown; what follows is what people say.
    const Place place{direction, offsets_[index(direction)], first_of(octets, kGrpcPrefix)};
    offsets_[index(direction)] += octets.size();
    if (octets.empty()) return;
    if (pass_over_grpc_messages(octets, 0) != octets.size()) {
      if (++strange_ < kStrange) return;
      return said_ ? findings.finish() : findings.refute("bodies that are no gRPC messages");
    }
    if (!std::exchange(said_, true)) {
      findings.confirm(Strength::proof, "messages", place,
                       "the content type is gRPC's and length-prefixed messages fill the body exactly");
    }
    GrpcMessage message;
    while (read_grpc_message(octets, message)) {
      if (!message.trailers) {
        findings.count(direction == Direction::to_server ? "grpc.messages_toserver"
                                                         : "grpc.messages_toclient");
      }
      octets = octets.subspan(kGrpcPrefix + message.content.size());
    }
  }

  /// Bodies stand alone, so a missing one does not matter.
  void gap(Direction direction, uint64_t length, Findings&) override {
    offsets_[index(direction)] += length;
  }

 private:
  bool agreed_;
  bool said_ = false;
  size_t strange_ = 0;
  uint64_t offsets_[2] = {0, 0};
};

}  // namespace

extern const ParserModule kGrpc;
const ParserModule kGrpc{"grpc", Unit::message, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Grpc>(start);
                         }};

}  // namespace parlance
