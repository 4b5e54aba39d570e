// gRPC (PROTOCOL-HTTP2.md and PROTOCOL-WEB.md of https://github.com/grpc/grpc) in HTTP bodies: each
// comes here with its Content-Type already said to be gRPC's, a whole body or a run of whole DATA
// frames. It is proven where length-prefixed messages fill it exactly; an octet more or less
// refutes nothing, for a body may have been too long to be kept. The path of the first call names a
// service; where only one application has it and messages answer messages, it is that
// application's.
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "protocols/parser.h"
#include "protocols/support/grpc_message.h"

namespace parlance {
namespace {

constexpr size_t kStrange = 16;  // bodies that are no messages

/// Services that only one application has, by how their path begins.
struct Service {
  std::string_view path;
  std::string_view application;
};
constexpr Service kServices[] = {
    {"/messagingcoreservice.MessagingCoreService/", "snapchat"},
    {"/snapchat.", "snapchat"},
};

/// Whose service is called; nullptr: one of many. Behind its name a path has the method's.
const Service* service_of(const Parameters* parameters) {
  if (parameters == nullptr) return nullptr;
  const std::string_view path = find(*parameters, "path");
  if (path.find('/', 1) == std::string_view::npos) return nullptr;
  const auto found = std::find_if(std::begin(kServices), std::end(kServices),
                                  [&](const Service& each) { return path.starts_with(each.path); });
  return found == std::end(kServices) ? nullptr : found;
}

class Grpc : public Parser {
 public:
  explicit Grpc(const Start& start)
      : agreed_(start.agreed && start.carrier == Carrier::http),
        service_(service_of(start.parameters)) {}

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
      findings.confirm(
          Strength::proof, "messages", place,
          "the content type is gRPC's and length-prefixed messages fill the body exactly");
    }
    GrpcMessage message;
    while (read_grpc_message(octets, message)) {
      if (!message.trailers) {
        name_service(place, findings);
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
  /// The path is a word of the client's alone until messages answer; trailers alone may refuse it.
  void name_service(const Place& place, Findings& findings) {
    came_[index(place.direction)] = true;
    if (service_ == nullptr) return;
    if (came_[0] && came_[1]) {
      findings.support(service_->application, Strength::proof, "answered-call", place,
                       "a service that only it has is called, and gRPC messages go both ways");
      service_ = nullptr;
    } else if (place.direction == Direction::to_server && !std::exchange(called_, true)) {
      findings.support(service_->application, Strength::strong, "call", place,
                       "a gRPC message calls a service that only it has");
    }
  }

  bool agreed_;
  const Service* service_;         // nullptr: none known, or nothing is left to be said of it
  bool came_[2] = {false, false};  // whole messages of that side
  bool called_ = false;
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
