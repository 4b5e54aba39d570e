#include "base/keyed_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace parlance {
namespace {

TEST(KeyedHash, depends_on_every_octet_and_on_how_many_there_are) {
  const KeyedHash hash;
  std::set<uint64_t> seen;
  size_t texts = 0;
  for (size_t length = 0; length < 50; ++length) {
    std::string text(length, '\0');
    seen.insert(hash(text));
    ++texts;
    for (size_t place = 0; place < length; ++place) {
      text[place] = '\1';
      seen.insert(hash(text));
      ++texts;
      text[place] = '\0';
    }
  }
  EXPECT_EQ(seen.size(), texts);
}

TEST(KeyedHash, is_the_same_for_the_same_octets_and_another_with_another_secret) {
  const KeyedHash hash, copy = hash, other;
  const std::string text = "socket 10.0.0.1:5000";
  EXPECT_EQ(hash(text), copy(as_bytes(text)));
  EXPECT_NE(hash(text), other(text));
}

}  // namespace
}  // namespace parlance
