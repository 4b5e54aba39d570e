#include "secrets/key_log.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/hex_digit.h"

namespace parlance {
namespace {

constexpr size_t kLineOctets = 4096;
constexpr size_t kProblemsKept = 8;
constexpr size_t kRandomOctets = 32, kMasterOctets = 48, kEncryptedOctets = 8, kSessionOctets = 32;

/// A label, and what stands behind it.
struct Label {
  std::string_view text;
  TlsSecretKind kind;
};

constexpr std::array kLabels = {
    Label{"CLIENT_RANDOM", TlsSecretKind::master},
    Label{"PMS_CLIENT_RANDOM", TlsSecretKind::premaster},
    Label{"CLIENT_EARLY_TRAFFIC_SECRET", TlsSecretKind::client_early},
    Label{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", TlsSecretKind::client_handshake},
    Label{"SERVER_HANDSHAKE_TRAFFIC_SECRET", TlsSecretKind::server_handshake},
    Label{"CLIENT_TRAFFIC_SECRET_0", TlsSecretKind::client_application},
    Label{"SERVER_TRAFFIC_SECRET_0", TlsSecretKind::server_application},
    // as early QUIC programs wrote them
    Label{"QUIC_CLIENT_EARLY_TRAFFIC_SECRET", TlsSecretKind::client_early},
    Label{"QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET", TlsSecretKind::client_handshake},
    Label{"QUIC_SERVER_HANDSHAKE_TRAFFIC_SECRET", TlsSecretKind::server_handshake},
    Label{"QUIC_CLIENT_TRAFFIC_SECRET_0", TlsSecretKind::client_application},
    Label{"QUIC_SERVER_TRAFFIC_SECRET_0", TlsSecretKind::server_application},
};

/// The word at the front of `text`, which is taken away with the blanks behind it.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

/// Octets written as hexadecimal digits; at most TlsSecret::kMost of them, at least one.
std::optional<TlsSecret> from_hex(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0 || digits.size() / 2 > TlsSecret::kMost) {
    return std::nullopt;
  }
  std::array<uint8_t, TlsSecret::kMost> octets;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_value(digits[i]), low = hex_value(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets[i / 2] = static_cast<uint8_t>(high << 4 | low);
  }
  return TlsSecret(Bytes(octets).first(digits.size() / 2));
}

/// "NAME:digits", as old programs wrote.
std::optional<TlsSecret> from_named_hex(std::string_view word, std::string_view name) {
  if (word.substr(0, name.size()) != name) return std::nullopt;
  return from_hex(word.substr(name.size()));
}

bool is_secret_length(TlsSecretKind kind, size_t octets) {
  if (kind == TlsSecretKind::premaster) return true;
  if (kind == TlsSecretKind::master) return octets == kMasterOctets;
  return octets == 32 || octets == 48;  // the hashes of TLS 1.3 (RFC 8446 appendix B.4)
}

}  // namespace

void KeyLogReader::read(std::string_view text) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end);
    if (rest_.size() + part.size() > kLineOctets) passing_over_ = true;
    if (!passing_over_) rest_.append(part);
    if (end == std::string_view::npos) return;
    take_line(rest_);
    rest_.clear();
    passing_over_ = false;
    text.remove_prefix(end + 1);
  }
}

void KeyLogReader::end() {
  if (!rest_.empty() || passing_over_) take_line(rest_);
  rest_.clear();
  passing_over_ = false;
}

void KeyLogReader::take_line(std::string_view line) {
  ++lines_;
  const std::string_view what = passing_over_ ? "the line is too long" : problem_of(line);
  if (what.empty()) return;
  ++bad_lines_;
  if (problems_.size() < kProblemsKept) problems_.push_back({lines_, what});
}

/// Adds what the line says; a literal that says what is wrong with it, or nothing.
std::string_view KeyLogReader::problem_of(std::string_view line) {
  // Lines that were quoted for a shell or a string may end with a backslash.
  line = line.substr(0, line.find_last_not_of(" \t\r\\") + 1);
  if (line.empty() || line.front() == '#') return {};
  const std::string_view label = take_word(line);
  const std::string_view name = take_word(line);
  const std::string_view value = take_word(line);
  if (value.empty() || !line.empty()) return "a label and two values are expected";

  if (label == "RSA") return problem_of_rsa(name, value);
  const auto known = std::find_if(kLabels.begin(), kLabels.end(),
                                  [&](const Label& each) { return each.text == label; });
  if (known == kLabels.end()) return {};  // of something else: exporters, ECH
  const auto random = from_hex(name), secret = from_hex(value);
  if (!random || random->octets().size() != kRandomOctets) return "the client's random is not 32 octets";
  if (!secret || !is_secret_length(known->kind, secret->octets().size())) {
    return "the secret is not of its length";
  }
  secrets_.add(known->kind, random->octets(), secret->octets());
  return {};
}

/// What programs wrote before there was CLIENT_RANDOM: by the session, or by the encrypted premaster
/// secret. The value is a master secret or a premaster secret, which are of one length.
std::string_view KeyLogReader::problem_of_rsa(std::string_view name, std::string_view value) {
  const auto session = from_named_hex(name, "Session-ID:");
  const auto secret = session ? from_named_hex(value, "Master-Key:") : from_hex(value);
  const auto encrypted = session ? std::nullopt : from_hex(name);
  const bool names = session ? session->octets().size() <= kSessionOctets
                             : encrypted && encrypted->octets().size() == kEncryptedOctets;
  if (!names || !secret || secret->octets().size() != kMasterOctets) return "no secret of RSA";
  if (session) {
    secrets_.add(TlsSecretKind::session_master, session->octets(), secret->octets());
  } else {
    secrets_.add(TlsSecretKind::encrypted_premaster, encrypted->octets(), secret->octets());
  }
  return {};
}

}  // namespace parlance
