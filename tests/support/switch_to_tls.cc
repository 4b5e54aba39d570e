#include "support/switch_to_tls.h"

#include <gtest/gtest.h>

namespace parlance::test {

void expect_switch_to_tls(std::string_view parser, const std::vector<Said>& talk,
                          std::string_view protocol) {
  const auto found = run_parser(parser, talk);
  EXPECT_EQ(found->best(), Strength::proof) << protocol;
  ASSERT_EQ(found->inner.size(), 1U) << protocol;
  EXPECT_EQ(found->inner[0].parser, "tls");
  EXPECT_EQ(found->inner[0].bytes[0], kHello);
  EXPECT_EQ(found->inner[0].bytes[1], kAnswer);
  EXPECT_EQ(std::get<std::string>(found->notes.at("starttls.protocol")), protocol);
  expect_parser_habits(parser, talk);
}

void expect_floods_are_given_up(std::string_view parser, const std::vector<Said>& start) {
  const size_t portions = Limits{}.message_octets / kKibi + 1;
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    std::vector<Said> talk = start;
    talk.insert(talk.end(), portions, {side, std::string(kKibi, '\x16')});
    EXPECT_TRUE(run_parser(parser, talk)->is_over());
  }
}

}  // namespace parlance::test
