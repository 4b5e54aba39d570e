#include "protocols/support/http_marks.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace parlance {
namespace {

constexpr size_t kShown = 64;  // octets of a value that is no secret

bool is_base64(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) {
    return (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z') ||
           (each >= '0' && each <= '9') || each == '+' || each == '/' || each == '=';
  });
}

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What is shown: the first octets of a field's value.
Place shown(Direction direction, const HttpField& field, size_t octets) {
  return {direction, field.offset, first_of(as_bytes(field.value), octets)};
}

// ---- Matrix -------------------------------------------------------------------------------------

/// A parameter of "X-Matrix origin=a,destination="b",…", its quotes taken off.
std::string_view parameter(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view each = trim(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    const size_t equals = each.find('=');
    if (equals == std::string_view::npos || each.substr(0, equals) != name) continue;
    std::string_view value = each.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

/// Servers sign their requests to one another: the signature has 64 octets (server-server API,
/// section "Request authentication").
void show_matrix(Direction direction, const HttpHead& request, Findings& findings) {
  constexpr std::string_view kScheme = "X-Matrix ";
  constexpr size_t kSignatureText = 86;  // of 64 octets in base64, not padded
  const HttpField* field = request.find("authorization");
  if (field == nullptr || !request.target.starts_with("/_matrix/")) return;
  const std::string_view value = field->value;
  if (!equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) return;
  const std::string_view list = value.substr(kScheme.size());
  const std::string_view signature = parameter(list, "sig");
  if (parameter(list, "origin").empty() || !parameter(list, "key").starts_with("ed25519:") ||
      signature.size() < kSignatureText || signature.size() > kSignatureText + 2 ||
      !is_base64(signature)) {
    return;
  }
  findings.support("matrix", Strength::strong, "signed-request",
                   shown(direction, *field, kScheme.size() - 1),
                   "a path of Matrix's is asked for with the signature of a server");
}

// ---- LINE ---------------------------------------------------------------------------------------

/// "0008" and a key of AES under RSA with 2048 bits.
bool is_sealed_key(std::string_view value) {
  constexpr size_t kKeyText = 344;  // of 256 octets in base64
  return value.size() == 4 + kKeyText && value.starts_with("0008") && is_base64(value);
}

/// "ANDROID\t13.3.0\t…", a client and its version.
bool is_line_client(std::string_view value) {
  const size_t tab = value.find('\t');
  if (tab == std::string_view::npos || tab < 3 || tab > 20 || tab + 1 >= value.size()) return false;
  const std::string_view name = value.substr(0, tab);
  const bool is_name = std::all_of(name.begin(), name.end(), [](char each) {
    return (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') || each == '_';
  });
  return is_name && is_decimal(value.substr(tab + 1, 1));
}

void show_line(Direction direction, const HttpHead& request, Findings& findings) {
  const HttpField* key = request.find("x-lcs");
  if (key != nullptr && is_sealed_key(key->value) && is_decimal(request.value("x-le"))) {
    findings.support("line", Strength::strong, "encrypted-field", shown(direction, *key, 4),
                     "a sealed key and how to encipher, as LINE's gateways ask for");
  }
  const HttpField* client = request.find("x-line-application");
  if (client != nullptr && is_line_client(client->value)) {
    findings.support("line", Strength::strong, "application-field",
                     shown(direction, *client, kShown),
                     "the header field X-Line-Application with a client and its version");
  }
}

// ---- Mattermost ---------------------------------------------------------------------------------

/// "9.5.0.9.5.1.", the hash of a configuration, ".false": version, build, MD5, whether it is
/// licensed.
bool is_version_id(std::string_view value) {
  constexpr size_t kHash = 32;
  size_t numbers = 0;
  while (numbers < 3) {
    const size_t dot = value.find('.');
    if (dot == std::string_view::npos || !is_decimal(value.substr(0, dot))) return false;
    value.remove_prefix(dot + 1);
    ++numbers;
  }
  const size_t end = value.rfind('.');
  if (end == std::string_view::npos || end < kHash + 1) return false;
  const std::string_view licensed = value.substr(end + 1);
  const std::string_view hash = value.substr(end - kHash, kHash);
  return value[end - kHash - 1] == '.' && (licensed == "true" || licensed == "false") &&
         hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// An id of Mattermost's: 16 octets in base 32, not padded.
bool is_id(std::string_view value) {
  constexpr size_t kId = 26;
  return value.size() == kId &&
         value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos;
}

/// Of every answer of the server's (mattermost/server, handlers.go).
void show_mattermost(Direction direction, const HttpHead& answer, Findings& findings) {
  const HttpField* version = answer.find("x-version-id");
  if (version == nullptr || !is_version_id(version->value) ||
      !is_id(answer.value("x-request-id"))) {
    return;
  }
  findings.support("mattermost", Strength::strong, "version-field",
                   shown(direction, *version, kShown),
                   "an answer with a request's id and the server's version, build and hash of its "
                   "configuration, as Mattermost writes them");
}

}  // namespace

void show_application_marks(Direction direction, const HttpHead& head, Findings& findings) {
  if (head.kind != HttpHead::Kind::request) return show_mattermost(direction, head, findings);
  show_matrix(direction, head, findings);
  show_line(direction, head, findings);
}

}  // namespace parlance
