// Header fields that one application's clients or servers alone send, whatever version of HTTP frames them.
#pragma once

#include "protocols/parser.h"
#include "protocols/support/http_head.h"

namespace parlance {

/// Supports the application whose fields the request or the answer has, if it has any. What is shown of a
/// field is never a secret.
void show_application_marks(Direction direction, const HttpHead& head, Findings& findings);

}  // namespace parlance
