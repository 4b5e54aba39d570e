// Mozilla's push service over WebSocket (autopush-rs, docs/src/websocket.md; before it SimplePush):
// JSON objects with a messageType. Both sides say hello, the server with the id of the user agent;
// channels have UUIDs, which registrations, notifications and their acknowledgements repeat.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr auto kClient = Direction::to_server, kServer = Direction::to_client;
constexpr auto kObject = JsonType::object;
constexpr auto kString = JsonType::string;

constexpr JsonShape kShapes[] = {
    {"hello",
     kClient,
     Strength::strong,
     kObject,
     0,
     {{"messageType", kString, "hello"}, {"use_webpush", JsonType::boolean}},
     "a user agent says hello"},
    {"hello-with-channels",
     kClient,
     Strength::strong,
     kObject,
     0,
     {{"messageType", kString, "hello"}, {"channelIDs", JsonType::array}},
     "a user agent says hello, with its channels"},
    {"server-hello",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"messageType", kString, "hello"}, {"uaid", kString}, {"status", JsonType::number}},
     "the server says hello, with the user agent's id"},
    {"register",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"messageType", kString, "register"}, {"channelID", kString}},
     "a channel is asked for",
     "channelID"},
    {"registered",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"messageType", kString, "register"},
      {"channelID", kString},
      {"pushEndpoint", kString},
      {"status", JsonType::number}},
     "a channel is registered, and where to push to it",
     "channelID"},
    {"notification",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"messageType", kString, "notification"}, {"channelID", kString}, {"version"}},
     "a notification of a channel",
     "channelID"},
    {"acknowledgement",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"messageType", kString, "ack"}, {"updates", JsonType::array, {}, "\"channelID\""}},
     "a channel's notification is acknowledged",
     "updates"},
};
constexpr JsonDialect kDialect{kShapes, "hello of both sides, or a channel's UUID comes back"};

}  // namespace

extern const ParserModule kAutopush;
const ParserModule kAutopush{"autopush", Unit::message,
                             [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
