// Keeps parsed signatures on disk, so that a start need not parse and check their files again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "signatures/loader.h"

namespace parlance {

/// As load_signatures(), but what the files said when this very program read them last is taken
/// from the cache in `cache_folder` (empty: no cache). The files are read all the same: a changed
/// octet, another path or another program is another key. A cache that is missing, foreign, damaged
/// or cannot be written is no error. Signatures with mistakes are never kept.
Loaded load_signatures_cached(const std::vector<std::string>& folders, const LoaderContext& context,
                              const std::string& cache_folder);

/// What the cache holds of signatures.
std::string serialised(const std::vector<Signature>& signatures);

/// The signatures that serialised() wrote. Nothing if the octets are not exactly that, or say what
/// the loader would not have let pass: what matcher and parsers rely on holds of whatever comes
/// back.
std::optional<std::vector<Signature>> deserialised(Bytes octets, const LoaderContext& context);

}  // namespace parlance
