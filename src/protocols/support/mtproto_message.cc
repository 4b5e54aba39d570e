#include "protocols/support/mtproto_message.h"

#include <algorithm>
#include <bitset>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr size_t kPlainHead = 20;      // key id, message id, length
constexpr size_t kEncryptedHead = 24;  // key id, message key
constexpr size_t kBlock = 16, kPaddingAtMost = 15;
constexpr uint32_t kFirstTime = 1'356'998'400;  // 2013, when Telegram began, in seconds
constexpr int32_t kLowestError = -999;  // they are HTTP's status codes, negative

struct Constructor {
  uint32_t number;
  std::string_view name;
  Direction direction;
};
/// core.telegram.org/mtproto/auth_key.
constexpr Constructor kConstructors[] = {
    {0xbe7e8ef1, "req_pq_multi", Direction::to_server},
    {0x60469778, "req_pq", Direction::to_server},
    {0xd712e4be, "req_DH_params", Direction::to_server},
    {0xf5045f1f, "set_client_DH_params", Direction::to_server},
    {0x05162463, "resPQ", Direction::to_client},
    {0xd0e8075c, "server_DH_params_ok", Direction::to_client},
    {0x79cb045d, "server_DH_params_fail", Direction::to_client},
    {0x3bcbf734, "dh_gen_ok", Direction::to_client},
    {0x46dc1fb9, "dh_gen_retry", Direction::to_client},
    {0xa69dae02, "dh_gen_fail", Direction::to_client},
};

/// Identifiers and keys are parts of hashes; what repeats itself is something else. Of 24 random octets
/// fewer than 16 different ones are met once in some 10^8 times.
bool looks_random(Bytes octets) {
  std::bitset<256> seen;
  for (const uint8_t each : octets) seen.set(each);
  return seen.count() * 3 >= octets.size() * 2;
}

/// The sender's time, in seconds in the upper half. A client's is divisible by four, an answer's is
/// one more, or three if the server speaks unasked; some clients leave it out.
bool may_be_message_id(uint64_t id, Direction direction) {
  const bool from_client = direction == Direction::to_server;
  if (id == 0) return from_client;
  return id >> 32 >= kFirstTime && (from_client ? id % 4 == 0 : id % 2 == 1);
}

MtprotoMessage read_plain(ByteReader& reader, size_t length, Direction direction) {
  MtprotoMessage message;
  const uint64_t id = reader.le64();
  const uint32_t stated = reader.le32();
  const uint32_t number = reader.le32();
  const Bytes nonce = reader.bytes(message.nonce.size());
  // tdlib fills its messages up and counts that in; others do not count what their transport adds.
  if (!may_be_message_id(id, direction)) return message;
  if (!reader.ok() || stated % 4 != 0 || stated > length - kPlainHead) return message;
  if (length - kPlainHead - stated > kPaddingAtMost) return message;
  const auto known = std::find_if(std::begin(kConstructors), std::end(kConstructors), [&](const auto& each) {
    return each.number == number && each.direction == direction;
  });
  if (known == std::end(kConstructors) || !looks_random(nonce)) return message;
  message.kind = MtprotoMessage::Kind::plain;
  message.constructor = known->name;
  std::copy(nonce.begin(), nonce.end(), message.nonce.begin());
  return message;
}

}  // namespace

MtprotoMessage read_mtproto_message(Bytes head, size_t length, bool padded, Direction direction) {
  MtprotoMessage message;
  ByteReader reader(head);
  if (length < kPlainHead) {
    const bool fits = padded ? length >= 4 : length == 4;
    message.error = static_cast<int32_t>(reader.le32());
    const bool is_code = message.error < 0 && message.error >= kLowestError;
    if (fits && is_code && direction == Direction::to_client) message.kind = MtprotoMessage::Kind::error;
    return message;
  }
  const Bytes key_id = reader.bytes(message.key_id.size());
  if (std::all_of(key_id.begin(), key_id.end(), [](uint8_t each) { return each == 0; })) {
    return read_plain(reader, length, direction);
  }
  const Bytes message_key = reader.bytes(message.message_key.size());
  const bool fits = reader.ok() && length >= kEncryptedHead + kBlock &&
                    (padded || (length - kEncryptedHead) % kBlock == 0);
  if (!fits || !looks_random(head.first(kEncryptedHead))) return message;
  message.kind = MtprotoMessage::Kind::encrypted;
  std::copy(key_id.begin(), key_id.end(), message.key_id.begin());
  std::copy(message_key.begin(), message_key.end(), message.message_key.begin());
  return message;
}

}  // namespace parlance
