// Jupyter kernels over WebSocket: JSON objects whose header names a msg_type. The newer subprotocol
// v1.kernel.websocket.jupyter.org puts the same parts behind a table of offsets; the signature's
// patterns see those.
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"message",
     std::nullopt,
     Strength::strong,
     JsonType::object,
     0,
     {{"header", JsonType::object, {}, "\"msg_type\""},
      {"parent_header", JsonType::object},
      {"metadata", JsonType::object},
      {"content", JsonType::object}},
     "header with msg_type, parent_header, metadata and content"},
};
constexpr JsonDialect kDialect{kShapes, "whole kernel messages of both sides"};

}  // namespace

extern const ParserModule kJupyter;
const ParserModule kJupyter{"jupyter", Unit::message,
                            [](const Start&) { return make_json_dialect_parser(kDialect); }};

}  // namespace parlance
