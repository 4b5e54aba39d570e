// The harnesses as functions: libFuzzer calls one of them, a test replays what once broke them.
#pragma once

#include "base/bytes.h"

namespace parlance::fuzz {

/// One hostile conversation for one parser of the generated table.
void run_parsers(Bytes input);
/// Frames of opened QUIC packets, and what reads their streams.
void run_quic(Bytes input);
/// A whole capture file, through every stage to every report.
void run_captures(Bytes input);
/// A signature file: loaded and, if it has no mistake, compiled.
void run_signatures(Bytes input);

}  // namespace parlance::fuzz
