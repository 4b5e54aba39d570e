#include "protocols/support/mtproxy_hello.h"

#include <algorithm>
#include <array>
#include <vector>

#include "protocols/support/sha256.h"

namespace parlance {
namespace {

// Header of the record 5, of the message 4, version 2.
constexpr size_t kRandomAt = 11, kRandom = 32;
constexpr size_t kTime = 4;  // the last octets of a client's random hold it

std::array<uint8_t, kRandom> without_random(Bytes record, Bytes before, const MtproxySecrets::Secret& secret) {
  std::vector<uint8_t> text(before.begin(), before.end());
  text.insert(text.end(), record.begin(), record.end());
  std::fill_n(text.begin() + static_cast<ptrdiff_t>(before.size() + kRandomAt), kRandom, uint8_t{0});
  return HmacSha256(secret).of(text);
}

}  // namespace

Bytes random_of_hello_record(Bytes record) {
  return record.size() < kRandomAt + kRandom ? Bytes() : record.subspan(kRandomAt, kRandom);
}

const MtproxySecrets::Secret* find_mtproxy_secret(Bytes record, const MtproxySecrets& secrets) {
  const Bytes random = random_of_hello_record(record);
  if (random.empty()) return nullptr;
  for (const MtproxySecrets::Secret& each : secrets.all()) {
    const auto expected = without_random(record, {}, each);
    if (std::equal(random.begin(), random.end() - kTime, expected.begin())) return &each;
  }
  return nullptr;
}

bool answers_mtproxy(Bytes answer, Bytes client_random, const MtproxySecrets::Secret& secret) {
  const Bytes random = random_of_hello_record(answer);
  if (random.empty()) return false;
  const auto expected = without_random(answer, client_random, secret);
  return std::equal(random.begin(), random.end(), expected.begin());
}

}  // namespace parlance
