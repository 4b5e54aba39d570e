// TLS and SSL 3 (RFC 8446, RFC 5246, RFC 6101): records, and of the handshake what is in the clear.
//
// The parser ends as soon as both hellos (and, up to TLS 1.2, the server's certificate) are known;
// what follows is encrypted. A connection whose beginning is missing is told from its chain of
// records. SSL 2 hellos that offer SSL 3 or later (RFC 5246 appendix E.2) are read, too.
#include <array>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/certificate_names.h"
#include "protocols/support/tls_alerts.h"
#include "protocols/support/tls_handshake.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_report.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 5;
constexpr uint16_t kLongestRecord = 16384 + 2048;  // RFC 5246 section 6.2.3
constexpr int kChain = 3;            // records of both directions that count as a chain
constexpr int kOneSidedChain = 8;    // of one direction, if the other is missing
constexpr int kRecordsAtMost = 64;   // of both directions, when the handshake does not end
constexpr size_t kNamesAtMost = 16;  // of a certificate

enum RecordType : uint8_t {
  change_cipher = 20,
  alert = 21,
  handshake = 22,
  application = 23,
  heartbeat = 24
};

struct RecordHeader {
  uint8_t type = 0;
  uint16_t length = 0;
};

/// A record's first five octets, if they are possible.
std::optional<RecordHeader> read_record_header(ByteReader& reader) {
  const uint8_t type = reader.u8();
  const uint16_t version = reader.be16();
  const uint16_t length = reader.be16();
  if (!reader.ok() || type < change_cipher || type > heartbeat) return std::nullopt;
  if (version < 0x0300 || version > 0x0304 || length > kLongestRecord) return std::nullopt;
  if (length == 0 && type != application) return std::nullopt;  // RFC 5246 section 6.2.1
  return RecordHeader{type, length};
}

bool is_tls13(uint16_t version) {
  return version == 0x0304 || version >> 8 == 0x7f || version >> 8 == 0xfb;
}

class Tls : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = side(direction);
    if (over_ || from.lost) return;
    const Bytes view = from.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), from.input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    from.input.consume(over_ ? view.size() : used);
  }

  /// A hole inside a record that is passed over does no harm; after any other the chain is lost.
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    Side& from = side(direction);
    from.input.skip_gap(length);
    if (length > 0 && length <= from.left) {
      from.left -= static_cast<uint32_t>(length);
      return;
    }
    from.lost = true;
    if (side(opposite(direction)).lost) finish(findings);
  }

 private:
  struct Side {
    InputBuffer input;
    HandshakeAssembler messages;
    uint32_t left = 0;  // octets of the record being passed over
    int records = 0;
    bool lost = false;
    bool opaque = false;  // handshake records are encrypted, or not wanted any more
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }
  Side& server() { return side(Direction::to_client); }

  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    if (from.left > 0) {
      const size_t step = std::min<size_t>(from.left, view.size());
      from.left -= static_cast<uint32_t>(step);
      return step;
    }
    if (direction == Direction::to_server && from.records == 0 && (view[0] & 0x80) != 0) {
      return read_ssl2_hello(view, findings);
    }
    return read_record(direction, view, offset, findings);
  }

  size_t read_record(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    if (view.size() < kHeader) return 0;
    ByteReader reader(view);
    const auto header = read_record_header(reader);
    if (!header) return give_up("no record where one should start", findings);
    const bool wanted = header->type == alert || header->type == change_cipher ||
                        (header->type == handshake && !from.opaque);
    if (!wanted) {
      from.left = header->length;
      count_record(direction, view.first(kHeader), offset, findings);
      return kHeader;
    }
    const Bytes content = reader.bytes(header->length);
    if (!reader.ok()) return 0;
    count_record(direction, view.first(reader.position()), offset, findings);
    if (over_) return reader.position();
    if (header->type == handshake) read_handshake(direction, content, offset + kHeader, findings);
    if (header->type == alert) read_alert(direction, content, offset, findings);
    if (header->type == change_cipher) read_change_cipher(direction, content, findings);
    return reader.position();
  }

  // ---- handshake

  void read_handshake(Direction direction, Bytes content, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    from.messages.append(content, offset);
    while (!over_ && !from.opaque) {
      const auto message = from.messages.next();
      if (!message) break;
      read_message(direction, *message, findings);
    }
    if (from.messages.claims_more_than(findings.limits().handshake_octets)) from.opaque = true;
    if (over_ || from.opaque) {
      from.messages = {};  // no more is read
    } else {
      from.messages.settle();
    }
  }

  void read_message(Direction direction, const HandshakeAssembler::Message& message,
                    Findings& findings) {
    const Place place{direction, message.offset, message.octets};
    if (direction == Direction::to_server) {
      // Nothing that the client says after its first hello is of interest.
      side(direction).opaque = true;
      if (message.type == tls_handshake::kClientHello) read_client(message.body(), place, findings);
      return;
    }
    switch (message.type) {
      case tls_handshake::kServerHello:
        read_server(message.body(), place, findings);
        break;
      case tls_handshake::kCertificate:
        read_certificate(message.body(), place, findings);
        break;
      case tls_handshake::kServerHelloDone:
        if (server_hello_) end_server(false, findings);
        break;
      default:
        // Mid-stream these are encrypted octets that look like some type.
        if (!server_hello_) server().opaque = true;
        break;
    }
  }

  void read_client(Bytes body, const Place& place, Findings& findings) {
    const auto hello = read_client_hello(body);
    if (!hello) return give_up_void("the client hello's lengths do not agree", findings);
    confirm_hello("client-hello", place, "a whole TLS client hello, every length exact", findings);
    client_hello_ = true;
    report_client_hello(*hello, 't', place, findings);
    end_if_known(findings);
  }

  void read_server(Bytes body, const Place& place, Findings& findings) {
    const auto hello = read_server_hello(body);
    if (!hello) return give_up_void("the server hello's lengths do not agree", findings);
    confirm_hello("server-hello", place, "a whole TLS server hello, every length exact", findings);
    server_hello_ = true;
    server_version_ = hello->version;
    report_server_hello(*hello, place, findings);
    if (hello->retry) return;  // the real one follows the client's second hello
    if (is_tls13(hello->version)) end_server(hello->psk, findings);
  }

  /// Both hellos are proof together, one alone is strong.
  void confirm_hello(std::string_view what, const Place& place, Sentence text, Findings& findings) {
    const bool second = client_hello_ || server_hello_;
    strength_ = std::max(strength_, second ? Strength::proof : Strength::strong);
    findings.confirm(second ? Strength::proof : Strength::strong, what, place, std::move(text));
  }

  /// RFC 5246 section 7.4.2: the first certificate is the server's own.
  void read_certificate(Bytes body, const Place& place, Findings& findings) {
    ByteReader reader(body);
    ByteReader list = reader.sub(reader.be24());
    const Bytes leaf = list.bytes(list.be24());
    if (!server_hello_ || !list.ok()) return;
    auto names = certificate_names(leaf, kNamesAtMost);
    for (const std::string& name : names) {
      findings.field("tls.certificate", {place.direction, place.offset, as_bytes(name)});
    }
    if (!names.empty()) findings.note("tls.certificate_names", std::move(names));
  }

  /// SSL 2 form of a hello that offers SSL 3 or later: length, 1, version, three lengths, and
  /// those three parts.
  size_t read_ssl2_hello(Bytes view, Findings& findings) {
    ByteReader reader(view);
    const size_t length = reader.be16() & 0x7fffU;
    ByteReader message(reader.rest());
    const uint8_t type = message.u8();
    const uint16_t version = message.be16();
    const size_t ciphers = message.be16();
    const size_t session = message.be16();
    const size_t challenge = message.be16();
    if (!reader.ok() || !message.ok()) return 0;
    const bool exact = length == message.position() + ciphers + session + challenge;
    if (type != tls_handshake::kClientHello || (version != 2 && version >> 8 != 3) || !exact ||
        ciphers == 0 || ciphers % 3 != 0 || (session != 0 && session != 16) || challenge < 16 ||
        challenge > 32) {
      return give_up("neither a record nor an SSL 2 hello", findings);
    }
    reader.skip(length);
    if (!reader.ok()) return 0;
    side(Direction::to_server).opaque = true;
    ++side(Direction::to_server).records;
    // Not worth a label before the server answers with TLS: old Skype sends such a hello and
    // follows it with octets of its own.
    client_hello_ = true;
    end_if_known(findings);
    return reader.position();
  }

  // ---- other records

  void read_alert(Direction direction, Bytes content, uint64_t offset, Findings& findings) {
    if (content.size() != 2 || content[0] < 1 || content[0] > 2) return;  // encrypted
    findings.note("tls.alert", tls_alert_name(content[1]));
    if (direction != Direction::to_client || !client_hello_ || server_hello_) return;
    strength_ = Strength::proof;
    findings.confirm(Strength::proof, "alert", {direction, offset, content},
                     "the server answers the client hello with an alert");
    if (content[0] == 2) finish(findings);
  }

  void read_change_cipher(Direction direction, Bytes content, Findings& findings) {
    if (content.size() != 1 || content[0] != 1) {
      return give_up_void("a change of ciphers that is none", findings);
    }
    // After a HelloRetryRequest this one is for show (RFC 8446 appendix D.4).
    if (is_tls13(server_version_)) return;
    if (direction == Direction::to_client && server_hello_) return end_server(true, findings);
    side(direction).opaque = true;
  }

  /// Counts a record whose header stood where the last one ended.
  void count_record(Direction direction, Bytes octets, uint64_t offset, Findings& findings) {
    const int records = ++side(direction).records;
    const int others = side(opposite(direction)).records;
    const bool from_silent_side = direction == Direction::to_client
                                      ? client_hello_ && !server_hello_
                                      : server_hello_ && !client_hello_;
    const bool chained = (records >= kChain && others >= kChain) || records >= kOneSidedChain;
    if (from_silent_side && records == kChain) {
      confirm_chain(Strength::proof, {direction, offset, octets}, findings);
    } else if (chained && strength_ == Strength::none) {
      confirm_chain(Strength::strong, {direction, offset, octets}, findings);
    }
    if (records + others >= kRecordsAtMost) finish(findings);
  }

  void confirm_chain(Strength strength, const Place& place, Findings& findings) {
    strength_ = strength;
    findings.confirm(strength, "record-chain", place,
                     "TLS records follow one another without a break");
    // With one hello the other may still come late; without any nothing more can be learnt.
    if (!client_hello_ && !server_hello_ && side(opposite(place.direction)).records > 0) {
      finish(findings);
    }
  }

  // ---- the end

  /// All that the server says in the clear was read.
  void end_server(bool resumed, Findings& findings) {
    server().opaque = true;
    server_ended_ = true;
    findings.note("tls.resumed", resumed);
    end_if_known(findings);
  }
  void end_if_known(Findings& findings) {
    if (client_hello_ && server_ended_) finish(findings);
  }
  void finish(Findings& findings) {
    if (over_) return;
    over_ = true;
    findings.finish();
  }
  size_t give_up(std::string_view reason, Findings& findings) {
    give_up_void(reason, findings);
    return 0;
  }
  void give_up_void(std::string_view reason, Findings& findings) {
    if (strength_ != Strength::none) return finish(findings);
    over_ = true;
    findings.refute(reason);
  }

  std::array<Side, 2> sides_;
  Strength strength_ = Strength::none;
  uint16_t server_version_ = 0;
  bool client_hello_ = false;
  bool server_hello_ = false;
  bool server_ended_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTls;
const ParserModule kTls{"tls", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Tls>();
                        }};

}  // namespace parlance
