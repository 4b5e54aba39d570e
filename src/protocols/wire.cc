// Wire's notification sockets (https://docs.wire.com): /await pushes notifications, an id and a
// payload of events whose types begin with "conversation." or "user.", and the client is silent;
// /events wraps them and has the client acknowledge their delivery tags.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr auto kClient = Direction::to_server, kServer = Direction::to_client;
constexpr auto kObject = JsonType::object;

/// A notification with an event of a type that only Wire has, as written in its payload.
constexpr JsonShape own_event(std::string_view what, std::string_view type) {
  return {what,
          kServer,
          Strength::strong,
          kObject,
          0,
          {{"id", JsonType::string}, {"payload", JsonType::array, {}, type}},
          "a notification with an event of a type that only Wire has",
          {},
          {},
          {},
          "id"};
}

constexpr JsonShape kShapes[] = {
    own_event("otr-message", R"("type":"conversation.otr-message-add")"),
    own_event("mls-message", R"("type":"conversation.mls-message-add")"),
    own_event("mls-welcome", R"("type":"conversation.mls-welcome")"),
    own_event("receipt-mode", R"("type":"conversation.receipt-mode-update")"),
    own_event("message-timer", R"("type":"conversation.message-timer-update")"),
    own_event("legal-hold", R"("type":"user.legalhold-)"),
    {"conversation-event",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"id", JsonType::string}, {"payload", JsonType::array, {}, "\"type\":\"conversation."}},
     "a notification with an event of a conversation"},
    {"user-event",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"id", JsonType::string}, {"payload", JsonType::array, {}, "\"type\":\"user."}},
     "a notification with an event of a user"},
    {"event",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"type", JsonType::string, "event"}, {"data", kObject, {}, "\"delivery_tag\":"}},
     "an event with its delivery tag"},
    {"acknowledgement",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"type", JsonType::string, "ack"}, {"data", kObject, {}, "\"delivery_tag\":"}},
     "a delivery tag is acknowledged"},
};
constexpr JsonDialect kDialect{kShapes,
                               "events with delivery tags, and the client's acknowledgement"};

}  // namespace

extern const ParserModule kWire;
const ParserModule kWire{"wire", Unit::message,
                         [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
