// GraphQL over WebSocket, both dialects: the older "graphql-ws" (subscriptions-transport-ws: start,
// data, ka) and the newer "graphql-transport-ws" (subscribe, next), which the library named
// graphql-ws speaks. Messages are JSON objects with a "type".
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"connection-init",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "connection_init"}},
     "the client opens with connection_init"},
    {"connection-ack",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "connection_ack"}},
     "the server answers with connection_ack"},
    {"subscribe",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "subscribe"},
      {"id"},
      {"payload", JsonType::object, {}, "\"query\""}},
     "the client subscribes to a GraphQL query"},
    {"start",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "start"}, {"id"}, {"payload", JsonType::object, {}, "\"query\""}},
     "the client starts a GraphQL query"},
    {"next",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"type", JsonType::string, "next"}, {"id"}, {"payload", JsonType::object, {}, "\"data\""}},
     "the server sends a result"},
    {"data",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"type", JsonType::string, "data"}, {"id"}, {"payload", JsonType::object, {}, "\"data\""}},
     "the server sends a result"},
};
constexpr JsonDialect kDialect{
    kShapes, "whole JSON messages of both sides are those of GraphQL over WebSocket"};

}  // namespace

extern const ParserModule kGraphqlWs;
const ParserModule kGraphqlWs{"graphql_ws", Unit::message,
                              [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
