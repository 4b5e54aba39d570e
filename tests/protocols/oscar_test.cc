#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string be16(size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string flap(int channel, int sequence, const std::string& body) {
  return "*" + std::string(1, static_cast<char>(channel)) + be16(static_cast<size_t>(sequence)) +
         be16(body.size()) + body;
}

std::string snac(int family, int subtype, int request, const std::string& data = {}) {
  return be16(static_cast<size_t>(family)) + be16(static_cast<size_t>(subtype)) + be16(0) +
         be16(0) + be16(static_cast<size_t>(request)) + data;
}

const std::string kVersion = hex("00000001");
const std::string kCookie = hex("0006 0003 c0ffee");  // TLV 6, the cookie of the login before

// The order of a login: openings, the server's families, the client's versions, rate limits.
const std::vector<Said> kLogin = {client(flap(1, 0x7ffe, kVersion + kCookie)),
                                  server(flap(1, 100, kVersion)),
                                  server(flap(2, 101, snac(1, 3, 0, hex("00010002")))),
                                  client(flap(2, 0x7fff, snac(1, 0x17, 1, hex("00010003")))),
                                  server(flap(2, 102, snac(1, 0x18, 1, hex("00010003")))),
                                  client(flap(2, 0, snac(1, 6, 2)))};

TEST(Oscar, a_login_is_proof_by_its_answers) {
  const auto found = run_parser("oscar", kLogin);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].what, "flaps");
  EXPECT_EQ(found->confirmed[0].octets.size(), 6U);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("oscar.snacs")), 4);
}

TEST(Oscar, six_frames_of_one_side_are_proof_and_three_are_strong) {
  std::vector<Said> frames;
  for (int i = 0; i < 6; ++i) frames.push_back(client(flap(2, 7 + i, snac(4, 6, 9 + i))));
  Start midstream;
  midstream.midstream = true;
  EXPECT_EQ(run_parser("oscar", frames, 0, midstream)->best(), Strength::proof);
  frames.resize(3);
  EXPECT_EQ(run_parser("oscar", frames, 0, midstream)->best(), Strength::strong);
  frames.resize(2);
  EXPECT_EQ(run_parser("oscar", frames, 0, midstream)->best(), Strength::none);
}

TEST(Oscar, a_number_left_out_refutes) {
  const auto found =
      run_parser("oscar", {client(flap(2, 7, snac(4, 6, 9))), client(flap(2, 9, snac(4, 6, 10)))});
  EXPECT_FALSE(found->refuted.empty());
}

TEST(Oscar, an_opening_has_tlvs_to_its_end) {
  const auto found = run_parser("oscar", {client(flap(1, 1, kVersion + hex("0006 0009 c0")))});
  EXPECT_FALSE(found->refuted.empty());
}

TEST(Oscar, the_icq_family_hints_at_icq) {
  const auto found = run_parser("oscar", {client(flap(2, 7, snac(0x15, 2, 9)))});
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "icq");
}

TEST(Oscar, has_the_habits_of_a_parser) {
  expect_parser_habits("oscar", kLogin);
}

}  // namespace
}  // namespace parlance::test
