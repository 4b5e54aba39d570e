#include "protocols/support/tls_report.h"

#include <span>
#include <utility>

#include "base/text.h"
#include "protocols/support/certificate_names.h"

namespace parlance {
namespace {

constexpr size_t kUsualList = 128;  // characters; a guess that saves growing

/// Makes `text` "1301,1302": as sent, GREASE left out, for signatures that tell a client by its lists.
void write_list(std::span<const uint16_t> numbers, std::string& text) {
  constexpr size_t kOctets = 5;  // of a number, with its comma
  text.resize(numbers.size() * kOctets);
  char* to = text.data();
  for (const uint16_t each : numbers) {
    if (is_grease(each)) continue;
    to = write_hex_of_16_bits(each, to);
    *to++ = ',';
  }
  const auto written = static_cast<size_t>(to - text.data());
  text.resize(written == 0 ? 0 : written - 1);  // no comma behind the last
}

void report_lists(const ClientHello& hello, const Place& place, Findings& findings) {
  std::string text;
  text.reserve(kUsualList);
  const auto field = [&](std::string_view buffer, std::span<const uint16_t> numbers) {
    write_list(numbers, text);
    findings.field(buffer, {place.direction, place.offset, as_bytes(text)});
  };
  field("tls.client_versions", hello.versions);
  field("tls.client_ciphers", hello.ciphers);
  field("tls.extensions", hello.extensions);
}

/// A name that only covers another is noted, for it is on the wire; but it is nobody's name, so no
/// signature may look at it.
void report_name(const ClientHello& hello, const Place& place, Findings& findings) {
  const bool hidden = hides_server_name(hello);
  if (hidden) findings.note("tls.name_hidden", true);
  if (hello.server_name.empty()) return;
  const Bytes name = as_bytes(hello.server_name);
  findings.note("tls.sni", to_valid_utf8(name));
  if (!hidden) findings.field("tls.sni", {place.direction, place.offset, name});
}

void report_encrypted_hello(const ClientHello& hello, Findings& findings) {
  if (!hello.encrypted_hello) return;
  const EncryptedHello& ech = *hello.encrypted_hello;
  findings.note("tls.ech", true);
  findings.note("tls.ech_kdf", hex_of_16_bits(ech.kdf));
  findings.note("tls.ech_aead", hex_of_16_bits(ech.aead));
  findings.note("tls.ech_config_id", int64_t{ech.config_id});
  findings.note("tls.ech_enc_octets", static_cast<int64_t>(ech.enc_octets));
  findings.note("tls.ech_payload_octets", static_cast<int64_t>(ech.payload_octets));
}

void report_protocols(const ClientHello& hello, const Place& place, Findings& findings) {
  std::vector<std::string> names;
  names.reserve(hello.alpn.size());
  for (const std::string& each : hello.alpn) {
    names.push_back(to_valid_utf8(as_bytes(each)));
    findings.field("tls.alpn", {place.direction, place.offset, as_bytes(each)});
  }
  if (!names.empty()) findings.note("tls.client_alpns", std::move(names));
}

void say(std::string_view key, std::string text, const Place& place, Findings& findings) {
  findings.field(key, {place.direction, place.offset, as_bytes(text)});
  findings.note(key, std::move(text));
}

}  // namespace

void report_client_hello(const ClientHello& hello, char carrier, const Place& place,
                         Findings& findings) {
  report_name(hello, place, findings);
  report_encrypted_hello(hello, findings);
  report_protocols(hello, place, findings);
  if (hello.psk) findings.note("tls.psk_offered", true);
  if (hello.early_data) findings.note("tls.early_data", true);
  report_lists(hello, place, findings);
  say("tls.ja4", ja4(hello, carrier), place, findings);
}

void report_server_hello(const ServerHello& hello, const Place& place, Findings& findings) {
  say("tls.version", tls_version_name(hello.version), place, findings);
  say("tls.cipher", hex_of_16_bits(hello.cipher), place, findings);
  // Up to version 1.2 what follows tells: a certificate or a change of ciphers.
  const bool tells = hello.version == 0x0304 || hello.version == 0xfefc;
  if (tells && !hello.retry) findings.note("tls.resumed", hello.psk);
  report_server_alpn(hello.alpn, place, findings);
}

void report_server_alpn(const std::string& alpn, const Place& place, Findings& findings) {
  if (alpn.empty()) return;
  std::vector<std::string> names = {to_valid_utf8(as_bytes(alpn))};
  findings.note("tls.alpn", names);
  findings.note("tls.server_alpns", std::move(names));
  findings.field("tls.alpn_server", {place.direction, place.offset, as_bytes(alpn)});
}

void report_behaviour(std::string_view what, const Place& record, Findings& findings) {
  findings.note("tls.behaviour", std::string(what));
  findings.field("tls.behaviour", {record.direction, record.offset, as_bytes(what)});
}

void report_certificate(Bytes certificate, const Place& place, Findings& findings) {
  constexpr size_t kNamesAtMost = 16;
  auto names = certificate_names(certificate, kNamesAtMost);
  for (const std::string& name : names) {
    findings.field("tls.certificate", {place.direction, place.offset, as_bytes(name)});
  }
  if (!names.empty()) findings.note("tls.certificate_names", std::move(names));
  for (const std::string& part : certificate_issuer(certificate)) {
    findings.field("tls.certificate_issuer", {place.direction, place.offset, as_bytes(part)});
  }
}

}  // namespace parlance
