#include "protocols/support/irc_dcc_offer.h"

#include <gtest/gtest.h>

namespace parlance::test {
namespace {

std::string offered(std::string_view text) {
  const auto offer = read_irc_dcc_offer(text);
  return offer ? to_text(*offer) : std::string();
}

TEST(IrcDccOffer, files_and_chats_name_where_they_wait) {
  EXPECT_EQ(offered("\1DCC SEND ssh.trace 167772167 59130 1320211\1"), "10.0.0.7:59130");
  EXPECT_EQ(offered("\1DCC SEND \"two words.txt\" 167772167 59130 12\1"), "10.0.0.7:59130");
  EXPECT_EQ(offered("\1DCC SEND ssh.trace 167772167 59130"), "10.0.0.7:59130");
  EXPECT_EQ(offered("\1DCC CHAT CHAT 167772167 59214\1"), "10.0.0.7:59214");
  EXPECT_EQ(offered("\1DCC SEND a 2001:db8::7 59214 9\1"), "[2001:db8::7]:59214");
}

TEST(IrcDccOffer, other_texts_offer_nothing) {
  for (const std::string_view text :
       {"DCC SEND a 167772167 59130 9", "\1DCC SEND\1", "\1DCC SEND a 167772167 0 9\1",
        "\1DCC RESUME a 59130 100\1", "\1DCC SEND a \1\2\3 5000 1024\1", "\1", "",
        "\1DCC CHAT CHAT 167772167 99999\1", "\1DCC SEND a 0 59130 9\1"}) {
    EXPECT_EQ(offered(text), "") << text;
  }
}

}  // namespace
}  // namespace parlance::test
