// What WeChat's apps sent in the bodies of HTTP requests before mmtls, and send inside it: a header
// in clear, then a body sealed with AES.
//
//   [BF]  header's length << 2 | compression (1 zlib, 2 none)  cipher (5 AES) << 4 | cookie length
//   version32  account32  cookie
//   varints: command, length before compression, length after it, and more up to the header's end
//   the padded body
//
// The answer repeats account, cookie and command. Numbers are big-endian. Measured on requests of
// 2015 in nDPI's captures (quickplay, KakaoTalk_talk), where all of it holds to the last octet.
#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"

namespace parlance {
namespace {

constexpr uint8_t kMagic = 0xbf;
constexpr uint8_t kZlib = 1, kUncompressed = 2;
constexpr uint8_t kAes = 5;
constexpr size_t kAesBlock = 16;
constexpr size_t kFixed = 10;  // two octets of bits, version, account
constexpr int kVarintsAtLeast = 3;
constexpr int kMessagesAtMost = 16;

struct Pack {
  uint32_t account = 0;
  uint64_t command = 0;
  Bytes cookie;  ///< a view into the body
};

/// The varints that end the header: command, two lengths, and more that say nothing here.
bool read_numbers(ByteReader& reader, uint64_t (&numbers)[kVarintsAtLeast]) {
  int count = 0;
  for (; !reader.at_end(); ++count) {
    uint64_t number = 0;
    if (!read_varint(reader, number)) return false;
    if (count < kVarintsAtLeast) numbers[count] = number;
  }
  return count >= kVarintsAtLeast;
}

std::optional<Pack> read_pack(Bytes body) {
  ByteReader reader(body);
  if (reader.peek() == kMagic) reader.skip(1);
  const uint8_t first = reader.u8();
  const uint8_t second = reader.u8();
  const uint8_t compression = first & 3;
  const size_t header = first >> 2;
  if (!reader.ok() || header < kFixed || second >> 4 != kAes) return std::nullopt;
  if (compression != kZlib && compression != kUncompressed) return std::nullopt;
  ByteReader head = reader.sub(header - 2);
  Pack pack;
  head.skip(4);
  pack.account = head.be32();
  pack.cookie = head.bytes(second & 0x0f);
  uint64_t numbers[kVarintsAtLeast] = {};
  if (!head.ok() || !read_numbers(head, numbers)) return std::nullopt;
  pack.command = numbers[0];
  const uint64_t packed = numbers[2];
  if (compression == kUncompressed && numbers[1] != packed) return std::nullopt;
  if (compression == kZlib && numbers[1] <= packed) return std::nullopt;
  if (packed > body.size() || reader.remaining() != (packed / kAesBlock + 1) * kAesBlock) {
    return std::nullopt;
  }
  return pack;
}

class WechatPack : public MessageVerifier {
 public:
  explicit WechatPack(const Start& start) : in_http_(start.carrier == Carrier::http) {}

 private:
  static constexpr size_t kCookie = 15;
  static constexpr size_t kShown = 2;  // account and cookie stand behind it

  void read(const Place& message, Findings& findings) override {
    const std::optional<Pack> pack = in_http_ ? read_pack(message.octets) : std::nullopt;
    if (pack) {
      take(*pack, head_of(message, kShown), findings);
    } else if (!asked_) {
      return leave("no packet of WeChat's", findings);
    }
    if (++messages_ > kMessagesAtMost) leave("no question of WeChat's", findings);
  }

  void take(const Pack& pack, const Place& place, Findings& findings) {
    if (place.direction == Direction::to_server) return ask(pack, place, findings);
    if (!asked_ || !repeats(pack)) return;
    prove("packet-answer", place,
          "a packet of WeChat's, and its answer with the same account, cookie and command",
          findings);
  }

  /// Some 20 bits agree (two lengths, the padding, a compression that made it shorter): no more
  /// than a hint.
  void ask(const Pack& pack, const Place& place, Findings& findings) {
    confirm(Strength::hint, "packet", place,
            "a header of WeChat's apps that ends where it says, and a body padded as it says",
            findings);
    asked_ = true;
    account_ = pack.account;
    command_ = pack.command;
    cookie_octets_ = pack.cookie.size();
    std::copy(pack.cookie.begin(), pack.cookie.end(), cookie_.begin());
  }

  bool repeats(const Pack& pack) const {
    return pack.account == account_ && pack.account != 0 && pack.command == command_ &&
           std::equal(pack.cookie.begin(), pack.cookie.end(), cookie_.begin(),
                      cookie_.begin() + static_cast<ptrdiff_t>(cookie_octets_));
  }

  std::array<uint8_t, kCookie> cookie_{};
  size_t cookie_octets_ = 0;
  uint64_t command_ = 0;
  uint32_t account_ = 0;
  int messages_ = 0;
  bool asked_ = false;
  const bool
      in_http_;  ///< they stand nowhere else; elsewhere their few bits would be met by chance
};

}  // namespace

extern const ParserModule kWechatPack;
const ParserModule kWechatPack{"wechat_pack", Unit::message,
                               [](const Start& start) -> std::unique_ptr<Parser> {
                                 return std::make_unique<WechatPack>(start);
                               }};

}  // namespace parlance
