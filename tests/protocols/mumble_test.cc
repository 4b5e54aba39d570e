#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string message(const std::string& type, const std::string& body) {
  const auto size = static_cast<char>(body.size());
  return hex(type) + hex("000000") + size + body;
}
// version_v1 1.4.0, release "1.4.287", os "Linux"
const std::string kVersion =
    message("0000", hex("08 80 88 04 12 07") + "1.4.287" + hex("1a 05") + "Linux");
// username "romeo", opus
const std::string kAuthenticate = message("0002", hex("0a 05") + "romeo" + hex("28 01"));
// a key of 16 octets
const std::string kCryptSetup = message("000f", hex("0a 10 000102030405060708090a0b0c0d0e0f"));
const std::string kPing = message("0003", hex("08 01"));

TEST(Mumble, versions_and_messages_of_both_sides_are_proof) {
  const std::vector<Said> talk = {server(kVersion), client(kVersion + kAuthenticate),
                                  server(kCryptSetup)};
  const auto found = run_parser("mumble", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("mumble.client")), "1.4.287");
  expect_parser_habits("mumble", talk);
}

TEST(Mumble, a_client_may_authenticate_first) {
  const std::vector<Said> talk = {server(kVersion + kCryptSetup), client(kAuthenticate + kVersion)};
  EXPECT_EQ(run_parser("mumble", talk)->best(), Strength::proof);
}

TEST(Mumble, one_side_needs_more_messages) {
  EXPECT_EQ(run_parser("mumble", {client(kVersion)})->best(), Strength::none);
  EXPECT_EQ(run_parser("mumble", {client(kVersion + kAuthenticate)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mumble", {client(kVersion + kAuthenticate + kPing + kPing)})->best(),
            Strength::proof);
}

TEST(Mumble, keys_and_names_are_not_shown) {
  const auto found =
      run_parser("mumble", {server(kVersion + kCryptSetup), client(kVersion + kAuthenticate)});
  for (const Confirmation& each : found->confirmed) EXPECT_LE(each.octets.size(), 6U);
}

TEST(Mumble, other_first_messages_are_refuted) {
  EXPECT_FALSE(run_parser("mumble", {client(kPing)})->refuted.empty());
  EXPECT_FALSE(run_parser("mumble", {client(kAuthenticate + kPing)})->refuted.empty());
  EXPECT_FALSE(run_parser("mumble", {client(message("0000", hex("08 01")))})->refuted.empty());
  EXPECT_FALSE(run_parser("mumble", {client(message("0000", "GET / HTTP/1.1"))})->refuted.empty());
  EXPECT_FALSE(run_parser("mumble", {client(kVersion + message("0020", ""))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
