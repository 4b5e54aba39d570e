#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// RFC 4975 section 4, shortened.
const std::string kSend =
    "MSRP a786hjs2 SEND\r\nTo-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp\r\n"
    "From-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp\r\nMessage-ID: 87652491\r\n"
    "Byte-Range: 1-25/25\r\nContent-Type: text/plain\r\n\r\nHey Bob, are you there?\r\n"
    "-------a786hjs2$\r\n";
const std::string kAnswer =
    "MSRP a786hjs2 200 OK\r\nTo-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp\r\n"
    "From-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp\r\n-------a786hjs2$\r\n";

TEST(Msrp, message_and_answer_are_proof) {
  const auto found = run_parser("msrp", {client(kSend + kSend), server(kAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("msrp.messages")), 3);
  EXPECT_EQ(found->confirmed[0].octets, "MSRP a786hjs2 SEND");
  EXPECT_EQ(found->confirmed[1].octets, "-------a786hjs2$");
}

TEST(Msrp, a_message_without_its_end_is_strong) {
  const std::string head = kSend.substr(0, kSend.find("Hey Bob"));
  EXPECT_EQ(run_parser("msrp", {client(head)})->best(), Strength::strong);
  std::string other = kAnswer;
  other.replace(other.rfind("a786hjs2"), 8, "b786hjs2");
  EXPECT_EQ(run_parser("msrp", {client(other)})->best(), Strength::strong);
}

TEST(Msrp, reading_goes_on_behind_the_end_of_a_message_that_began_before) {
  Start midstream;
  midstream.midstream = true;
  const std::string tail = "the rest -- of a text\r\n-------x1y2z3w4+\r\n";
  const auto found = run_parser("msrp", {client(tail + kSend), server(kAnswer)}, 0, midstream);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("msrp.messages")), 2);
  EXPECT_FALSE(run_parser("msrp", {client(tail + kSend)})->refuted.empty());
  expect_parser_habits("msrp", {client(tail + kSend), server(kAnswer)}, midstream);
}

TEST(Msrp, paths_must_stand_in_their_places) {
  std::string swapped = kSend;
  swapped.replace(swapped.find("To-Path"), 7, "XX-Path");
  EXPECT_FALSE(run_parser("msrp", {client(swapped)})->refuted.empty());
  EXPECT_FALSE(run_parser("msrp", {client("MSRP is a protocol\r\n\r\n\r\n")})->refuted.empty());
}

TEST(Msrp, has_the_habits_of_a_parser) {
  expect_parser_habits("msrp", {client(kSend + kSend), server(kAnswer)});
}

}  // namespace
}  // namespace parlance::test
