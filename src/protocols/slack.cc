// Slack's real-time socket as far as its public shape goes: JSON objects with a "type". Most types
// are words that anyone might use, so only the greeting with Slack's own members counts by itself.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"hello",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"type", JsonType::string, "hello"}, {"host_id", JsonType::string, {}, "gs-"}},
     "a hello with the host_id of a gateway"},
};
constexpr JsonDialect kDialect{kShapes, ""};

}  // namespace

extern const ParserModule kSlack;
const ParserModule kSlack{"slack", Unit::message,
                          [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
