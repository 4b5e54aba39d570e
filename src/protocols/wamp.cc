// WAMP v2, the Web Application Messaging Protocol, in its JSON form: arrays whose first element is
// the kind of message (1 HELLO, 2 WELCOME, 3 ABORT, 16 PUBLISH, 32 SUBSCRIBE, 48 CALL, 64
// REGISTER). https://wamp-proto.org, basic profile.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"hello",
     Direction::to_server,
     Strength::strong,
     JsonType::array,
     3,
     {{"0", JsonType::number, "1"},
      {"1", JsonType::string},
      {"2", JsonType::object, {}, "\"roles\""}},
     "a HELLO: [1, realm, {roles}]"},
    {"welcome",
     Direction::to_client,
     Strength::strong,
     JsonType::array,
     3,
     {{"0", JsonType::number, "2"},
      {"1", JsonType::number},
      {"2", JsonType::object, {}, "\"roles\""}},
     "a WELCOME: [2, session, {roles}]"},
    {"abort",
     Direction::to_client,
     Strength::strong,
     JsonType::array,
     3,
     {{"0", JsonType::number, "3"},
      {"1", JsonType::object},
      {"2", JsonType::string, {}, "wamp.error."}},
     "an ABORT with a reason of wamp.error"},
};
constexpr JsonDialect kDialect{kShapes, "a HELLO of the client and an answer of the router"};

}  // namespace

extern const ParserModule kWamp;
const ParserModule kWamp{"wamp", Unit::message,
                         [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
