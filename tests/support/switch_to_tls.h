// What the tests of protocols that agree on TLS share.
#pragma once

#include "support/recording_findings.h"

namespace parlance::test {

inline const std::string kHello = hex("16 0301 0004 01000000");   // stands for a client hello
inline const std::string kAnswer = hex("16 0303 0004 02000000");  // stands for a server hello

/// `parser` proves its protocol in `talk` and opens TLS, in which kHello and kAnswer are all that
/// is said; in pieces of any size, too. `protocol` is the name that it notes.
void expect_switch_to_tls(std::string_view parser, const std::vector<Said>& talk,
                          std::string_view protocol);
inline void expect_switch_to_tls(std::string_view parser, const std::vector<Said>& talk) {
  expect_switch_to_tls(parser, talk, parser);
}

/// Whoever speaks on behind `start`, out of turn and without end, is not kept without end.
void expect_floods_are_given_up(std::string_view parser, const std::vector<Said>& start);

}  // namespace parlance::test
