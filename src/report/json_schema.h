// The JSON Schema of the flow record.
#pragma once

#include <string_view>

namespace parlance::report {

/// JSON Schema 2020-12 of one line of `-o json`, strict: members that it does not name are not
/// allowed. Detail objects of parsers (`tls`, `websocket` …) are described by the form that all
/// notes have, so that a new protocol needs no edit here.
std::string_view json_schema();

}  // namespace parlance::report
