// The answer of an act that the user's world (a file, an interface, a signature) can make fail.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace parlance {

/// What went wrong, for a person: where first, what to do last.
struct Error {
  std::string where;   ///< "chat.pcap: packet 7 at byte 1234", "signatures/xmpp.toml:12:3"
  std::string what;    ///< one sentence, no final stop
  std::string advice;  ///< what to do about it; may be empty

  std::string text() const {
    std::string line = where.empty() ? what : where + ": " + what;
    return advice.empty() ? line : line + " (" + advice + ")";
  }
};

template <class T>
using Result = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

/// `return failure("chat.pcap: byte 24", "the record is longer than the file");`
inline Failure failure(std::string where, std::string what, std::string advice = {}) {
  return Failure(Error{std::move(where), std::move(what), std::move(advice)});
}

}  // namespace parlance
