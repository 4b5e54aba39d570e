#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string be16(unsigned number) {
  return {static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}

/// A packet of `size` octets.
std::string set_up(unsigned size, unsigned sequence) {
  return be16(0x36U << 10 | (size - 4)) + be16(sequence) + be16(0x0602) +
         std::string(size - 6, '\x9a');
}
std::string transfer(unsigned size, unsigned sequence) {
  return be16(0x34U << 10 | (size - 4)) + be16(sequence) + be16(0x06U << 10 | (size - 22)) +
         std::string(size - 6, '\x9a');
}
const std::string kMedia = hex("90e5 0002 00003be2 09bda678 02400000");

const std::vector<Said> kCall = {client(set_up(160, 0x72)),   server(set_up(212, 0xffff)),
                                 client(transfer(132, 0x73)), server(kMedia),
                                 server(transfer(156, 0x00)), client(transfer(540, 0x74)),
                                 server(transfer(156, 0x01))};

TEST(LineCall, lengths_and_numbers_of_both_sides_are_proof) {
  EXPECT_EQ(run_parser("line_call", kCall)->best(), Strength::proof);
  expect_parser_habits("line_call", kCall);
}

TEST(LineCall, one_side_is_strong) {
  std::vector<Said> talk = {client(set_up(160, 1))};
  for (unsigned i = 2; i < 6; ++i) talk.push_back(client(transfer(132, i)));
  EXPECT_EQ(run_parser("line_call", talk)->best(), Strength::strong);
  talk.pop_back();
  EXPECT_EQ(run_parser("line_call", talk)->best(), Strength::none);
}

TEST(LineCall, what_was_lost_or_sent_again_is_no_step) {
  const std::vector<Said> talk = {client(set_up(160, 1)), client(set_up(160, 1)),
                                  server(set_up(160, 7)), client(transfer(132, 4))};
  EXPECT_EQ(run_parser("line_call", talk)->best(), Strength::none);
}

TEST(LineCall, a_wrong_length_is_refuted) {
  for (const size_t place : {1U, 5U}) {
    std::string wrong = transfer(132, 1);
    wrong[place] ^= 1;
    EXPECT_FALSE(run_parser("line_call", {client(wrong)})->refuted.empty());
  }
  const std::vector<Said> jump = {client(transfer(132, 1)), client(transfer(132, 0x4000))};
  EXPECT_FALSE(run_parser("line_call", jump)->refuted.empty());
}

TEST(LineCall, the_older_form_is_strong_at_most) {
  std::vector<Said> talk;
  for (int i = 0; i < 5; ++i) {
    talk.push_back(client(hex("b612 0068") + std::string(104, 'x')));
    talk.push_back(server(hex("b609 000c") + std::string(12, 'x')));
  }
  EXPECT_EQ(run_parser("line_call", talk)->best(), Strength::strong);
  expect_parser_habits("line_call", talk);
}

TEST(LineCall, the_older_form_with_one_type_alone_is_nothing) {
  std::vector<Said> talk;
  for (int i = 0; i < 5; ++i) {
    talk.push_back(client(hex("b609 000c") + std::string(12, 'x')));
    talk.push_back(server(hex("b609 000c") + std::string(12, 'y')));
  }
  EXPECT_EQ(run_parser("line_call", talk)->best(), Strength::none);
}

TEST(LineCall, media_alone_is_refuted_in_the_end) {
  const std::vector<Said> talk(80, client(kMedia));
  EXPECT_FALSE(run_parser("line_call", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
