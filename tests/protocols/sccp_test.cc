#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Length, version 0x14, number, data; all little-endian.
std::string message(unsigned number, const std::string& data = {}) {
  const auto octet = [](size_t value) { return static_cast<char>(value); };
  return octet(data.size() + 4) + hex("000000 14000000") + octet(number) + octet(number >> 8) +
         hex("0000") + data;
}

const std::string kRegister =
    message(1, "SEP00112233AABB" + std::string(1, '\0') + hex("00000000 01000000 0a000002"));
const std::vector<Said> kTalk = {client(kRegister),
                                 server(message(0x81, hex("1e000000")) + message(0x9b)),
                                 client(message(0x10) + message(0)),
                                 server(message(0x97, std::string(40, '\0')) + message(0x100))};

TEST(Sccp, messages_of_several_kinds_are_proof) {
  const auto found = run_parser("sccp", kTalk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].what, "messages");
}

TEST(Sccp, a_registration_with_a_device_name_is_strong) {
  EXPECT_EQ(run_parser("sccp", {client(kRegister)})->best(), Strength::strong);
}

TEST(Sccp, keep_alives_alone_say_nothing) {
  std::vector<Said> talk;
  for (int i = 0; i < 20; ++i) talk.push_back(client(message(0)));
  EXPECT_EQ(run_parser("sccp", talk)->best(), Strength::none);
}

TEST(Sccp, what_is_no_message_refutes) {
  EXPECT_FALSE(run_parser("sccp", {client(message(0x26) + hex("ffffffff 14000000 26000000"))})
                   ->refuted.empty());
}

TEST(Sccp, has_the_habits_of_a_parser) {
  expect_parser_habits("sccp", kTalk);
}

}  // namespace
}  // namespace parlance::test
