#include "protocols/support/tls_finished_length.h"

#include <algorithm>
#include <numeric>

namespace parlance {
namespace {

constexpr std::string_view kImpossible = "no-finished", kUnlikely = "no-finished-alone";

constexpr uint8_t kChangeCipher = 20, kApplication = 23;
constexpr uint16_t kTls13 = 0x0304;
constexpr uint16_t kAes128Gcm = 0x1301, kChaCha20 = 0x1303;

// Extensions with which other messages of the client may come before its Finished, or shorter
// certificates than below.
constexpr uint16_t kRawClientKey = 19;   // client_certificate_type, RFC 7250
constexpr uint16_t kEarlyData = 42;      // EndOfEarlyData
constexpr uint16_t kChannelId = 0x7550;  // Chromium's, 136 octets

constexpr uint16_t kTag = 16;
constexpr uint16_t kShortestRecord = 1 + kTag;  // a type and a tag (RFC 8446 section 5.2)
constexpr uint16_t kSettings = 120;  // longer than Chromium's EncryptedExtensions (ALPS) and a Finished
// The least that a client's certificate, its signature and Finished take together: 96 octets of key and
// signature in a certificate and as many around them that no compression takes away (13 of framing), 72 of
// CertificateVerify, 36 of Finished, 17 of the record.
constexpr uint16_t kCertificateFlight = 240;
constexpr uint16_t kFullRecord = 16384;  // a certificate that goes on in the next record
// Certificate, CertificateVerify and Finished are a record each with most clients.
constexpr int kClientRecords = 3;
// Records padded to blocks (section 5.4) are multiples of one length, but for the tag. Shorter blocks make a
// Finished no longer than kSettings.
constexpr uint16_t kShortestBlock = kSettings - kTag;
constexpr int kServerRecords = 24;  // of its flight and what follows, while the client says nothing

}  // namespace

void TlsFinishedLength::client_hello(const ClientHello& hello) {
  plain_client_ = std::none_of(
      hello.extensions.begin(), hello.extensions.end(), [](uint16_t each) {
        return each == kRawClientKey || each == kEarlyData || each == kChannelId;
      });
}

void TlsFinishedLength::server_hello(const ServerHello& hello) {
  if (hello.retry || state_ != State::before_hellos) return;
  const bool known_cipher = hello.cipher >= kAes128Gcm && hello.cipher <= kChaCha20;
  const bool fit = plain_client_ && hello.version == kTls13 && known_cipher;
  state_ = fit ? State::watching : State::over;
}

std::string_view TlsFinishedLength::observe(Direction direction, uint8_t type, uint16_t length) {
  if (!watching() || type == kChangeCipher) return {};
  if (type != kApplication) return end();  // an alert in the clear, or no TLS 1.3
  if (length < kShortestRecord) return end(kImpossible);
  if (direction == Direction::to_server) return observe_client(length);
  return ++server_records_ > kServerRecords ? end() : std::string_view();
}

std::string_view TlsFinishedLength::observe_client(uint16_t length) {
  if (is_finished(length)) return end();
  common_divisor_ = std::gcd(common_divisor_, static_cast<uint16_t>(length - kTag));
  if (++client_records_ == 1) {
    first_length_ = length;
    if (length <= kSettings || length >= kFullRecord) return end();
  }
  if (client_records_ < kClientRecords) return {};
  if (common_divisor_ >= kShortestBlock) return end();
  return end(first_length_ < kCertificateFlight ? kImpossible : kUnlikely);
}

}  // namespace parlance
