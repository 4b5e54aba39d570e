#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kVersions = "IM" + hex("02 01 00");
std::string packet(const std::string& data) {
  return std::string{'\0', static_cast<char>(data.size() + 4)} + hex("0000") + data;
}
std::string open_channel(const std::string& name) {
  const std::string inner = hex("08 01 12") + static_cast<char>(name.size()) + name;
  return packet(hex("0a") + static_cast<char>(inner.size()) + inner);
}
const std::string kAlive = packet(hex("1a 02 08 01"));

TEST(Ricochet, a_channel_opened_by_name_is_proof) {
  const std::vector<Said> talk = {client(kVersions), server(hex("01")),
                                  client(kAlive + open_channel("im.ricochet.auth.hidden-service"))};
  EXPECT_EQ(run_parser("ricochet", talk)->best(), Strength::proof);
  expect_parser_habits("ricochet", talk);
}

TEST(Ricochet, one_side_alone_is_strong) {
  const std::string opens = open_channel("im.ricochet.chat");
  EXPECT_EQ(run_parser("ricochet", {client(kVersions + opens)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("ricochet", {server(hex("01") + opens)})->best(), Strength::strong);
}

TEST(Ricochet, other_channels_and_versions_are_refuted) {
  EXPECT_FALSE(
      run_parser("ricochet", {client(kVersions + open_channel("org.example"))})->refuted.empty());
  EXPECT_FALSE(run_parser("ricochet", {client(kVersions), server(hex("ff"))})->refuted.empty());
  EXPECT_FALSE(run_parser("ricochet", {client("IMAP4rev1 and more")})->refuted.empty());
  EXPECT_FALSE(run_parser("ricochet", {client("IM" + hex("01 00"))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
