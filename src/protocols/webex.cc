// Webex's Mercury, the event socket of its messaging (layout: webex-js-sdk,
// internal-plugin-mercury): the client authorises itself in its first message; the server's events
// have an id, a tracking id and data with an eventType, and the client acknowledges each by its id.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr auto kClient = Direction::to_server, kServer = Direction::to_client;
constexpr auto kObject = JsonType::object;

constexpr JsonShape kShapes[] = {
    {"state",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"id", JsonType::string}, {"data", kObject, {}, "\"eventType\":\"mercury."}},
     "a state of Mercury itself",
     "id"},
    {"event",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"id", JsonType::string},
      {"data", kObject, {}, "\"eventType\":"},
      {"timestamp", JsonType::number},
      {"trackingId", JsonType::string}},
     "an event with its type and tracking id",
     "id"},
    {"acknowledgement",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"messageId", JsonType::string}, {"type", JsonType::string, "ack"}},
     "an event is acknowledged",
     "messageId"},
};
constexpr JsonDialect kDialect{kShapes, "an event and the acknowledgement that repeats its id",
                               '\0', true};

}  // namespace

extern const ParserModule kWebex;
const ParserModule kWebex{"webex", Unit::message,
                          [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
