// DDP, Meteor's Distributed Data Protocol (Rocket.Chat speaks it): JSON objects with a "msg". Often
// inside SockJS.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"connect",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "connect"},
      {"version", JsonType::string},
      {"support", JsonType::array}},
     "connect with a version and the supported ones"},
    {"connected",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "connected"}, {"session", JsonType::string}},
     "connected with a session"},
    {"method",
     Direction::to_server,
     Strength::none,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "method"}, {"method", JsonType::string}, {"id", JsonType::string}},
     "a method is called"},
    {"sub",
     Direction::to_server,
     Strength::none,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "sub"}, {"name", JsonType::string}, {"id", JsonType::string}},
     "a subscription"},
    {"result",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "result"}, {"id", JsonType::string}},
     "a method's result"},
    {"document",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"msg", JsonType::string}, {"collection", JsonType::string}, {"id", JsonType::string}},
     "a document of a collection is added, changed or removed"},
    {"ready",
     Direction::to_client,
     Strength::none,
     JsonType::object,
     0,
     {{"msg", JsonType::string, "ready"}, {"subs", JsonType::array}},
     "a subscription is ready"},
};
constexpr JsonDialect kDialect{kShapes, "whole DDP messages of both sides"};

}  // namespace

extern const ParserModule kDdp;
const ParserModule kDdp{"ddp", Unit::message,
                        [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
