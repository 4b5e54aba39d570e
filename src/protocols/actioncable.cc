// Action Cable of Ruby on Rails (subprotocol actioncable-v1-json): the server greets with welcome
// and pings, the client subscribes to a channel that is named by a JSON text inside a JSON string.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"welcome",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"type", JsonType::string, "welcome"}},
     "the server greets"},
    {"ping",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     2,
     {{"type", JsonType::string, "ping"}, {"message", JsonType::number}},
     "the server pings with its time"},
    {"subscribe",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"command", JsonType::string, "subscribe"},
      {"identifier", JsonType::string, {}, "\\\"channel\\\""}},
     "the client subscribes to a channel named by JSON inside a string"},
    {"message",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"command", JsonType::string, "message"},
      {"identifier", JsonType::string, {}, "\\\"channel\\\""},
      {"data", JsonType::string}},
     "the client sends to a channel named by JSON inside a string"},
    {"confirm",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "confirm_subscription"},
      {"identifier", JsonType::string, {}, "\\\"channel\\\""}},
     "the server confirms a subscription"},
};
constexpr JsonDialect kDialect{kShapes,
                               "the server's greeting or answer and the client's subscription"};

}  // namespace

extern const ParserModule kActioncable;
const ParserModule kActioncable{"actioncable", Unit::message,
                                [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
