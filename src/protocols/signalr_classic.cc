// SignalR of the .NET Framework: JSON objects with one-letter names. The server sends C (a cursor)
// and M (messages), the client H (a hub), M (a method), A (arguments) and I (a number).
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"hub-call",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"H", JsonType::string}, {"M", JsonType::string}, {"A", JsonType::array}, {"I"}},
     "a call of a hub's method: H, M, A and I"},
    {"hub-messages",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"C", JsonType::string}, {"M", JsonType::array}},
     "the server's cursor C and messages M"},
};
constexpr JsonDialect kDialect{kShapes, "a hub's call and the server's messages"};

}  // namespace

extern const ParserModule kSignalrClassic;
const ParserModule kSignalrClassic{"signalr_classic", Unit::message,
                                   [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
