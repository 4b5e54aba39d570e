// DTLS (RFC 6347, RFC 9147): TLS in datagrams, each of whole records. Media flows carry it beside
// STUN and RTP; the first octet tells them apart (RFC 7983: 20 to 63 is DTLS), and agrees with it
// on keys of SRTP (RFC 5764).
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/parser.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_report.h"

namespace parlance {
namespace {

constexpr uint8_t kFirst = 20, kLast = 63;  // RFC 7983 section 7
constexpr uint8_t kHandshake = 22, kLastClear = 26;
constexpr int kChain = 3;           // datagrams of both directions that count as a chain
constexpr int kForeignAtMost = 64;  // datagrams of others before the first of ours

bool is_dtls_version(uint16_t version) {
  return version == 0xfeff || version == 0xfefd || version == 0xfefc || version == 0x0100;
}

/// The names of IANA's DTLS-SRTP protection profiles; a number for all others.
std::string srtp_profile_name(uint16_t profile) {
  switch (profile) {
    case 0x0001:
      return "SRTP_AES128_CM_HMAC_SHA1_80";
    case 0x0002:
      return "SRTP_AES128_CM_HMAC_SHA1_32";
    case 0x0005:
      return "SRTP_NULL_HMAC_SHA1_80";
    case 0x0006:
      return "SRTP_NULL_HMAC_SHA1_32";
    case 0x0007:
      return "SRTP_AEAD_AES_128_GCM";
    case 0x0008:
      return "SRTP_AEAD_AES_256_GCM";
    default:
      return hex_of_16_bits(profile);
  }
}

struct Record {
  uint8_t type = 0;
  uint16_t epoch = 0;
  Bytes content;
};

/// The next record of a datagram (RFC 6347 section 4.1); nothing if it is none.
std::optional<Record> next_record(ByteReader& reader) {
  Record record;
  record.type = reader.u8();
  const uint16_t version = reader.be16();
  record.epoch = reader.be16();
  reader.skip(6);  // sequence number
  record.content = reader.bytes(reader.be16());
  if (!reader.ok() || record.type < kFirst || record.type > kLastClear) return std::nullopt;
  if (!is_dtls_version(version) || record.content.empty()) return std::nullopt;
  return record;
}

/// A handshake message, put together from fragments that come in order (RFC 6347 section 4.2.2).
struct Message {
  uint8_t type = 0;
  uint32_t length = 0;
  uint16_t sequence = 0;
  std::vector<uint8_t> body;  ///< of one that came in one piece nothing is kept
};

class Dtls : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    if (octets.empty() || octets[0] < kFirst || octets[0] > kLast) return count_foreign(findings);
    if (!read_datagram(place, findings)) return count_foreign(findings);
    if (!over_) count_datagram(place, findings);
  }
  /// Datagrams are read one by one: a lost one costs at most a hello.
  void gap(Direction direction, uint64_t length, Findings&) override {
    offset_[index(direction)] += length;
  }

 private:
  /// Told by the messages: with WebRTC either side may begin the handshake, whoever opened the
  /// flow.
  enum Role : uint8_t { client, server };

  /// False if the datagram is not whole records from its first octet to its last.
  bool read_datagram(const Place& place, Findings& findings) {
    ByteReader check(place.octets);
    size_t records = 0;
    while (!check.at_end()) {
      // DTLS 1.3 has shorter, encrypted records, which may follow a clear one (RFC 9147 section 4).
      if (records > 0 && check.peek() >> 5 == 1) break;
      if (!next_record(check)) return false;
      ++records;
    }
    ByteReader reader(place.octets);
    while (records-- > 0 && !over_) {
      const auto record = next_record(reader);
      if (record && record->type == kHandshake && record->epoch == 0) {
        read_fragments(record->content, place, findings);
      }
    }
    return true;
  }

  void read_fragments(Bytes content, const Place& place, Findings& findings) {
    ByteReader reader(content);
    while (!reader.at_end() && !over_) {
      const uint8_t type = reader.u8();
      const uint32_t length = reader.be24();
      const uint16_t sequence = reader.be16();
      const uint32_t offset = reader.be24();
      const Bytes part = reader.bytes(reader.be24());
      if (!reader.ok() || length > findings.limits().handshake_octets) return;
      Message& message = messages_[index(place.direction)];
      if (offset == 0) message = {type, length, sequence, {}};
      const bool fits = message.type == type && message.length == length &&
                        message.sequence == sequence && message.body.size() == offset &&
                        part.size() <= length - offset && (!part.empty() || length == 0);
      if (!fits) continue;
      if (part.size() == length) {
        read_message(type, part, place, findings);
        continue;
      }
      message.body.insert(message.body.end(), part.begin(), part.end());
      if (message.body.size() < length) continue;
      read_message(type, message.body, place, findings);
      message.body = {};
    }
  }

  void read_message(uint8_t type, Bytes body, const Place& place, Findings& findings) {
    if (type == tls_handshake::kClientHello) {
      const auto hello = read_client_hello(body, true);
      if (!hello) return;
      confirm(client, "client-hello", place, "a whole DTLS client hello, every length exact",
              findings);
      report_client_hello(*hello, 'd', place, findings);
      take_srtp_offer(hello->srtp_profiles, findings);
    } else if (type == tls_handshake::kHelloVerifyRequest) {
      ByteReader reader(body);
      const bool known = is_dtls_version(reader.be16());
      reader.skip(reader.u8());  // the cookie
      if (!known || !reader.ok() || !reader.at_end()) return;
      confirm(server, "hello-verify-request", place,
              "the server asks the client to repeat its hello with a cookie", findings);
    } else if (type == tls_handshake::kServerHello) {
      const auto hello = read_server_hello(body);
      if (!hello) return;
      confirm(server, "server-hello", place, "a whole DTLS server hello, every length exact",
              findings);
      report_server_hello(*hello, place, findings);
      if (hello->srtp_profile) take_srtp_answer(*hello->srtp_profile, place, findings);
      if (!hello->retry && heard_[client]) finish(findings);
    }
  }

  /// RFC 5764: the handshake's keys are to be those of media on the same addresses and ports. In
  /// DTLS 1.3 the server's choice is encrypted.
  void take_srtp_offer(const std::vector<uint16_t>& profiles, Findings& findings) {
    if (profiles.empty()) return;
    srtp_offered_ = true;
    constexpr size_t kProfilesAtMost = 16;
    std::vector<std::string> names;
    for (const uint16_t each :
         std::span(profiles).first(std::min(profiles.size(), kProfilesAtMost))) {
      names.push_back(srtp_profile_name(each));
    }
    findings.note("dtls.srtp_offered", std::move(names));
  }
  void take_srtp_answer(uint16_t profile, const Place& place, Findings& findings) {
    std::string name = srtp_profile_name(profile);
    findings.confirm(srtp_offered_ ? Strength::proof : Strength::strong, "use-srtp", place,
                     "the server agrees on keys for SRTP: " + name);
    findings.note("dtls.srtp_profile", std::move(name));
  }

  /// A message of each side is proof, of one side alone strong.
  void confirm(Role role, std::string_view what, const Place& place, Sentence text,
               Findings& findings) {
    heard_[role] = true;
    strength_ = heard_[client] && heard_[server] ? Strength::proof : Strength::strong;
    findings.confirm(strength_, what, place, std::move(text));
  }

  void count_datagram(const Place& place, Findings& findings) {
    ++datagrams_[index(place.direction)];
    if (strength_ != Strength::none || datagrams_[0] < kChain || datagrams_[1] < kChain) return;
    findings.confirm(Strength::strong, "record-chain", place,
                     "datagrams of both sides are whole DTLS records");
    finish(findings);
  }
  void count_foreign(Findings& findings) {
    if (strength_ != Strength::none || ++foreign_ < kForeignAtMost) return;
    over_ = true;
    findings.refute("no DTLS records");
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  std::array<Message, 2> messages_;
  std::array<uint64_t, 2> offset_{};
  std::array<int, 2> datagrams_{};
  std::array<bool, 2> heard_{};
  Strength strength_ = Strength::none;
  int foreign_ = 0;
  bool srtp_offered_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kDtls;
const ParserModule kDtls{
    "dtls", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Dtls>(); }, true};

}  // namespace parlance
