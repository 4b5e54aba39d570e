// Slack's sockets (https://docs.slack.dev): JSON objects with a "type". Real-time messaging (RTM)
// greets with the host_id of a gateway and answers ids in reply_to; Socket Mode sends envelopes,
// whose envelope_id the client acknowledges. Most of the words are words that anyone might use.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr auto kClient = Direction::to_server, kServer = Direction::to_client;
constexpr auto kObject = JsonType::object;

constexpr JsonShape kShapes[] = {
    {"hello",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"type", JsonType::string, "hello"}, {"host_id", JsonType::string, {}, "gs-"}},
     "a hello with the host_id of a gateway"},
    {"socket-mode-hello",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"type", JsonType::string, "hello"},
      {"num_connections", JsonType::number},
      {"connection_info", kObject, {}, "\"app_id\""}},
     "a hello with the app's id and the number of its connections"},
    {"envelope",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"envelope_id", JsonType::string},
      {"type", JsonType::string},
      {"payload", kObject},
      {"accepts_response_payload", JsonType::boolean}},
     "an envelope of Socket Mode",
     "envelope_id",
     {},
     "envelope"},
    {"acknowledgement",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"envelope_id", JsonType::string}},
     "an envelope is acknowledged",
     "envelope_id",
     {},
     "envelope"},
    {"message",
     kServer,
     Strength::strong,
     kObject,
     0,
     {{"type", JsonType::string, "message"},
      {"channel", JsonType::string},
      {"ts", JsonType::string, {}, "."},
      {"event_ts", JsonType::string, {}, "."}},
     "a message with its channel and two time stamps"},
    {"request",
     kClient,
     Strength::none,
     kObject,
     0,
     {{"type", JsonType::string}, {"id", JsonType::number}},
     "a request with an id",
     "id"},
    {"pong",
     kServer,
     Strength::none,
     kObject,
     0,
     {{"type", JsonType::string, "pong"}, {"reply_to", JsonType::number}},
     "a pong that names its ping",
     "reply_to"},
    {"reply",
     kServer,
     Strength::none,
     kObject,
     0,
     {{"ok", JsonType::boolean}, {"reply_to", JsonType::number}},
     "the answer to a message",
     "reply_to"},
};
constexpr JsonDialect kDialect{
    kShapes, "a message of Slack's own, and an id that the other side repeats", '\0', true};

}  // namespace

extern const ParserModule kSlack;
const ParserModule kSlack{"slack", Unit::message,
                          [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
