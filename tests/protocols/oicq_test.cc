#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// 02, version, command, sequence, account 12345678, sealed, 03
std::string packet(const std::string& command_and_sequence, const std::string& sealed) {
  return hex("02 3b0b" + command_and_sequence + "00bc614e") + sealed + "\x03";
}
const std::string kBlocks(24, '\x5c');
const std::string kZeros(8, '\0');

Start datagrams() {
  Start start;
  start.carrier = Carrier::udp;
  start.unit = Unit::message;
  return start;
}
std::unique_ptr<RecordingFindings> run_datagrams(const std::vector<Said>& talk) {
  return run_parser("oicq", talk, 0, datagrams());
}
std::string behind_length(const std::string& octets) {
  const size_t length = octets.size() + 2;
  return std::string{static_cast<char>(length >> 8), static_cast<char>(length)} + octets;
}

TEST(Oicq, datagram_with_the_fixed_part_is_strong) {
  EXPECT_EQ(run_datagrams({client(packet("0001 0017", kZeros + kBlocks))})->best(),
            Strength::strong);
  const std::string head = hex("030000000101010000") + hex("67b7 00000000");
  EXPECT_EQ(run_datagrams({client(packet("0017 0017", head + kBlocks))})->best(), Strength::strong);
}

TEST(Oicq, datagram_of_blocks_alone_is_a_hint_and_the_next_makes_it_strong) {
  EXPECT_EQ(run_datagrams({client(packet("0016 0017", kBlocks))})->best(), Strength::hint);
  EXPECT_EQ(
      run_datagrams({client(packet("0016 0017", kBlocks)), client(packet("0002 0018", kBlocks))})
          ->best(),
      Strength::strong);
}

TEST(Oicq, answer_with_the_same_command_sequence_and_account_is_proof) {
  const auto found = run_datagrams(
      {client(packet("0016 0017", kBlocks)), server(packet("0016 0017", kBlocks + kBlocks))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(std::get<std::string>(found->notes.at("qq.version")), "3b0b");
  EXPECT_NE(
      run_datagrams({client(packet("0016 0017", kBlocks)), server(packet("0016 0018", kBlocks))})
          ->best(),
      Strength::proof);
}

TEST(Oicq, packet_that_opens_under_the_key_in_front_of_it_is_proof) {
  const std::string key = hex("000102030405060708090a0b0c0d0e0f");
  const std::string sealed =
      hex("76d28fd84310bfc2c5cdb11f8ff6a009c6af744512238a92a1f6455a4fdfb4e10dc424a76a43b789");
  EXPECT_TRUE(run_datagrams({client(packet("0022 0017", key + sealed))})->has("own-key"));
  const std::string head = hex("030000000101010000 67b7 00000000");
  EXPECT_TRUE(run_datagrams({client(packet("0825 0017", head + key + sealed))})->has("own-key"));
}

TEST(Oicq, packets_on_tcp_stand_behind_their_length) {
  const std::vector<Said> talk = {client(behind_length(packet("0022 0017", kZeros + kBlocks)) +
                                         behind_length(packet("0016 0018", kBlocks))),
                                  server(behind_length(packet("0022 0017", kBlocks)))};
  EXPECT_EQ(run_parser("oicq", talk)->best(), Strength::proof);
  expect_parser_habits("oicq", talk);
}

TEST(Oicq, clear_text_between_the_same_ends_says_nothing) {
  const std::string clear = packet("0016 0017", "twenty-one octets....");
  EXPECT_EQ(run_datagrams({client(clear), server(clear), client(clear)})->best(), Strength::none);
}

TEST(Oicq, look_alikes_are_refused) {
  for (const std::string& other : {
           packet("4141 4141", kBlocks),                          // no known command
           packet("0016 0017", kBlocks).substr(0, 30),            // no end
           hex("02 3b0b 0016 0017 000003e8") + kBlocks + "\x03",  // an account below the lowest
           hex("02 0016 0017 0018"),                              // too short
       }) {
    const auto found = run_datagrams({client(other)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
}

}  // namespace
}  // namespace parlance::test
