// Erlang's external term format (erlang.org, "External Term Format"), as far as it can be said in
// JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace parlance {

/// True if `octets` begin as a term does.
bool begins_as_erlang_term(Bytes octets);

/// One whole term as a JSON text: maps as objects, lists and tuples as arrays, binaries and atoms
/// as strings, but `nil`, `true` and `false` as what they mean. Nothing if it is cut off, nested
/// deeper than 64 levels, of a kind that JSON cannot say, or if the text would be longer than
/// `limit`. Linear in the length; no recursion.
std::optional<std::string> erlang_term_as_json(Bytes octets, size_t limit);

}  // namespace parlance
