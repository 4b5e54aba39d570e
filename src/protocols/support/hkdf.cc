#include "protocols/support/hkdf.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kBlocksAtMost = 255;

void append(std::vector<uint8_t>& to, Bytes octets) {
  to.insert(to.end(), octets.begin(), octets.end());
}

/// HkdfLabel.
std::vector<uint8_t> info_of(std::string_view prefix, std::string_view label, Bytes context,
                             size_t length) {
  std::vector<uint8_t> info = {static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length),
                               static_cast<uint8_t>(prefix.size() + label.size())};
  append(info, as_bytes(prefix));
  append(info, as_bytes(label));
  info.push_back(static_cast<uint8_t>(context.size()));
  append(info, context);
  return info;
}

}  // namespace

std::vector<uint8_t> hkdf_expand_label(HashKind hash, Bytes secret, std::string_view label,
                                       Bytes context, size_t length, std::string_view prefix) {
  if (length > kBlocksAtMost * digest_octets(hash) || prefix.size() + label.size() > 255 ||
      context.size() > 255) {
    return {};
  }
  const std::vector<uint8_t> info = info_of(prefix, label, context, length);
  Hmac hmac(hash, secret);
  std::vector<uint8_t> result;
  Digest block;
  for (uint8_t number = 1; result.size() < length; ++number) {
    block = hmac.of({block, info, {&number, 1}});
    if (block.size() == 0) return {};
    append(result, first_of(block, length - result.size()));
  }
  return result;
}

}  // namespace parlance
