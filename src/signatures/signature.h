// What a signature file says, as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/carrier.h"
#include "model/evidence.h"
#include "model/protocol_class.h"

namespace parlance {

constexpr size_t kMostPatterns = 4096;   ///< in one signature; rules keep their numbers in 16 bits
constexpr uint32_t kWidestWindow = 512;  ///< wider start windows take Hyperscan too long to compile

enum class From : uint8_t { client, server, either };
enum class PatternKind : uint8_t { regex, hex, text, suffix };

/// Where a match may start: octets from the start of the buffer, both ends included.
struct Window {
  uint32_t first = 0;
  uint32_t last = 0;

  bool operator==(const Window&) const = default;
};

/// How many octets a match has.
struct MatchWidths {
  uint32_t shortest = 0;
  uint32_t longest = 0;  ///< 0: there is no bound

  bool operator==(const MatchWidths&) const = default;
  /// Of every match; 0: they differ.
  uint32_t fixed() const { return shortest == longest ? longest : 0; }
};

struct Pattern {
  std::string id;
  std::string buffer;  ///< "stream", "message", or the name of a field
  From from = From::either;
  std::optional<Window> at;  ///< absent: anywhere
  PatternKind kind = PatternKind::regex;
  std::string expression;             ///< for Hyperscan; hex and text are made expressions, too
  std::vector<std::string> suffixes;  ///< of PatternKind::suffix, lower case
  bool ignore_case = false;
  std::string says;               ///< the sentence that becomes evidence
  double fixed_bits = 0;          ///< how much a match says: 8 for each fixed octet
  MatchWidths widths;
  uint32_t line = 0, column = 0;  ///< of its expression in the file, from 1

  bool operator==(const Pattern&) const = default;
  bool is_field() const { return buffer != "stream" && buffer != "message"; }
};

struct Rule {
  Strength strength = Strength::hint;
  std::vector<uint16_t> all, any, none;  ///< indexes of patterns in the same signature
  std::string verify;                    ///< a parser's name, or empty
  std::string note;

  bool operator==(const Rule&) const = default;
};

/// What shows that a signature finds what it says, the best of all that does.
enum class Verified : uint8_t { unsaid, names, vectors, client, capture };
/// As signature files write it: "real capture"; empty for unsaid.
std::string_view name_of(Verified verified);

struct Signature {
  std::string name;
  std::string title;
  std::string description;  ///< the comment at the top of the file
  ProtocolClass protocol_class = ProtocolClass::other;
  std::string app;  ///< empty: none
  std::string account;  ///< the note whose value is the same in all flows of an account of `app`; or empty
  /// Signatures whose protocols this one's application speaks, too: between applications that speak the same,
  /// the name that was asked for decides.
  std::vector<std::string> also_speaks;
  Strength agreed = Strength::none;  ///< what its parser gives where a carrier agreed on the protocol
  Verified verified = Verified::unsaid;
  std::string hosts_source;  ///< where the names of [hosts] are from, and when they were taken; or empty
  int revision = 1;
  uint8_t carriers = 0;  ///< bit of each Carrier
  std::vector<std::string> references;
  std::vector<std::string> captures;
  std::vector<Pattern> patterns;
  std::vector<Rule> rules;
  std::string file;

  bool operator==(const Signature&) const = default;
  bool stands_on(Carrier carrier) const { return (carriers >> static_cast<int>(carrier) & 1) != 0; }
};

}  // namespace parlance
