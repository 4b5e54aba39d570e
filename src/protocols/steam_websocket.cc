// Steam's connection inside a WebSocket (node-steam-user, websocket.js; SteamRE's SteamKit, MsgHdr
// and steammessages_base.proto): each binary message is a kind with its highest bit set, the length
// of a header, the header and the content, both protocol buffers. The header says for which account
// and which session, and which job is asked or answered. Both sides repeat the account that the
// server gave.
//
//   kind32|80000000  length32  [1: account64, 2: session32, 10: job64, 11: answered job64, …]
//   content
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"

namespace parlance {
namespace {

constexpr size_t kFront = 8;  // kind and length
constexpr uint32_t kIsProtobuf = 0x80000000, kKindAtMost = 0xffff;
constexpr uint32_t kHeaderAtMost = 4096, kFieldAtMost = 64;
constexpr uint64_t kNoJob = UINT64_MAX;
constexpr size_t kMessages = 24;

struct Header {
  uint64_t account = 0;  ///< 0: none
  uint64_t job = kNoJob, answered_job = kNoJob;
};

uint64_t le64_of(Bytes octets) {
  ByteReader reader(octets);
  return reader.le64();
}

/// Wire types of the header's fields: those that are read have to be what they are.
bool is_header_field(const ProtobufField& field) {
  switch (field.number) {
    case 1:
    case 10:
    case 11:
      return field.wire_type == 1;
    case 2:
    case 3:
      return field.wire_type == 0;
    case 12:
      return field.wire_type == 2;
    default:
      return field.number > 12 && field.number <= kFieldAtMost;
  }
}

/// An account of a person, a game server or nobody: a universe, a kind and a number that is not 0.
bool is_account(uint64_t id) {
  const uint64_t universe = id >> 56, kind = id >> 52 & 0xf;
  return universe >= 1 && universe <= 5 && kind >= 1 && kind <= 10 && (id & 0xffffffff) != 0;
}

/// 0 stands where others have nothing to say.
bool is_job(uint64_t job) {
  return job != kNoJob && job != 0;
}

bool read_header(Bytes octets, Header& header) {
  ProtobufReader reader(octets);
  ProtobufField field;
  while (reader.next(field)) {
    if (!is_header_field(field)) return false;
    if (field.number == 1) header.account = le64_of(field.octets);
    if (field.number == 10) header.job = le64_of(field.octets);
    if (field.number == 11) header.answered_job = le64_of(field.octets);
  }
  return !reader.failed();
}

/// `whole` is false of a message that was too long to be kept: its content is cut off.
bool read_message(Bytes octets, bool whole, Header& header) {
  ByteReader reader(octets);
  const uint32_t kind = reader.le32(), length = reader.le32();
  if ((kind & kIsProtobuf) == 0 || kind == kIsProtobuf || (kind & ~kIsProtobuf) > kKindAtMost) {
    return false;
  }
  if (!reader.ok() || length > kHeaderAtMost) return false;
  const Bytes head = reader.bytes(length);
  return reader.ok() && read_header(head, header) && (!whole || is_protobuf(reader.rest()));
}

class SteamWebsocket : public MessageVerifier {
 private:
  struct Side {
    std::vector<uint64_t> accounts, jobs;  // at most kMessages
  };

  void read(const Place& message, Findings& findings) override {
    if (message.octets.empty()) return;
    Header header;
    const bool whole = message.octets.size() < findings.limits().message_octets;
    if (!read_message(message.octets, whole, header)) {
      return leave("no kind, header and content of Steam's", findings);
    }
    look(header, head_of(message, kFront), findings);
    if (!over() && ++messages_ >= kMessages)
      leave("no account or job that both sides name", findings);
  }

  void look(const Header& header, const Place& place, Findings& findings) {
    Side& from = sides_[index(place.direction)];
    const Side& other = sides_[index(opposite(place.direction))];
    const auto has = [](const std::vector<uint64_t>& list, uint64_t each) {
      return std::find(list.begin(), list.end(), each) != list.end();
    };
    const bool account = is_account(header.account);
    if (account && has(other.accounts, header.account)) {
      return prove("account", place, "whole messages of both sides name the same account",
                   findings);
    }
    if (is_job(header.answered_job) && has(other.jobs, header.answered_job)) {
      if (!answered_) answered_ = header.answered_job;
      if (answered_ != header.answered_job) {
        return prove("jobs", place, "two jobs of the other side are answered", findings);
      }
    }
    if (account) from.accounts.push_back(header.account);
    if (is_job(header.job)) from.jobs.push_back(header.job);
    if (account)
      confirm(Strength::strong, "message", place, "a kind, a header with an account, and content",
              findings);
  }

  std::array<Side, 2> sides_;
  std::optional<uint64_t> answered_;  // the first job
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kSteamWebsocket;
const ParserModule kSteamWebsocket{
    "steam_websocket", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SteamWebsocket>(); }};

}  // namespace parlance
