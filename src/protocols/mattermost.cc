// Mattermost's event socket (/api/v4/websocket): the server's events carry event, data, broadcast
// and seq; the client's requests seq and action, and each is answered with its seq in seq_reply.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"event",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"event", JsonType::string},
      {"data", JsonType::object},
      {"broadcast", JsonType::object, {}, "\"channel_id\""},
      {"seq", JsonType::number}},
     "an event with data, broadcast and seq"},
    {"request",
     Direction::to_server,
     Strength::none,
     JsonType::object,
     0,
     {{"seq", JsonType::number}, {"action", JsonType::string}},
     "a request with seq and action",
     "seq"},
    {"reply",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"status", JsonType::string, "OK"}, {"seq_reply", JsonType::number}},
     "the answer to a request",
     "seq_reply"},
};
constexpr JsonDialect kDialect{kShapes, "an answer with the number of its request"};

}  // namespace

extern const ParserModule kMattermost;
const ParserModule kMattermost{"mattermost", Unit::message,
                               [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
