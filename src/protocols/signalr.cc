// SignalR. ASP.NET Core: JSON records, each ended by the octet 1E; the client's first names the
// protocol, the server's first is empty. Classic (.NET Framework): JSON objects with one-letter
// names.
#include <memory>

#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"handshake-request",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     2,
     {{"protocol", JsonType::string}, {"version", JsonType::number}},
     "the handshake: protocol and version, ended by the octet 1E"},
    {"handshake-answer",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {},
     "the handshake's answer, ended by the octet 1E"},
    {"invocation",
     std::nullopt,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::number, "1"},
      {"target", JsonType::string},
      {"arguments", JsonType::array}},
     "an invocation: type 1, target and arguments, ended by the octet 1E"},
};
constexpr JsonDialect kDialect{kShapes, "records of both sides, each ended by the octet 1E",
                               '\x1e'};

}  // namespace

extern const ParserModule kSignalr;
const ParserModule kSignalr{"signalr", Unit::message,
                            [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
