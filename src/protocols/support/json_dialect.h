// Protocols whose messages are JSON texts, told apart by what stands at the top level of a message.
// Such a protocol is a table of shapes; one parser reads them all.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "protocols/parser.h"
#include "protocols/support/json_scan.h"

namespace parlance {

/// What one member (or element) has to be.
struct JsonNeed {
  std::string_view key;            ///< of an array "0", "1", …; empty: no more needs
  JsonType type = JsonType::none;  ///< none: any
  std::string_view value = {};     ///< as written, if not empty
  std::string_view holds = {};     ///< occurs in the value as written, if not empty
  std::string_view begins = {};    ///< the value as written begins so
};

/// One kind of message.
struct JsonShape {
  std::string_view what;          ///< as for Findings::confirm()
  std::optional<Direction> from;  ///< who sends it
  Strength strength;  ///< of this message alone; none: it counts only with another side's
  JsonType top = JsonType::object;
  size_t size = 0;  ///< exactly so many members; 0: any number
  JsonNeed needs[5] = {};
  std::string_view text;  ///< a sentence for a person
  /// The member whose value the other side repeats in a shape with an echo of its own: an id. Of an
  /// array that repeats ids one of its elements counts.
  std::string_view echo = {};
  /// The signature of the application that alone sends this, a literal; it is supported as strong,
  /// and as proof once an answer repeats the id of this message.
  std::string_view supports = {};
  /// What the id is of, where ids of different kinds are counted apart: an answer to a call does
  /// not repeat the id of a subscription.
  std::string_view id_of = {};
  /// The member that is a UUID, another one in each message: of shapes that are one application's
  /// own, where only one side speaks. Two such messages are proof.
  std::string_view uuid = {};
};

struct JsonDialect {
  std::span<const JsonShape> shapes;
  std::string_view both;  ///< the sentence for: messages of both sides were met, or an echo
  char separator = '\0';  ///< ends each record of a message, if not 0
  /// Its words are words that others use as well: proof also needs a shape that is strong by
  /// itself.
  bool common_words = false;
};

/// A parser of whole messages. A shape met gives its strength; shapes of both sides give proof. Of
/// shapes with an echo only those count whose ids agree; where proof needs more, an echo is strong.
/// So are two messages of shapes with a UUID whose UUIDs differ.
/// It refutes if none of the first messages has a shape.
std::unique_ptr<Parser> make_json_dialect_parser(const JsonDialect& dialect);

/// Whether `text` has that shape.
bool has_shape(const JsonScan& scan, const JsonShape& shape);

}  // namespace parlance
