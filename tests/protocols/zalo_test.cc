#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Version 1, a command, a subcommand and a JSON object.
std::string message(unsigned command, char subcommand, std::string_view object) {
  return std::string("\x01") + static_cast<char>(command & 0xff) + static_cast<char>(command >> 8) +
         subcommand + std::string(object);
}
const std::string kKey = message(1, 1, R"({"key":"c2VjcmV0"})");
const std::string kPing = message(2, 1, R"({"eventId":1732600000000})");
const std::string kChat = message(501, 0, R"({"encrypt":2,"data":"AAAA"})");

TEST(Zalo, two_messages_are_proof) {
  for (const auto& talk : {std::vector<Said>{server(kKey), server(kChat)},
                           std::vector<Said>{server(kKey), client(kPing)}}) {
    EXPECT_EQ(run_parser("zalo", talk)->best(), Strength::proof);
    expect_parser_habits("zalo", talk);
  }
  EXPECT_EQ(run_parser("zalo", {server(kKey)})->best(), Strength::strong);
}

TEST(Zalo, what_is_encrypted_or_a_key_is_not_shown) {
  const auto findings = run_parser("zalo", {server(kKey), server(kChat)});
  for (const Confirmation& each : findings->confirmed) {
    EXPECT_LE(each.octets.size(), 4U);
  }
}

TEST(Zalo, other_objects_and_commands_are_nothing) {
  for (const std::string& other :
       {message(1, 1, R"({"id":1})"), message(7, 1, R"({"key":"x"})"),
        message(501, 0, "{\"encrypt\":2"), std::string("{\"key\":\"x\"}"), message(2, 1, "[1]")}) {
    EXPECT_FALSE(run_parser("zalo", {server(other)})->refuted.empty()) << other;
  }
}

}  // namespace
}  // namespace parlance::test
