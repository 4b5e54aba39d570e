// OpenDHT, the distributed hash table of Jami and others (github.com/savoirfairelinux/opendht,
// network_engine.cpp; measured on dhtnode 2.4): datagrams that are one map of MessagePack each.
//
//   {"a": {"id": 20 octets, …}, "q": "find", "t": number, "y": "q", "v": "RNG1"}   a question
//   {"r": {"id": 20 octets, …},              "t": number, "y": "r", "v": "RNG1"}   its answer
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "protocols/parser.h"
#include "protocols/support/messagepack.h"

namespace parlance {
namespace {

constexpr size_t kIdOctets = 20, kTransactionOctets = 4;
constexpr std::array<std::string_view, 6> kQuestions = {"ping", "find",   "get",
                                                        "put",  "listen", "refresh"};
constexpr int kOthersAtMost = 8, kDatagramsAtMost = 64;
constexpr size_t kAskedAtOnce = 8;

struct Message {
  bool is_question = false;
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
  if (!message.is_question && type->text() != "r") return std::nullopt;
  const auto body = find(*map, message.is_question ? "a" : "r");
  const auto id = body ? find(*body, "id") : std::nullopt;
  if (!id || !id->is(MessagepackValue::Kind::binary) || id->content.size() != kIdOctets) {
    return std::nullopt;
  }
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

class Opendht : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], first_of(octets, 1)};
    offset_[index(direction)] += octets.size();
    ++datagrams_;
    if (const auto message = read_message(octets)) {
      take(*message, place, findings);
    } else {
      ++others_;
    }
    if (!over_ && (others_ > kOthersAtMost || datagrams_ >= kDatagramsAtMost)) leave(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  void take(const Message& message, const Place& place, Findings& findings) {
    said_ = true;
    if (message.agent.size() == 4) findings.note("opendht.agent", std::string(message.agent));
    auto& asked = asked_[index(place.direction)];
    if (message.is_question) {
      asked[next_[index(place.direction)]++ % kAskedAtOnce] = message.transaction;
    } else if (answers(message, place.direction)) {
      findings.confirm(
          Strength::proof, "answer", place,
          "a question and the answer with its number, each one map of MessagePack from "
          "first to last octet, with the ids of nodes");
      return leave(findings);
    }
    findings.confirm(Strength::strong, message.is_question ? "question" : "answer-alone", place,
                     "one map of MessagePack from first to last octet, with a node's id and a "
                     "transaction");
  }

  bool answers(const Message& message, Direction direction) const {
    for (const auto& each : asked_[index(opposite(direction))]) {
      if (each == message.transaction) return true;
    }
    return false;
  }

  void leave(Findings& findings) {
    over_ = true;
    if (!said_) return findings.refute("no messages of OpenDHT");
    findings.finish();
  }

  std::array<std::optional<uint64_t>, kAskedAtOnce> asked_[2];
  size_t next_[2] = {0, 0};
  uint64_t offset_[2] = {0, 0};
  int datagrams_ = 0, others_ = 0;
  bool said_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kOpendht;
const ParserModule kOpendht{"opendht", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Opendht>();
                            }};

}  // namespace parlance
