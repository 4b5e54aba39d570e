// OpenDHT, the distributed hash table of Jami and others (github.com/savoirfairelinux/opendht,
// network_engine.cpp; measured on dhtnode 2.4): datagrams that are one map of MessagePack each.
//
//   {"a": {"id": 20 octets, …}, "q": "find", "t": number, "y": "q", "v": "RNG1"}   a question
//   {"r": {"id": 20 octets, …},              "t": number, "y": "r", "v": "RNG1"}   its answer
//   {"e": [code, text], "r": {"id": …},      "t": number, "y": "e", "v": "RNG1"}   or an error
//   {"p": {number: {"o": place, "d": octets}}, "t": number, "y": "v"}              part of a value
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/messagepack.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr size_t kIdOctets = 20, kTransactionOctets = 4;
constexpr std::array<std::string_view, 6> kQuestions = {"ping", "find",   "get",
                                                        "put",  "listen", "refresh"};
constexpr int kOthersAtMost = 8, kDatagramsAtMost = 64;
constexpr size_t kAskedAtOnce = 8;

struct Message {
  bool is_question = false;
  bool is_part = false;
  bool has_id = false;  ///< of the node that sent it
  uint64_t transaction = 0;
  std::string_view question;
  std::string_view agent;
};

/// A number, or four octets in older versions.
std::optional<uint64_t> transaction_of(const MessagepackValue& map) {
  const auto value = find(map, "t");
  if (!value) return std::nullopt;
  if (value->is(MessagepackValue::Kind::number)) return value->number;
  if (value->content.size() != kTransactionOctets) return std::nullopt;
  return ByteReader(value->content).be32();
}

/// A code and what it means.
bool is_error(const MessagepackValue& map) {
  const auto error = find(map, "e");
  if (!error || !error->is(MessagepackValue::Kind::array) || error->number != 2) return false;
  ByteReader reader(error->content);
  const auto code = read_messagepack(reader), text = read_messagepack(reader);
  return code && text && code->is(MessagepackValue::Kind::number) &&
         text->is(MessagepackValue::Kind::text);
}

bool is_part(const MessagepackValue& map) {
  const auto parts = find(map, "p");
  return parts && parts->is(MessagepackValue::Kind::map) && parts->number > 0;
}

/// The message that `datagram` is from its first octet to its last.
std::optional<Message> read_message(Bytes datagram) {
  ByteReader reader(datagram);
  const auto map = read_messagepack(reader);
  if (!map || !reader.at_end() || !map->is(MessagepackValue::Kind::map)) return std::nullopt;
  const auto type = find(*map, "y");
  const auto transaction = transaction_of(*map);
  if (!type || !transaction) return std::nullopt;
  Message message;
  message.transaction = *transaction;
  message.is_question = type->text() == "q";
  message.is_part = type->text() == "v" && is_part(*map);
  if (message.is_part) return message;
  const bool is_error_answer = type->text() == "e" && is_error(*map);
  if (!message.is_question && !is_error_answer && type->text() != "r") return std::nullopt;
  const auto body = find(*map, message.is_question ? "a" : "r");
  const auto id = body ? find(*body, "id") : std::nullopt;
  if (is_error_answer && !body) return message;
  if (!id || !id->is(MessagepackValue::Kind::binary) || id->content.size() != kIdOctets) {
    return std::nullopt;
  }
  message.has_id = true;
  if (message.is_question) {
    const auto question = find(*map, "q");
    if (!question) return std::nullopt;
    message.question = question->text();
    const bool known =
        std::find(kQuestions.begin(), kQuestions.end(), message.question) != kQuestions.end();
    if (!known) return std::nullopt;
  }
  if (const auto agent = find(*map, "v")) message.agent = agent->text();
  return message;
}

class Opendht : public MessageVerifier {
 private:
  void read(const Place& datagram, Findings& findings) override {
    ++datagrams_;
    if (const auto message = read_message(datagram.octets)) {
      take(*message, head_of(datagram, 1), findings);
    } else {
      ++others_;
    }
    if (others_ > kOthersAtMost || datagrams_ >= kDatagramsAtMost) {
      leave("no messages of OpenDHT", findings);
    }
  }

  void take(const Message& message, const Place& place, Findings& findings) {
    if (message.is_part) return;  // fits, and says nothing that could be verified
    if (message.agent.size() == 4) findings.note("opendht.agent", std::string(message.agent));
    if (message.is_question) {
      asked_[index(place.direction)].remember(message.transaction);
    } else if (asked_[index(opposite(place.direction))].holds(message.transaction)) {
      return prove("answer", place,
                   "a question and the answer with its number, each one map of MessagePack from "
                   "first to last octet",
                   findings);
    }
    if (!message.has_id) return;  // an error that nobody asked for
    confirm(Strength::strong, message.is_question ? "question" : "answer-alone", place,
            "one map of MessagePack from first to last octet, with a node's id and a transaction",
            findings);
  }

  Recent<uint64_t, kAskedAtOnce> asked_[2];
  int datagrams_ = 0, others_ = 0;
};

}  // namespace

extern const ParserModule kOpendht;
const ParserModule kOpendht{"opendht", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Opendht>();
                            }};

}  // namespace parlance
