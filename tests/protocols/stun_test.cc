#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// RFC 5769 section 2.1: a binding request with FINGERPRINT.
const std::string kRequest =
    hex("0001 0058 2112a442 b7e7a701bc34d686fa87dfae"         // type, length, cookie, transaction
        "8022 0010 5354554e207465737420636c69656e74"          // SOFTWARE "STUN test client"
        "0024 0004 6e0001ff"                                  // PRIORITY
        "8029 0008 932ff9b151263b36"                          // ICE-CONTROLLED
        "0006 0009 6576746a3a68367659 202020"                 // USERNAME, padded with spaces
        "0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"  // MESSAGE-INTEGRITY
        "8028 0004 e57a3bcf");                                // FINGERPRINT
// RFC 5769 section 2.2: the answer to it.
const std::string kResponse =
    hex("0101 003c 2112a442 b7e7a701bc34d686fa87dfae"
        "8022 000b 7465737420766563746f72 20"                 // SOFTWARE "test vector"
        "0020 0008 0001a147e112a643"                          // XOR-MAPPED-ADDRESS
        "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"  // MESSAGE-INTEGRITY
        "8028 0004 c07d4c96");                                // FINGERPRINT
const std::string kId = hex("0102030405060708090a0b0c");

std::string message(const std::string& type, const std::string& attributes,
                    const std::string& id = kId) {
  std::string octets = hex(type);
  octets += static_cast<char>(attributes.size() >> 8);
  octets += static_cast<char>(attributes.size() & 0xff);
  return octets + hex("2112a442") + id + attributes;
}

std::string classic(const std::string& type, const std::string& attributes) {
  std::string octets = message(type, attributes);
  octets.replace(4, 4, "abcd");
  return octets;
}

TEST(Stun, fingerprint_is_proof) {
  const auto found = run_parser("stun", {client(kRequest)});
  EXPECT_TRUE(found->has("fingerprint"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("stun.software")), "STUN test client");
}

TEST(Stun, fingerprint_is_checked) {
  std::string changed = kRequest;
  changed[40] ^= 1;
  const auto found = run_parser("stun", {client(changed)});
  EXPECT_FALSE(found->has("fingerprint"));
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Stun, user_names_are_never_shown) {
  const auto found = run_parser("stun", {client(kRequest), server(kResponse)});
  for (const Confirmation& each : found->confirmed) EXPECT_EQ(each.octets.size(), 20U);
}

TEST(Stun, answer_with_the_same_transaction_is_proof) {
  const auto found = run_parser("stun", {client(message("0001", "")), server(message("0101", ""))});
  EXPECT_TRUE(found->has("transaction"));
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Stun, answer_with_another_transaction_is_not) {
  const auto found = run_parser(
      "stun", {client(message("0001", "")), server(message("0101", "", std::string(12, 'x')))});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Stun, request_that_comes_back_is_no_answer) {
  const auto found = run_parser("stun", {client(message("0001", "")), server(message("0001", ""))});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Stun, attributes_must_end_with_the_message) {
  EXPECT_EQ(run_parser("stun", {client(message("0001", hex("0024 0008 6e0001ff")))})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("stun", {client(kRequest + "x")})->best(), Strength::none);
}

TEST(Stun, classic_message_counts_only_with_its_answer) {
  const std::string ask = classic("0001", hex("0003 0004 00000000"));             // CHANGE-REQUEST
  const std::string answer = classic("0101", hex("0001 0008 0001a147e112a643"));  // MAPPED-ADDRESS
  EXPECT_EQ(run_parser("stun", {client(ask)})->best(), Strength::none);
  EXPECT_EQ(run_parser("stun", {client(ask), server(answer)})->best(), Strength::proof);
}

TEST(Stun, classic_request_sent_again_and_again_is_strong) {
  const Said ask = client(classic("0001", hex("0003 0004 00000000")));
  EXPECT_EQ(run_parser("stun", {ask, ask})->best(), Strength::none);
  EXPECT_EQ(run_parser("stun", {ask, ask, ask})->best(), Strength::strong);
}

TEST(Stun, media_beside_it_is_passed_over) {
  std::vector<Said> talk(30, server(hex("80 60 0001 00000010 01020304") + std::string(160, 'm')));
  talk.push_back(client(kRequest));
  talk.push_back(server(kResponse));
  const auto found = run_parser("stun", talk);
  EXPECT_TRUE(found->refuted.empty());
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Stun, many_datagrams_without_a_message_refute) {
  EXPECT_FALSE(
      run_parser("stun", std::vector<Said>(64, client(std::string(40, 'x'))))->refuted.empty());
}

TEST(Stun, realm_of_a_relay_is_noted_and_shown_to_signatures) {
  const auto found =
      run_parser("stun", {client(message("0003", hex("0019 0004 11000000"))),
                          server(message("0113", hex("0009 0010 00000401556e617574686f72697a6564"
                                                     "0014 0008") +
                                                     "test.org"))});
  EXPECT_EQ(std::get<std::string>(found->notes.at("stun.realm")), "test.org");
  EXPECT_EQ(found->fields.count("stun.realm"), 1U);
  EXPECT_TRUE(found->supported.empty());
}

// ---- WhatsApp's dialect -----------------------------------------------------------------------

const std::string kToken2019 = hex("4000 0066") + std::string(102, 't');  // 102 octets, unpadded
const std::string kWaspAnswer =
    hex("0020 0008 0001a147e112a643"    // XOR-MAPPED-ADDRESS
        "4002 0008 0000018660b8c827");  // February 2023

TEST(Stun, unpadded_token_of_whatsapp_is_read) {
  const auto found = run_parser("stun", {client(message("0003", kToken2019))});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(std::get<bool>(found->notes.at("stun.unpadded")));
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "whatsapp");
  EXPECT_EQ(found->supported[0].second.what, "wasp-allocate");
}

TEST(Stun, answer_with_the_time_proves_whatsapp) {
  const auto found = run_parser(
      "stun", {client(message("0003", kToken2019)), server(message("0103", kWaspAnswer))});
  ASSERT_EQ(found->supported.size(), 2U);
  EXPECT_EQ(found->supported[1].second.what, "wasp-answer");
  EXPECT_EQ(found->supported[1].second.strength, Strength::proof);
}

TEST(Stun, ordinary_allocation_is_not_whatsapp) {
  const auto found = run_parser("stun", {client(message("0003", hex("0019 0004 11000000"))),
                                         server(message("0103", kWaspAnswer))});
  EXPECT_TRUE(found->supported.empty());
}

TEST(Stun, ping_of_whatsapp_is_answered) {
  const auto found = run_parser(
      "stun", {client(message("0801", "")),
               server(message("0802", hex("4002 0008 0000018660b8c827 4003 0004 00000001")))});
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].second.what, "wasp-exchange");
}

TEST(Stun, checks_with_integrity_alone_are_whatsapp) {
  const std::string bare = hex("0008 0014") + std::string(20, 'h');
  const auto found =
      run_parser("stun", {client(message("0001", bare)), server(message("0101", bare))});
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].second.what, "peer-check");
  EXPECT_EQ(found->supported[0].second.strength, Strength::strong);
}

TEST(Stun, has_the_habits_of_a_parser) {
  expect_parser_habits("stun", {client(kRequest), server(kResponse)});
}

// ---- streams ----------------------------------------------------------------------------------

const std::string kData = hex("4000 0005 0102030405 000000");  // ChannelData, padded

TEST(StunTcp, bare_messages_and_channel_data_follow_one_another) {
  const auto found =
      run_parser("stun_tcp", {client(kRequest), server(kResponse), client(kData + kData),
                              server(kData), client(message("0001", ""))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("stun.messages")), 3);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("stun.channel_data")), 3);
}

TEST(StunTcp, lengths_of_rfc_4571_stand_before_messages_and_media) {
  const std::string media = hex("000d 80600001000000100102030455");
  const auto found = run_parser("stun_tcp", {client(hex("006c") + kRequest + media),
                                             server(hex("0050") + kResponse + media)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("stun.messages")), 2);
}

TEST(StunTcp, other_streams_are_refuted) {
  for (const std::string& other :
       {std::string("GET / HTTP/1.1\r\n"), hex("16030102000100000000"),
        hex("0001 0004 2112a443 00000000"), hex("00010203040506070809")}) {
    EXPECT_FALSE(run_parser("stun_tcp", {client(other)})->refuted.empty());
  }
}

TEST(StunTcp, goes_on_behind_a_gap_of_whole_messages) {
  RecordingFindings findings;
  const auto parser = find_parser("stun_tcp")->make({});
  parser->gap(Direction::to_server, 100, findings);
  parser->data(Direction::to_server, as_bytes(kRequest), findings);
  EXPECT_EQ(findings.best(), Strength::proof);
  EXPECT_EQ(findings.confirmed[0].offset, 100U);
}

TEST(StunTcp, has_the_habits_of_a_parser) {
  expect_parser_habits("stun_tcp", {client(kRequest), server(kResponse), client(kData)});
}

}  // namespace
}  // namespace parlance::test
