#include "secrets/mtproxy_secrets.h"

#include <string.h>

#include <algorithm>

namespace parlance {
namespace {

constexpr uint8_t kPadded = 0xdd, kFakeTls = 0xee;
constexpr size_t kHostAtMost = 253;

}  // namespace

MtproxySecrets::~MtproxySecrets() {
  if (!secrets_.empty()) explicit_bzero(secrets_.data(), secrets_.size() * sizeof(Secret));
}

bool MtproxySecrets::add(Bytes link) {
  if (link.size() == kOctets + 1 && link[0] == kPadded) link = link.subspan(1);
  const bool fake_tls = link.size() > kOctets + 1 && link.size() <= 1 + kOctets + kHostAtMost && link[0] == kFakeTls;
  if (fake_tls) link = link.subspan(1, kOctets);
  if (link.size() != kOctets || secrets_.size() == kMost) return false;
  secrets_.reserve(kMost);  // growing would leave copies behind
  std::copy_n(link.begin(), kOctets, secrets_.emplace_back().begin());
  return true;
}

}  // namespace parlance
