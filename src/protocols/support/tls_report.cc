#include "protocols/support/tls_report.h"

#include <utility>

#include "base/text.h"
#include "protocols/support/certificate_names.h"

namespace parlance {

void report_client_hello(const ClientHello& hello, char carrier, const Place& place,
                         Findings& findings) {
  if (!hello.server_name.empty()) {
    const Bytes name = as_bytes(hello.server_name);
    findings.note("tls.sni", to_valid_utf8(name));
    findings.field("tls.sni", {place.direction, place.offset, name});
  }
  std::vector<std::string> names;
  names.reserve(hello.alpn.size());
  for (const std::string& each : hello.alpn) {
    names.push_back(to_valid_utf8(as_bytes(each)));
    findings.field("tls.alpn", {place.direction, place.offset, as_bytes(each)});
  }
  if (!names.empty()) findings.note("tls.client_alpns", std::move(names));
  if (hello.early_data) findings.note("tls.early_data", true);
  findings.note("tls.ja4", ja4(hello, carrier));
}

void report_server_hello(const ServerHello& hello, const Place& place, Findings& findings) {
  findings.note("tls.version", tls_version_name(hello.version));
  findings.note("tls.cipher", hex_of_16_bits(hello.cipher));
  report_server_alpn(hello.alpn, place, findings);
}

void report_server_alpn(const std::string& alpn, const Place& place, Findings& findings) {
  if (alpn.empty()) return;
  std::vector<std::string> names = {to_valid_utf8(as_bytes(alpn))};
  findings.note("tls.alpn", names);
  findings.note("tls.server_alpns", std::move(names));
  findings.field("tls.alpn_server", {place.direction, place.offset, as_bytes(alpn)});
}

void report_certificate(Bytes certificate, size_t most, const Place& place, Findings& findings) {
  auto names = certificate_names(certificate, most);
  for (const std::string& name : names) {
    findings.field("tls.certificate", {place.direction, place.offset, as_bytes(name)});
  }
  if (!names.empty()) findings.note("tls.certificate_names", std::move(names));
}

}  // namespace parlance
