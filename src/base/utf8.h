// Is it UTF-8? For texts of any size.
#pragma once

#include "base/bytes.h"

namespace parlance {

/// As is_utf8() answers: well-formed (RFC 3629 section 4), a sequence cut off at the very end being
/// accepted if `may_end_early`. ASCII costs half an instruction an octet.
bool is_utf8_text(Bytes text, bool may_end_early);

}  // namespace parlance
