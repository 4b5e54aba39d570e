// MCS, what Android, Chrome and others speak to Firebase Cloud Messaging inside TLS (mcs.proto of
// Chromium, google_apis/gcm): each side sends a version once, then messages of a tag, a length (a
// base-128 number) and a protocol buffer. The client begins with a LoginRequest, the server with a
// LoginResponse. Tokens, payloads and the senders of pushes are passed over.
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/protobuf.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kVersionAtLeast = 38, kVersionAtMost = 47;  // 38 and 41 were seen
constexpr uint8_t kLoginRequest = 2, kLoginResponse = 3, kLastTag = 15;
constexpr int kMessagesAtMost = 20;
constexpr uint32_t kIdField = 1, kDomainField = 2, kAuthField = 5;  // of a LoginRequest
constexpr std::string_view kDomain = "mcs.android.com";

/// A LoginRequest's fields, each of its kind. The authentication token is only looked for.
struct Login {
  std::string client;
  bool domain = false;
};
std::optional<Login> read_login(Bytes body) {
  Login login;
  bool token = false;
  ProtobufReader reader(body);
  ProtobufField field;
  while (reader.next(field)) {
    if (field.number <= kAuthField && field.wire_type != 2) return std::nullopt;
    if (field.number == kIdField) login.client = to_valid_utf8(field.octets, 64);
    if (field.number == kDomainField) login.domain = as_text(field.octets) == kDomain;
    token = token || field.number == kAuthField;
  }
  if (reader.failed() || login.client.empty() || !token) return std::nullopt;
  return login;
}

class Fcm : public SteppingParser {
 private:
  struct Side {
    bool versioned = false;
    bool logged_in = false;
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    ByteReader reader(at.octets);
    if (!from.versioned) {
      const uint8_t version = reader.u8();
      if (version < kVersionAtLeast || version > kVersionAtMost) {
        return refuse("no version of MCS", findings);
      }
      from.versioned = true;
      return reader.position();
    }
    const uint8_t tag = reader.u8();
    const uint8_t first = at.direction == Direction::to_server ? kLoginRequest : kLoginResponse;
    if (tag > kLastTag || (!from.logged_in && tag != first)) {
      return refuse("another tag", findings);
    }
    uint64_t length = 0;
    if (!read_varint(reader, length)) {
      return at.octets.size() > 10 ? refuse("no length", findings) : 0;
    }
    if (length > findings.limits().message_octets) return refuse("a message too long", findings);
    if (reader.remaining() < length) return 0;
    const Bytes body = reader.bytes(static_cast<size_t>(length));
    const Place place{at.direction, at.offset, at.octets.first(1)};
    if (!(from.logged_in ? is_protobuf(body) : take_login(body, place, findings))) {
      return refuse("a message is no protocol buffer", findings);
    }
    if (++messages_ >= kMessagesAtMost) leave("no login in sight", findings);
    return reader.position();
  }

  bool take_login(Bytes body, const Place& place, Findings& findings) {
    if (place.direction == Direction::to_client) {
      if (!is_protobuf(body)) return false;
    } else {
      const auto login = read_login(body);
      if (!login) return false;
      domain_ = login->domain;
      findings.note("fcm.client", login->client);
      confirm(Strength::strong, "login", place,
              "a version, then a whole LoginRequest of MCS with a client and a token", findings);
    }
    sides_[index(place.direction)].logged_in = true;
    if (!sides_[0].logged_in || (!sides_[1].logged_in && !domain_)) return true;
    // Both may be said, one after the other.
    findings.confirm(Strength::proof, sides_[1].logged_in ? "logged-in" : "domain", place,
                     sides_[1].logged_in ? "a whole LoginRequest of MCS and the LoginResponse to it"
                                         : "a whole LoginRequest of MCS to mcs.android.com");
    return true;
  }

  Side sides_[2];
  int messages_ = 0;
  bool domain_ = false;
};

}  // namespace

extern const ParserModule kFcm;
const ParserModule kFcm{"fcm", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Fcm>();
                        }};

}  // namespace parlance
