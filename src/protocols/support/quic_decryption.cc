#include "protocols/support/quic_decryption.h"

#include <algorithm>
#include <utility>

#include "protocols/support/quic_frames.h"
#include "protocols/support/tls_report.h"
#include "secrets/tls_secrets.h"

namespace parlance {
namespace {

constexpr size_t kIdsAtMost = 16;         // of each side; peers allow few at a time
constexpr size_t kWaitingAtMost = 64;     // packets
constexpr int kFailuresAtMost = 64;       // one after another: the keys are not known, or others'
constexpr size_t kSampleOffset = 4 + 16;  // RFC 9001 section 5.4.2: the shortest of packets

TlsSecretKind kind_of(QuicLevel level, Direction direction) {
  const bool client = direction == Direction::to_server;
  switch (level) {
    case QuicLevel::early: return TlsSecretKind::client_early;
    case QuicLevel::handshake:
      return client ? TlsSecretKind::client_handshake : TlsSecretKind::server_handshake;
    case QuicLevel::application: break;
  }
  return client ? TlsSecretKind::client_application : TlsSecretKind::server_application;
}

}  // namespace

// ---- identifiers --------------------------------------------------------------------------------

void QuicConnectionIds::add(Direction direction, Bytes id) {
  auto& ids = ids_[index(direction)];
  for (const auto& each : ids) {
    if (std::equal(each.begin(), each.end(), id.begin(), id.end())) return;
  }
  // The first one stays: the handshake's length is the best guess for one that is not known.
  if (ids.size() == kIdsAtMost) ids.erase(ids.begin() + 1);
  ids.emplace_back(id.begin(), id.end());
}

std::optional<size_t> QuicConnectionIds::length_in(Direction direction, Bytes rest) const {
  const auto& ids = ids_[index(direction)];
  if (ids.empty()) return std::nullopt;
  for (const auto& each : ids) {
    if (each.size() <= rest.size() && std::equal(each.begin(), each.end(), rest.begin())) {
      return each.size();
    }
  }
  return ids.front().size();
}

// ---- keys ---------------------------------------------------------------------------------------

bool QuicDecryption::begin(const ClientHello& hello, const Findings& findings) {
  if (hello.random.size() != random_.size()) return false;
  std::copy(hello.random.begin(), hello.random.end(), random_.begin());
  offered_ = hello.alpn;
  has_random_ = has_news_ = true;
  const TlsSecrets& secrets = findings.secrets();
  if (secrets.may_grow()) return true;
  for (const TlsSecretKind kind :
       {TlsSecretKind::client_early, TlsSecretKind::client_handshake,
        TlsSecretKind::server_handshake, TlsSecretKind::client_application,
        TlsSecretKind::server_application}) {
    if (secrets.find(kind, random_)) return true;
  }
  return false;
}

void QuicDecryption::choose_suite(uint16_t cipher) {
  cipher_ = cipher;
  has_news_ = true;
}

/// Makes the keys of a direction if its secret and suite are known.
void QuicDecryption::look_up(QuicLevel level, Direction direction, uint32_t version,
                             const Findings& findings) {
  Keys& keys = keys_of(level, direction);
  if (keys.known || !has_random_ || (level != QuicLevel::early && !cipher_)) return;
  const uint64_t revision = findings.secrets().revision();
  if (keys.missed == revision) return;
  const auto secret = findings.secrets().find(kind_of(level, direction), random_);
  if (!secret) {
    keys.missed = revision;
    return;
  }
  keys.known = true;
  // Early data have the suite of a session before this one.
  const auto number = level == QuicLevel::early ? std::nullopt : cipher_;
  for (const TlsCipherSuite& suite : quic_suites(secret->octets().size(), number)) {
    QuicProtection protection(suite, version, secret->octets());
    if (protection.usable()) keys.candidates.push_back(std::move(protection));
  }
}

bool QuicDecryption::may_open_later(QuicLevel level, Direction direction,
                                    const Findings& findings) const {
  const Keys& keys = keys_[static_cast<size_t>(level)][index(direction)];
  if (keys.known || waited_too_long_) return false;
  return !has_random_ || findings.secrets().may_grow() ||
         (level != QuicLevel::early && !cipher_ &&
          findings.secrets().find(kind_of(level, direction), random_));
}

// ---- packets ------------------------------------------------------------------------------------

void QuicDecryption::read_short(uint32_t version, const Place& place, Bytes packet,
                                Findings& findings) {
  const auto length = ids_.length_in(place.direction, packet.subspan(1));
  if (!length || packet.size() < 1 + *length + kSampleOffset) return count_unopened(findings);
  read(QuicLevel::application, version, place, packet, 1 + *length, findings);
}

void QuicDecryption::read(QuicLevel level, uint32_t version, const Place& place, Bytes packet,
                          size_t number_offset, Findings& findings) {
  if (level == QuicLevel::early && place.direction != Direction::to_server) return;
  if (findings.secrets().revision() != looked_at_) has_news_ = true;
  if (has_news_) try_waiting(findings);
  look_up(level, place.direction, version, findings);
  Keys& keys = keys_of(level, place.direction);
  if (!keys.candidates.empty()) {
    open(keys, level, place, packet, number_offset, findings);
  } else if (may_open_later(level, place.direction, findings)) {
    wait({level, {place.direction, place.offset, {}}, version, number_offset,
          {packet.begin(), packet.end()}},
         findings);
  } else {
    count_unopened(findings);
  }
}

void QuicDecryption::wait(Waiting packet, const Findings& findings) {
  waiting_octets_ += packet.packet.size();
  waiting_.push_back(std::move(packet));
  if (waiting_.size() <= kWaitingAtMost &&
      waiting_octets_ <= findings.limits().quic_waiting_octets) {
    return;
  }
  waiting_.clear();
  waiting_octets_ = 0;
  waited_too_long_ = true;
}

/// Packets that came before their keys, in the order in which they came.
void QuicDecryption::try_waiting(Findings& findings) {
  has_news_ = false;
  looked_at_ = findings.secrets().revision();
  waiting_octets_ = 0;
  for (const Waiting& each : std::exchange(waiting_, {})) {
    const Place place{each.place.direction, each.place.offset, each.packet};
    read(each.level, each.version, place, each.packet, each.number_offset, findings);
  }
}

void QuicDecryption::open(Keys& keys, QuicLevel level, const Place& place, Bytes packet,
                          size_t number_offset, Findings& findings) {
  for (QuicProtection& each : keys.candidates) {
    const auto frames = each.open(packet, number_offset);
    if (!frames) continue;
    if (keys.candidates.size() > 1) {
      std::swap(keys.candidates.front(), each);
      keys.candidates.erase(keys.candidates.begin() + 1, keys.candidates.end());
    }
    failures_ = 0;
    say_opened(level, place, findings);
    return read_frames(level, place, *frames, findings);
  }
  count_unopened(findings);
}

/// A stated gap: nothing is guessed of what was inside.
void QuicDecryption::count_unopened(Findings& findings) {
  ++failures_;
  findings.count("quic.unopened_packets");
}

void QuicDecryption::say_opened(QuicLevel level, const Place& place, Findings& findings) {
  bool& said = said_[static_cast<size_t>(level)];
  if (said) return;
  said = true;
  static constexpr std::string_view kWhat[] = {"early-opened", "handshake-opened",
                                               "application-opened"};
  static constexpr const char* kText[] = {
      "a 0-RTT packet opens with the client's early secret",
      "a Handshake packet opens with the connection's secret",
      "a packet of the application opens with the connection's secret"};
  findings.note("quic.decrypted", true);
  findings.confirm(Strength::proof, kWhat[static_cast<size_t>(level)], place,
                   kText[static_cast<size_t>(level)]);
}

bool QuicDecryption::over(const Findings& findings) const {
  if (closed_ || failures_ >= kFailuresAtMost) return true;
  if (waited_too_long_ && !said_[0] && !said_[1] && !said_[2]) return true;
  return application_ && !application_->listening(findings);
}

// ---- frames -------------------------------------------------------------------------------------

void QuicDecryption::read_frames(QuicLevel level, const Place& place, Bytes frames,
                                 Findings& findings) {
  QuicFrameReader reader(frames);
  while (const auto frame = reader.next()) {
    switch (frame->type) {
      case QuicFrameType::crypto:
        if (level == QuicLevel::handshake) read_crypto(*frame, place, findings);
        break;
      case QuicFrameType::stream:
      case QuicFrameType::reset_stream:
        if (level != QuicLevel::handshake) read_stream(*frame, place, findings);
        break;
      case QuicFrameType::new_connection_id:
        ids_.add(opposite(place.direction), frame->octets);
        break;
      case QuicFrameType::connection_close:
        closed_ = true;
        if (application_) streams_.flush(*application_, findings);
        break;
      default:
        break;
    }
  }
  if (reader.damaged()) findings.count("quic.damaged_packets");
}

void QuicDecryption::read_crypto(const QuicFrame& frame, const Place& place, Findings& findings) {
  if (place.direction != Direction::to_client) return;  // the client sends no more than it did
  QuicCryptoStream& stream = server_handshake_;
  stream.add(frame.offset, frame.octets, findings.limits().handshake_octets);
  for (Bytes message = stream.next_message(); !message.empty(); message = stream.next_message()) {
    read_message(message, place, findings);
  }
}

void QuicDecryption::read_message(Bytes message, const Place& place, Findings& findings) {
  const Bytes body = message.subspan(4);
  if (message[0] == tls_handshake::kEncryptedExtensions) {
    const auto extensions = read_encrypted_extensions(body);
    if (!extensions || extensions->alpn.empty()) return;
    report_server_alpn(extensions->alpn, place, findings);
    agreed_ = extensions->alpn;
  } else if (message[0] == tls_handshake::kCertificate) {
    report_certificate(leaf_certificate(body, true), place, findings);
  }
}

/// The protocol that was agreed on; if the server's word was not seen, what the client offered if
/// that leaves no choice.
std::string_view QuicDecryption::protocol() const {
  if (!agreed_.empty()) return agreed_;
  return offered_.size() == 1 ? std::string_view(offered_.front()) : std::string_view();
}

void QuicDecryption::read_stream(const QuicFrame& frame, const Place& place, Findings& findings) {
  if (!application_) application_ = make_quic_application(protocol());
  streams_.add(frame, place.direction, *application_, findings);
}

}  // namespace parlance
