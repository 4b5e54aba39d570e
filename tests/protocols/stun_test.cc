#include <set>

#include <gtest/gtest.h>
#include <zlib.h>

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

// ---- what a TURN server relays ------------------------------------------------------------------

// XOR-PEER-ADDRESS 192.0.2.1:32853: RFC 5769 section 2.2 has it as XOR-MAPPED-ADDRESS.
const std::string kPeer = hex("0012 0008 0001a147e112a643");
const std::string kOtherPeer = hex("0012 0008 0001a148e112a643");
const std::string kSecondId = hex("1112131415161718191a1b1c");
const std::string kBind = message("0009", hex("000c 0004 40010000") + kPeer);
const std::string kBound = message("0109", "");
const std::string kDtls = hex("16feff0000000000000000");  // how a record begins

std::string data_attribute(const std::string& data) {
  return hex("0013") + std::string({'\0', static_cast<char>(data.size())}) + data +
         std::string((4 - data.size() % 4) % 4, '\0');
}
std::string channel_data(const std::string& number, const std::string& data) {
  return hex(number) + std::string({'\0', static_cast<char>(data.size())}) + data;
}
std::string padded(const std::string& frame) {
  return frame + std::string((4 - frame.size() % 4) % 4, '\0');
}

void expect_relayed(const InnerChannel& inner, const std::vector<std::string>& to_peer,
                    const std::vector<std::string>& to_client) {
  EXPECT_EQ(inner.carrier, Carrier::udp);
  EXPECT_EQ(inner.unit, Unit::message);
  EXPECT_EQ(inner.messages[0], to_peer);
  EXPECT_EQ(inner.messages[1], to_client);
}

TEST(Turn, bound_channel_is_a_channel_of_datagrams) {
  const auto found =
      run_parser("stun", {client(kBind), server(kBound), client(channel_data("4001", kDtls)),
                          server(channel_data("4001", "answer") + hex("0000"))});
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {kDtls}, {"answer"});
}

TEST(Turn, indications_and_channel_of_one_peer_are_one_channel) {
  const auto found =
      run_parser("stun", {client(message("0016", kPeer + data_attribute("hello"))),
                          server(message("0017", kPeer + data_attribute("there"))), client(kBind),
                          server(kBound), client(channel_data("4001", "again"))});
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {"hello", "again"}, {"there"});
}

TEST(Turn, each_peer_has_a_channel) {
  const auto found =
      run_parser("stun", {client(message("0016", kPeer + data_attribute("one"))),
                          client(message("0016", kOtherPeer + data_attribute("two"), kSecondId))});
  ASSERT_EQ(found->inner.size(), 2U);
  expect_relayed(found->inner[0], {"one"}, {});
  expect_relayed(found->inner[1], {"two"}, {});
}

TEST(Turn, peers_beyond_the_limit_are_passed_over) {
  std::vector<Said> talk;
  for (int port = 0; port < 100; ++port) {
    const std::string peer = hex("0012 0008 0001a1") + static_cast<char>(port) + hex("e112a643");
    talk.push_back(client(message("0016", peer + data_attribute("x"))));
  }
  EXPECT_EQ(run_parser("stun", talk)->inner.size(), Limits{}.relayed_peers);
}

TEST(Turn, refused_binding_binds_nothing) {
  const auto found = run_parser(
      "stun", {client(kBind), server(message("0119", hex("0009 0004 00000403"))),
               client(channel_data("4001", "one")), client(channel_data("4001", "two"))});
  EXPECT_TRUE(found->inner.empty());
}

TEST(Turn, number_that_nobody_bound_is_believed_the_third_time) {
  const std::string data = channel_data("4002", "media");
  const auto found = run_parser(
      "stun", {client(kRequest), client(data), server(data), client(data), server(data)});
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {"media"}, {"media"});
}

TEST(Turn, channel_data_alone_is_strong_as_a_chain_of_both_sides) {
  const Said ask = client(channel_data("4001", hex("8060") + "voice"));
  const Said answer = server(channel_data("4001", hex("8060") + "voices"));
  EXPECT_EQ(run_parser("stun", {ask, answer, ask, answer, ask})->best(), Strength::none);
  const auto found = run_parser("stun", {ask, answer, ask, answer, ask, answer, ask});
  EXPECT_EQ(found->best(), Strength::strong);
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {hex("8060") + "voice"}, {});
}

TEST(Turn, channel_data_of_one_side_or_one_length_is_nothing) {
  const Said ask = client(channel_data("4001", hex("8060") + "voice"));
  const Said longer = client(channel_data("4001", hex("8060") + "voices"));
  const Said answer = server(channel_data("4001", hex("8060") + "voice"));
  // GTPv2 has octets 40 type length, its echoes of one length.
  EXPECT_EQ(run_parser("stun", std::vector<Said>(20, ask))->best(), Strength::none);
  EXPECT_EQ(run_parser("stun", {ask, longer, ask, longer, ask, longer, ask})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("stun", {ask, answer, ask, answer, ask, answer, ask, answer})->best(),
            Strength::none);
}

TEST(Turn, channel_data_must_be_as_long_as_it_says) {
  const auto found = run_parser(
      "stun", {client(kBind), server(kBound), client(hex("4001 0009") + "short"),
               client(hex("4001 0002") + "far too long"), client(hex("5001 0002") + "no")});
  EXPECT_TRUE(found->inner.empty());
}

TEST(Turn, addresses_of_version_6_tell_peers_apart) {
  // The mask is the cookie and the transaction: the same peer looks different in each message.
  const std::string first = hex("0012 0014 0002a147") + hex("2113a9fa0102030405060708090a0b0c");
  const std::string again = hex("0012 0014 0002a147") + hex("2113a9fa1112131415161718191a1b1c");
  const auto found =
      run_parser("stun", {client(message("0016", first + data_attribute("one"))),
                          client(message("0016", again + data_attribute("two"), kSecondId))});
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {"one", "two"}, {});
}

TEST(Turn, has_the_habits_of_a_parser) {
  expect_parser_habits("stun", {client(kBind), server(kBound), client(channel_data("4001", kDtls)),
                                server(message("0017", kPeer + data_attribute("there")))});
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

TEST(StunTcp, relayed_datagrams_are_a_channel) {
  const std::vector<Said> talk = {
      client(kBind), server(kBound),
      client(padded(channel_data("4001", kDtls)) + padded(channel_data("4001", "more"))),
      server(padded(channel_data("4001", "answer")) +
             message("0017", kPeer + data_attribute("x")))};
  const auto found = run_parser("stun_tcp", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {kDtls, "more"}, {"answer", "x"});
  expect_parser_habits("stun_tcp", talk);
}

TEST(StunTcp, media_beside_ice_is_a_channel) {
  const std::string media = hex("8060000100000010010203045566");
  const std::vector<Said> talk = {client(hex("006c") + kRequest + hex("000e") + media),
                                  server(hex("0050") + kResponse + hex("000e") + media)};
  const auto found = run_parser("stun_tcp", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  expect_relayed(found->inner[0], {media}, {media});
  expect_parser_habits("stun_tcp", talk);
}

// RFC 6062: CONNECTION-ID, then the connection is the peer's.
const std::string kConnectionBind = message("000b", hex("002a 0004 00000007"));
const std::string kConnectionBound = message("010b", "");

TEST(StunTcp, granted_connection_is_a_tunnel) {
  const std::vector<Said> talk = {client(kConnectionBind + "early"),
                                  server(kConnectionBound + "GREETING"), client("hello")};
  const auto found = run_parser("stun_tcp", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].unit, Unit::bytes);
  EXPECT_EQ(found->inner[0].bytes[0], "earlyhello");
  EXPECT_EQ(found->inner[0].bytes[1], "GREETING");
  expect_parser_habits("stun_tcp", talk);
}

TEST(StunTcp, refused_connection_goes_on_with_stun) {
  const auto found =
      run_parser("stun_tcp", {client(kConnectionBind + message("0001", "", kSecondId)),
                              server(message("011b", hex("0009 0004 0000041d"))),
                              server(message("0101", "", kSecondId)),
                              client(padded(channel_data("4000", "x")))});
  EXPECT_TRUE(found->inner.empty());
  EXPECT_EQ(std::get<int64_t>(found->notes.at("stun.messages")), 4);
}

TEST(StunTcp, client_alone_that_goes_on_was_granted_its_connection) {
  RecordingFindings findings;
  const auto parser = find_parser("stun_tcp")->make({});
  parser->data(Direction::to_server, as_bytes(kConnectionBind), findings);
  parser->data(Direction::to_server, as_bytes("hello"), findings);
  parser->end(Direction::to_server, findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].bytes[0], "hello");
}

// The attributes of Microsoft's calls, each of four octets: candidate, implementation, version,
// session.
const std::string kCandidate = hex("8054 0004 31000000"),
                  kImplementation = hex("8070 0004 00000002");

/// With a FINGERPRINT that is right.
std::string with_fingerprint(const std::string& type, const std::string& attributes) {
  std::string octets = message(type, attributes + hex("8028 0004 00000000"));
  const size_t covered = octets.size() - 8;
  const auto sum = static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(octets.data()),
                                               static_cast<uInt>(covered))) ^
                   0x5354554eU;
  for (int i = 0; i < 4; ++i) {
    octets[covered + 4 + static_cast<size_t>(i)] = static_cast<char>(sum >> (24 - 8 * i));
  }
  return octets;
}

TEST(Stun, two_attributes_of_microsoft_with_fingerprint_are_strong_for_teams) {
  const std::string both = kCandidate + kImplementation;
  const auto found = run_parser("stun", {client(with_fingerprint("0001", both))});
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "teams");
  EXPECT_EQ(found->supported[0].second.strength, Strength::strong);
  EXPECT_EQ(found->fields.find("stun.attributes")->second, "8054,8070,8028");
}

TEST(Stun, one_attribute_of_microsoft_or_no_fingerprint_is_nothing) {
  for (const std::string& each :
       {with_fingerprint("0001", kImplementation), message("0001", kCandidate + kImplementation),
        with_fingerprint("0001", kImplementation + kImplementation),
        with_fingerprint("0001", kImplementation + hex("0800 0004 00000000"))}) {
    EXPECT_TRUE(run_parser("stun", {client(each)})->supported.empty());
  }
}

TEST(Stun, zooms_text_is_strong_and_its_answer_proof) {
  const std::string ask =
      classic("0001", hex("0101 0014") + std::string("1234567890123456789\0", 20));
  const std::string answer = classic("0002", hex("0103 0008 0001ff7550b4dcef"));
  const auto asked = run_parser("stun", {client(ask)});
  ASSERT_EQ(asked->supported.size(), 1U);
  EXPECT_EQ(asked->supported[0].second.strength, Strength::strong);
  const auto found = run_parser("stun", {client(ask), server(answer)});
  ASSERT_EQ(found->supported.size(), 2U);
  EXPECT_EQ(found->supported[1].first, "zoom");
  EXPECT_EQ(found->supported[1].second.strength, Strength::proof);
  EXPECT_TRUE(
      run_parser("stun", {client(classic("0001", hex("0101 0004 31323334")))})->supported.empty());
}

std::string multiplexed(const std::string& inner, const std::string& session = "ABCDEFGH") {
  const size_t length = session.size() + inner.size();
  return hex("ff10") + std::string{static_cast<char>(length >> 8), static_cast<char>(length)} +
         session + inner;
}

TEST(Stun, multiplexed_session_around_a_message_is_proof) {
  const auto found = run_parser("stun", {client(multiplexed(kRequest))});
  EXPECT_TRUE(found->has("multiplexed-turn"));
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{kRequest});
  EXPECT_EQ(run_parser("stun", {client(multiplexed(kRequest) + "x")})->best(), Strength::none);
  expect_parser_habits("stun", {client(multiplexed(kRequest)), server(multiplexed(kResponse))});
}

TEST(Stun, multiplexed_media_needs_a_chain_of_one_session) {
  std::vector<Said> talk, many;
  for (size_t i = 0; i < 6; ++i) {
    const std::string media = hex("8068 0001 00000010 01020304") + std::string(40 + i, 'm');
    talk.push_back(client(multiplexed(media)));
    many.push_back(client(multiplexed(media, "ABCDEFG" + std::to_string(i))));
  }
  EXPECT_EQ(run_parser("stun", talk)->best(), Strength::strong);
  EXPECT_EQ(run_parser("stun", many)->best(), Strength::none);
}

TEST(Stun, multiplexed_sessions_stand_one_behind_another_in_streams) {
  const std::string media = hex("8068 0001 00000010 01020304") + std::string(40, 'm');
  const std::string frames = multiplexed(media) + multiplexed(kRequest);
  const auto found = run_parser("turn_frames", {client(frames), server(multiplexed(kResponse))});
  EXPECT_TRUE(found->has("multiplexed-turn"));
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{kRequest});
  EXPECT_EQ(
      run_parser("turn_frames", {client(multiplexed(media) + "x" + multiplexed(kRequest))})->best(),
      Strength::none);
  expect_parser_habits("turn_frames", {client(frames), server(multiplexed(kResponse))});
}

TEST(Stun, microsofts_frames_hold_messages_and_data) {
  const auto frame = [](int type, const std::string& inside) {
    return std::string{static_cast<char>(type), 0, 0, static_cast<char>(inside.size())} + inside;
  };
  const std::string data = frame(3, std::string(40, 'm'));
  const std::vector<Said> talk = {client(frame(2, kRequest) + data), server(frame(2, kResponse))};
  EXPECT_TRUE(run_parser("turn_frames", talk)->has("fingerprint"));
  expect_parser_habits("turn_frames", talk);
  EXPECT_EQ(run_parser("turn_frames", {client(frame(2, kRequest + "x"))})->best(), Strength::none);
  EXPECT_EQ(run_parser("turn_frames", {client(data), server(data)})->best(), Strength::none);
}

TEST(Stun, signs_of_a_call_are_told) {
  const auto found = run_parser("stun", {client(kRequest), server(kResponse)});
  const auto [first, last] = found->fields.equal_range("call.sign");
  std::set<std::string> signs;
  for (auto each = first; each != last; ++each) signs.insert(each->second);
  EXPECT_EQ(signs, (std::set<std::string>{"socket 10.0.0.1:40000", "socket 192.0.2.1:32853",
                                          "fragments evtj:h6vY"}));
}

}  // namespace
}  // namespace parlance::test
