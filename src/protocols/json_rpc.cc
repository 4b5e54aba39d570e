// JSON-RPC 2.0 (https://www.jsonrpc.org/specification): objects that say so themselves. It tells
// how something is called, not what for: Ethereum nodes, language servers and media servers speak
// it.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"request",
     std::nullopt,
     Strength::strong,
     JsonType::object,
     0,
     {{"jsonrpc", JsonType::string, "2.0"}, {"method", JsonType::string}},
     "a request or notification: jsonrpc is 2.0 and method a string"},
    {"result",
     std::nullopt,
     Strength::strong,
     JsonType::object,
     0,
     {{"jsonrpc", JsonType::string, "2.0"}, {"id"}, {"result"}},
     "an answer: jsonrpc is 2.0, with id and result"},
    {"error",
     std::nullopt,
     Strength::strong,
     JsonType::object,
     0,
     {{"jsonrpc", JsonType::string, "2.0"}, {"id"}, {"error", JsonType::object, {}, "\"code\""}},
     "an answer: jsonrpc is 2.0, with id and error"},
};
constexpr JsonDialect kDialect{kShapes, "whole JSON-RPC 2.0 messages of both sides"};

}  // namespace

extern const ParserModule kJsonRpc;
const ParserModule kJsonRpc{"json_rpc", Unit::message,
                            [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
