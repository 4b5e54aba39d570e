// Phoenix channels. Serializer 2 sends arrays [join_ref, ref, topic, event, payload], serializer 1
// objects with these names; phx_join and phx_reply open each topic, a heartbeat keeps the socket.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"join",
     Direction::to_server,
     Strength::strong,
     JsonType::array,
     5,
     {{"2", JsonType::string}, {"3", JsonType::string, "phx_join"}, {"4", JsonType::object}},
     "the client joins a topic with phx_join"},
    {"reply",
     Direction::to_client,
     Strength::strong,
     JsonType::array,
     5,
     {{"2", JsonType::string},
      {"3", JsonType::string, "phx_reply"},
      {"4", JsonType::object, {}, "\"status\""}},
     "the server answers with phx_reply and a status"},
    {"heartbeat",
     Direction::to_server,
     Strength::strong,
     JsonType::array,
     5,
     {{"2", JsonType::string, "phoenix"},
      {"3", JsonType::string, "heartbeat"},
      {"4", JsonType::object}},
     "a heartbeat on the topic phoenix"},
    {"join",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"topic", JsonType::string}, {"event", JsonType::string, "phx_join"}, {"payload"}, {"ref"}},
     "the client joins a topic with phx_join"},
    {"reply",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"topic", JsonType::string},
      {"event", JsonType::string, "phx_reply"},
      {"payload", JsonType::object, {}, "\"status\""}},
     "the server answers with phx_reply and a status"},
};
constexpr JsonDialect kDialect{kShapes, "a join or heartbeat of the client and the server's reply"};

}  // namespace

extern const ParserModule kPhoenix;
const ParserModule kPhoenix{"phoenix", Unit::message,
                            [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
