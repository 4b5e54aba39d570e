// `parlance protocols`: what can be recognised, and how far each of it was seen to be.
#pragma once

#include "cli/options.h"

namespace parlance {

/// Prints a row for each signature, by class, then by title, in the format asked for; returns the exit
/// status. `markdown` and `mdoc` are what README.md and parlance(1) hold.
int list_protocols(const cli::Options& options);

}  // namespace parlance
