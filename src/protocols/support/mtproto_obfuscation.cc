#include "protocols/support/mtproto_obfuscation.h"

#include <algorithm>
#include <bitset>

#include "base/byte_reader.h"
#include "protocols/support/sha256.h"

namespace parlance {
namespace {

constexpr size_t kKeyAt = 8, kCounterAt = 40, kMarkAt = 56, kCentreAt = 60;
constexpr size_t kMark = 4;
constexpr size_t kDifferentAtLeast = 40;  // of 64 random octets 57 are different, give or take 2

using Header = std::array<uint8_t, MtprotoObfuscation::kHeader>;

/// Clients avoid what would be taken for another protocol (or another transport of theirs).
bool is_avoided(Bytes header) {
  ByteReader reader(header);
  const Bytes first = reader.bytes(4);
  const std::string_view text = as_text(first);
  const bool repeated = std::all_of(first.begin(), first.end(), [&](uint8_t each) { return each == first[0]; });
  return first[0] == 0xef || (repeated && (first[0] == 0xdd || first[0] == 0xee)) || text == "HEAD" ||
         text == "POST" || text == "GET " || text == "OPTI" || text == "\x16\x03\x01\x02" || reader.le32() == 0;
}

bool looks_random(Bytes octets) {
  std::bitset<256> seen;
  for (const uint8_t each : octets) seen.set(each);
  return seen.count() >= kDifferentAtLeast;
}

std::optional<MtprotoTransport> transport_of(Bytes mark) {
  if (!std::all_of(mark.begin(), mark.end(), [&](uint8_t each) { return each == mark[0]; })) return std::nullopt;
  switch (mark[0]) {
    case 0xef: return MtprotoTransport::abridged;
    case 0xee: return MtprotoTransport::intermediate;
    case 0xdd: return MtprotoTransport::padded;
    default: return std::nullopt;
  }
}

}  // namespace

struct MtprotoObfuscation::Keys {
  /// `secret`: of a proxy, or nothing.
  Keys(const Header& header, Bytes secret) {
    const Bytes from = Bytes(header).subspan(kKeyAt, AesCtr::kKey);
    std::copy(from.begin(), from.end(), key.begin());
    if (!secret.empty()) {
      Sha256 hash;
      hash.add(from);
      hash.add(secret);
      key = hash.digest();
    }
    std::copy_n(header.begin() + kCounterAt, AesCtr::kCounter, counter.begin());
  }
  std::array<uint8_t, AesCtr::kKey> key{};
  std::array<uint8_t, AesCtr::kCounter> counter{};
};

MtprotoObfuscation::MtprotoObfuscation(const Keys& to_server, const Keys& to_client)
    : to_server_(to_server.key, to_server.counter), to_client_(to_client.key, to_client.counter) {}

std::unique_ptr<MtprotoObfuscation> MtprotoObfuscation::open(Bytes octets, const MtproxySecrets& secrets) {
  if (octets.size() < kHeader || is_avoided(octets) || !looks_random(octets.first(kHeader))) return nullptr;
  Header header{}, reversed{};
  std::copy_n(octets.begin(), kHeader, header.begin());
  std::reverse_copy(header.begin(), header.end(), reversed.begin());
  for (size_t tried = 0; tried <= secrets.all().size(); ++tried) {
    const Bytes secret = tried == 0 ? Bytes() : Bytes(secrets.all()[tried - 1]);
    const Keys keys(header, secret);
    std::array<uint8_t, kHeader - kMarkAt> clear{};
    AesCtr(keys.key, keys.counter).apply(kMarkAt, Bytes(header).subspan(kMarkAt), clear);
    const auto transport = transport_of(Bytes(clear).first(kMark));
    if (!transport) continue;
    std::unique_ptr<MtprotoObfuscation> opened(new MtprotoObfuscation(keys, Keys(reversed, secret)));
    opened->transport_ = *transport;
    opened->proxied_ = tried > 0;
    ByteReader centre(Bytes(clear).subspan(kCentreAt - kMarkAt));
    opened->data_centre_ = static_cast<int16_t>(centre.le16());
    return opened;
  }
  return nullptr;
}

}  // namespace parlance
