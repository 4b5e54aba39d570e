#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// MQTT 3.1.1: clean session, keep-alive of 60 s, client identifier "id".
const std::string kConnect = hex("10 0e 0004") + "MQTT" + hex("04 02 003c 0002") + "id";
const std::string kConnack = hex("20 02 00 00");
const std::string kSubscribe = hex("82 08 0001 0003") + "foo" + hex("00");
const std::string kSuback = hex("90 03 0001 00");
const std::string kPublish = hex("30 0a 0003") + "foo" + "hello";

TEST(Mqtt, connect_that_its_fields_fill_is_proof) {
  const auto found = run_parser("mqtt", {client(kConnect), server(kConnack)});
  EXPECT_TRUE(found->has("connect"));
  EXPECT_TRUE(found->has("connack"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("mqtt.version")), "3.1.1");
  EXPECT_EQ(std::get<int64_t>(found->notes.at("mqtt.packets")), 2);
}

TEST(Mqtt, all_versions_and_bridges_are_read) {
  const std::string old = hex("10 10 0006") + "MQIsdp" + hex("03 02 003c 0002") + "id";
  const std::string with_user = hex("10 17 0004") + "MQTT" + hex("04 c2 003c 0002") + "id" +
                                hex("0003") + "abc" + hex("0002") + "pw";
  const std::string five = hex("10 14 0004") + "MQTT" +
                           hex("05 02 003c 05 11 0000000a"  // session expiry: ten seconds
                               "0002") +
                           "id";
  const std::string bridge = hex("10 0e 0004") + "MQTT" + hex("84 02 003c 0002") + "id";
  for (const auto& [connect, version] : {std::pair(old, "3.1"), std::pair(with_user, "3.1.1"),
                                         std::pair(five, "5.0"), std::pair(bridge, "3.1.1")}) {
    const auto found = run_parser("mqtt", {client(connect)});
    EXPECT_EQ(found->best(), Strength::proof);
    EXPECT_EQ(std::get<std::string>(found->notes.at("mqtt.version")), version);
  }
  EXPECT_TRUE(std::get<bool>(run_parser("mqtt", {client(bridge)})->notes.at("mqtt.bridge")));
}

TEST(Mqtt, connect_whose_length_disagrees_is_no_proof) {
  std::string longer = kConnect + "x";
  longer[1] = 0x0f;
  EXPECT_EQ(run_parser("mqtt", {client(longer)})->best(), Strength::strong);
}

TEST(Mqtt, nothing_personal_is_shown) {
  const auto found = run_parser("mqtt", {client(kConnect), server(kConnack), client(kPublish)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("id"), std::string::npos);
    EXPECT_LE(each.octets.size(), 9U);
  }
}

TEST(Mqtt, chain_of_both_sides_is_strong_without_a_beginning) {
  const auto found = run_parser("mqtt", {server(kConnack), client(kSubscribe), server(kSuback)});
  EXPECT_TRUE(found->has("packet-chain"));
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Mqtt, large_publish_is_passed_over) {
  const std::string head = hex("30 85 8d 06 0003") + "foo";  // 99,973 octets follow the length
  const auto found =
      run_parser("mqtt", {client(kConnect), server(kConnack),
                          client(head + std::string(99'968, 'X')), client(hex("e0 00"))});
  EXPECT_EQ(std::get<int64_t>(found->notes.at("mqtt.packets")), 4);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("mqtt.publishes")), 1);
}

TEST(Mqtt, gap_inside_a_publish_is_passed_over) {
  RecordingFindings findings;
  const auto parser = find_parser("mqtt")->make({});
  parser->data(Direction::to_server, as_bytes(kConnect), findings);
  const std::string head = hex("30 85 8d 06 0003") + "foo";
  parser->data(Direction::to_server, as_bytes(head), findings);
  parser->gap(Direction::to_server, 99'968, findings);
  parser->data(Direction::to_server, as_bytes(hex("e0 00")), findings);
  EXPECT_EQ(std::get<int64_t>(findings.notes.at("mqtt.packets")), 3);
}

TEST(Mqtt, pings_alone_count_only_on_the_registered_port) {
  EXPECT_EQ(run_parser("mqtt", {client(hex("c0 00")), server(hex("d0 00"))})->best(),
            Strength::none);
}

TEST(Mqtt, look_alikes_are_not_confirmed) {
  const std::string pcep = hex("20 02 00 04");                           // keep-alive of PCEP
  const std::string websocket = hex("82 0b") + "unmasked123";            // binary frame
  const std::string ldap = hex("30 84 00000010 020101 63 84 00000007");  // long lengths of BER
  const std::string short_ldap = hex("30 0c 020101 6007 020103 0400 8000");
  const std::string facebook = hex("10 10 0006") + "MQTToT" + hex("03 02 003c 0002") + "id";
  for (const std::string& other : {pcep + pcep, websocket, ldap, short_ldap, facebook,
                                   std::string("2025-01-01 00:00:00"), std::string("0123456789")}) {
    EXPECT_EQ(run_parser("mqtt", {client(other), server(other)})->best(), Strength::none);
    EXPECT_EQ(run_parser("mqtt", {server(other), client(other)})->best(), Strength::none);
  }
}

TEST(Mqtt, reserved_type_after_connect_keeps_the_proof) {
  const auto found =
      run_parser("mqtt", {client(kConnect), server(kConnack), client(hex("00 02 0001"))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->refuted.empty());
}

TEST(Mqtt, has_the_habits_of_a_parser) {
  expect_parser_habits(
      "mqtt", {client(kConnect), server(kConnack), client(kSubscribe + kPublish), server(kSuback)});
  expect_parser_habits("mqtt", {server(kConnack), client(kSubscribe + kPublish), server(kSuback)});
}

}  // namespace
}  // namespace parlance::test
