#include "protocols/support/inflater.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/limits.h"

namespace parlance {
namespace {

constexpr size_t kNoLimit = 64 * kMebi;

std::vector<uint8_t> deflated(const std::string& text) {
  std::vector<uint8_t> out(compressBound(static_cast<uLong>(text.size())));
  uLongf size = static_cast<uLongf>(out.size());
  compress2(out.data(), &size, as_bytes(text).data(), static_cast<uLong>(text.size()), 9);
  out.resize(size);
  return out;
}

TEST(Inflater, what_is_a_thousand_times_its_size_is_cut) {
  const auto bomb = deflated(std::string(kMebi, 'a'));
  Inflater inflater(Inflater::Format::zlib);
  std::vector<uint8_t> out;
  EXPECT_EQ(inflater.inflate(bomb, out, kNoLimit), Inflater::Answer::too_big);
  EXPECT_EQ(out.size(), kInflatedFreely + kInflatedPerOctet * bomb.size());
}

TEST(Inflater, a_later_bomb_gets_only_what_its_own_size_allows) {
  const auto bomb = deflated(std::string(kMebi, 'a'));
  Inflater inflater(Inflater::Format::zlib);
  std::vector<uint8_t> first, second;
  inflater.inflate(bomb, first, kNoLimit);
  inflater.reset();
  EXPECT_EQ(inflater.inflate(bomb, second, kNoLimit), Inflater::Answer::too_big);
  EXPECT_EQ(second.size(), kInflatedPerOctet * bomb.size());
}

TEST(Inflater, small_pieces_and_ordinary_text_are_not_cut) {
  const std::string small(kInflatedFreely, 'a');
  std::string text;
  for (int i = 0; text.size() < kMebi; ++i) text += "{\"id\":" + std::to_string(i) + "},";
  for (const std::string& each : {small, text}) {
    Inflater inflater(Inflater::Format::zlib);
    std::vector<uint8_t> out;
    EXPECT_EQ(inflater.inflate(deflated(each), out, kNoLimit), Inflater::Answer::ok);
    EXPECT_EQ(as_text(out), each);
  }
}

TEST(Inflater, the_callers_limit_holds_when_it_is_lower) {
  Inflater inflater(Inflater::Format::zlib);
  std::vector<uint8_t> out;
  EXPECT_EQ(inflater.inflate(deflated(std::string(5000, 'a')), out, 1000),
            Inflater::Answer::too_big);
  EXPECT_EQ(out.size(), 1000U);
}

}  // namespace
}  // namespace parlance
