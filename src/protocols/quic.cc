// QUIC (RFC 9000, RFC 9369, drafts 22 to 34, Facebook's and Google's numbers): long headers walked
// over whole datagrams, and the Initial packets opened, whose keys follow from a connection
// identifier in the clear (RFC 9001 section 5.2); the client's hello inside tells the server's
// name. Where a connection's secrets are known, all other packets are opened as well; where they are
// not, the parser ends with the hellos.
//
// What is not followed: a connection that goes on from another address or port (RFC 9000 section 9)
// is another flow, without a hello; its packets cannot be opened there. Identifiers that change
// within a flow are followed.
//
// Google's versions up to Q046 have another header: flags, identifier, "Q0dd", and a hello of tags.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/parser.h"
#include "protocols/support/quic_crypto_stream.h"
#include "protocols/support/quic_decryption.h"
#include "protocols/support/quic_initial.h"
#include "protocols/support/quic_packet.h"
#include "protocols/support/quic_retry.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_report.h"
#include "secrets/tls_secrets.h"

namespace parlance {
namespace {

constexpr size_t kClientInitial = 1200;  // RFC 9000 section 14.1
constexpr size_t kIdForProof = 4;        // octets of an identifier that do not agree by chance
constexpr int kForeignAtMost = 8;        // datagrams before the first of ours
constexpr int kDatagramsAtMost = 32;     // looked at for the hellos
constexpr int kOpenedAtMost = 64;        // Initial packets tried; a datagram may hold hundreds
constexpr int kFailuresAtMost = 8;       // of those: keys that did not fit so often never will
constexpr int kDerivationsAtMost = 8;    // of keys; a Retry and a change of version need four

/// A gQUIC client's first datagram: flags, eight octets of identifier, version (Q046 has the
/// version second), and after packet number, hash and frame header the tags of its hello. Returns
/// the version, or an empty text.
std::string google_version(Bytes datagram) {
  ByteReader reader(datagram);
  const uint8_t flags = reader.u8();
  const bool late = (flags & 0xc0) == 0xc0;  // Q046
  if (!late && (flags & 0x89) != 0x09) return {};
  if (!late) reader.skip(8);
  const Bytes version = reader.bytes(4);
  if (!reader.ok() || version[0] != 'Q' || version[1] != '0') return {};
  if (version[2] < '0' || version[2] > '9' || version[3] < '0' || version[3] > '9') return {};
  // identifier's length and octets 9, number up to 6, hash 12, frame type 1, stream up to 4, offset
  // up to 8, length 2
  const std::string_view rest = as_text(first_of(reader.rest(), 46));
  if (rest.find("CHLO") == std::string_view::npos) return {};
  return std::string(as_text(version));
}

class Quic : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    ++datagrams_;
    if (datagrams_ == 1) begin_decryption(findings);
    if (octets.empty() || !read_packets(place, findings)) read_other(place, findings);
    if (over_) return;
    const bool hello_came = said_hello_[index(Direction::to_server)];
    if (decryption_ && hello_came ? decryption_->over(findings) : late()) end_of_interest(findings);
  }
  /// Datagrams are read one by one.
  void gap(Direction direction, uint64_t length, Findings&) override {
    offset_[index(direction)] += length;
  }

 private:
  /// Too many datagrams for a handshake.
  bool late() const { return datagrams_ >= kDatagramsAtMost; }

  /// Of one direction: what packets of that version are opened with, as long as any are.
  struct Keys {
    uint32_t version = 0;
    bool known = false;
    std::vector<QuicInitialKeys> candidates;  ///< once one has fitted, that one
  };

  void read_other(const Place& place, Findings& findings) {
    const std::string version = strength_ == Strength::none ? google_version(place.octets) : "";
    if (version.empty()) return count_foreign(findings);
    findings.note("quic.version", version);
    confirm(Strength::strong, "google-hello", place, "a gQUIC header and a client hello", findings);
    end_of_interest(findings);
  }

  /// False if the datagram does not begin with a packet of ours.
  bool read_packets(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    bool any = false;
    while (!over_ && (reader.peek() & 0x80) != 0) {
      const auto packet = read_quic_packet(reader, greeted_ || strength_ == Strength::proof);
      if (!packet) break;
      any = true;
      read_packet(*packet, place, findings);
    }
    // A packet with a short header, or zeroes, may only come last. Without a long header before it there
    // is no telling whether it is one.
    if (over_ || !decryption_ || strength_ == Strength::none || (reader.peek() & 0x80) != 0 ||
        reader.peek() == 0) {
      return any;
    }
    decryption_->read_short(version_, place, reader.rest(), findings);
    return true;
  }

  void read_packet(const QuicPacket& packet, const Place& place, Findings& findings) {
    const bool from_client = place.direction == Direction::to_server;
    if (packet.type == QuicType::version_negotiation) {
      if (!from_client) read_negotiation(packet, place, findings);
      return;
    }
    if (from_client && packet.type == QuicType::initial && place.octets.size() < kClientInitial) {
      return;
    }
    say_header(packet, place, findings);
    if (from_client) {
      if (!greeted_ && packet.type == QuicType::initial) remember(packet);
    } else {
      compare_ids(packet, place, findings);
      if (packet.type == QuicType::retry) return read_retry(packet, place, findings);
    }
    if (packet.type == QuicType::initial) open(packet, place, findings);
    if (decryption_) decrypt(packet, place, findings);
  }

  // ---- what is inside, with secrets

  void begin_decryption(const Findings& findings) {
    if (findings.secrets().may_open()) decryption_ = std::make_unique<QuicDecryption>();
  }
  void decrypt(const QuicPacket& packet, const Place& place, Findings& findings) {
    // RFC 9000 section 7.2: each side is addressed by what it called itself.
    decryption_->add_id(opposite(place.direction), packet.source_id);
    if (packet.type == QuicType::initial) {
      // A server may go on with another version (RFC 9368): all that follows has that.
      version_ = packet.version;
      return;
    }
    const QuicLevel level =
        packet.type == QuicType::zero_rtt ? QuicLevel::early : QuicLevel::handshake;
    decryption_->read(level, packet.version, place, packet.octets, packet.number_offset, findings);
  }

  // ---- what everyone can read

  void say_header(const QuicPacket& packet, const Place& place, Findings& findings) {
    if (strength_ != Strength::none) return;
    const std::string version = quic_version_name(packet.version);
    findings.field("quic.version", {place.direction, place.offset, as_bytes(version)});
    findings.note("quic.version", version);
    confirm(Strength::strong, "long-header", place,
            "a QUIC long header of a known version whose lengths fit the datagram", findings);
  }

  void remember(const QuicPacket& packet) {
    greeted_ = true;
    first_id_.assign(packet.destination_id.begin(), packet.destination_id.end());
    client_id_.assign(packet.source_id.begin(), packet.source_id.end());
  }

  /// RFC 9000 section 7.2: each side addresses the other by the identifier it chose.
  void compare_ids(const QuicPacket& packet, const Place& place, Findings& findings) {
    if (!greeted_ || strength_ == Strength::proof || client_id_.size() < kIdForProof) return;
    if (!equals(packet.destination_id, client_id_)) return;
    confirm(Strength::proof, "connection-ids", place,
            "the server answers to the connection identifier that the client chose", findings);
  }

  /// RFC 9000 section 17.2.1: both identifiers come back exchanged.
  void read_negotiation(const QuicPacket& packet, const Place& place, Findings& findings) {
    const size_t octets = client_id_.size() + first_id_.size();
    if (!greeted_ || octets < kIdForProof || !equals(packet.destination_id, client_id_) ||
        !equals(packet.source_id, first_id_)) {
      return;
    }
    confirm(Strength::proof, "version-negotiation", place,
            "the server lists versions for the identifiers that the client chose", findings);
    // The client begins anew with another version, and with other identifiers if it likes.
    greeted_ = false;
    for (Keys& each : keys_) each = {};
  }

  /// RFC 9000 section 17.2.5: the client is to begin anew with the server's identifier.
  void read_retry(const QuicPacket& packet, const Place& place, Findings& findings) {
    if (!greeted_ || !equals(packet.destination_id, client_id_)) return;
    const QuicRetryTag tag = check_quic_retry(packet, first_id_);
    if (tag == QuicRetryTag::differs) return;  // the client ignores it
    if (tag == QuicRetryTag::fits) {
      findings.note("quic.retry", true);
      if (strength_ != Strength::proof) {
        confirm(Strength::proof, "retry-tag", place,
                "a Retry whose integrity tag fits the identifier that the client chose", findings);
      }
    }
    change_id(packet.source_id);
  }

  /// Both sides' keys follow from the identifier that the server asks for (RFC 9001 section 5.2).
  void change_id(Bytes id) {
    if (equals(id, first_id_)) return;
    first_id_.assign(id.begin(), id.end());
    for (Keys& each : keys_) each = {};
  }

  /// The candidates for the keys of a packet; none if too many have been derived.
  Keys& keys_for(const QuicPacket& packet, Direction direction) {
    Keys& kept = keys_[index(direction)];
    if (kept.known && kept.version == packet.version) return kept;
    kept = {packet.version, true, {}};
    if (++derivations_ <= kDerivationsAtMost) {
      kept.candidates = quic_initial_keys(packet.version, first_id_, direction);
    }
    return kept;
  }

  /// Opens an Initial packet. Its tag is a cryptographic check: nothing passes it by chance.
  void open(const QuicPacket& packet, const Place& place, Findings& findings) {
    if (!greeted_ || said_hello_[index(place.direction)] || opened_ >= kOpenedAtMost ||
        failures_ >= kFailuresAtMost) {
      return;
    }
    ++opened_;
    Keys& keys = keys_for(packet, place.direction);
    for (const QuicInitialKeys& candidate : keys.candidates) {
      const auto frames = open_quic_initial(packet, candidate);
      if (!frames) continue;
      if (keys.candidates.size() > 1) keys.candidates = {QuicInitialKeys(candidate)};
      read_frames(*frames, place, findings);
      return;
    }
    if (!keys.candidates.empty()) ++failures_;
  }

  void read_frames(Bytes frames, const Place& place, Findings& findings) {
    if (strength_ != Strength::proof) {
      confirm(Strength::proof, "initial-opened", place,
              "an Initial packet opens with the keys of its version and identifier", findings);
    }
    QuicCryptoStream& stream = crypto_[index(place.direction)];
    if (!stream.add_frames(frames, findings.limits().handshake_octets)) return;
    read_hello(stream.first_message(), place, findings);
  }

  void read_hello(Bytes message, const Place& place, Findings& findings) {
    if (message.empty()) return;
    const Bytes body = message.subspan(4);
    if (place.direction == Direction::to_server && message[0] == tls_handshake::kClientHello) {
      const auto hello = read_client_hello(body);
      if (hello) read_client(*hello, place, findings);
    } else if (message[0] == tls_handshake::kServerHello) {
      const auto hello = read_server_hello(body);
      if (hello) report_server_hello(*hello, place, findings);
      if (hello && decryption_) decryption_->choose_suite(hello->cipher);
    }
    said_hello_[index(place.direction)] = true;
    crypto_[index(place.direction)] = {};
    keys_[index(place.direction)] = {};
    if (said_hello_[0] && said_hello_[1] && !decryption_) end_of_interest(findings);
  }

  void read_client(const ClientHello& hello, const Place& place, Findings& findings) {
    report_client_hello(hello, 'q', place, findings);
    if (decryption_ && !decryption_->begin(hello, findings)) decryption_.reset();
  }

  static bool equals(Bytes a, const std::vector<uint8_t>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings) {
    strength_ = strength;
    findings.confirm(strength, what, place, std::move(text));
  }
  void count_foreign(Findings& findings) {
    if (strength_ == Strength::none && ++foreign_ >= kForeignAtMost) end_of_interest(findings);
  }
  void end_of_interest(Findings& findings) {
    over_ = true;
    if (strength_ == Strength::none) {
      findings.refute("no QUIC long header");
    } else {
      findings.finish();
    }
  }

  std::array<uint64_t, 2> offset_{};
  std::array<QuicCryptoStream, 2> crypto_;
  std::array<Keys, 2> keys_;
  std::unique_ptr<QuicDecryption> decryption_;  // only while secrets are known or may come
  std::array<bool, 2> said_hello_{};
  std::vector<uint8_t> first_id_;   // the destination that the client chose for the server
  std::vector<uint8_t> client_id_;  // its own
  Strength strength_ = Strength::none;
  uint32_t version_ = 0;  // of the last Initial
  int datagrams_ = 0;
  int opened_ = 0;
  int failures_ = 0;
  int derivations_ = 0;
  int foreign_ = 0;
  bool greeted_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kQuic;
const ParserModule kQuic{"quic", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Quic>();
                         }};

}  // namespace parlance
