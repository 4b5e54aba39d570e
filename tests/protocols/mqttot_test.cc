#include <gtest/gtest.h>
#include <zlib.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string deflated(const std::string& text) {
  std::string out(compressBound(static_cast<uLong>(text.size())), '\0');
  auto size = static_cast<uLongf>(out.size());
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           static_cast<uLong>(text.size()));
  out.resize(size);
  return out;
}

// Field 1: the client's id; field 4: its info: user id, user agent …
std::string thrift(const std::string& agent) {
  return hex("18 04") + "abcd" + hex("3c 16 02 18") + static_cast<char>(agent.size()) + agent +
         hex("00 00");
}

std::string connect(const std::string& payload, const std::string& name = "MQTToT") {
  const std::string body = hex("00 06") + name + hex("03 c2 00 3c") + payload;
  return hex("10") + static_cast<char>(body.size()) + body;  // below 128 octets
}

const Said kConnect = client(connect(deflated(thrift("Instagram 121.0.0 Android"))));
const Said kConnack = server(hex("20 02 00 00"));

TEST(Mqttot, a_connect_whose_payload_is_compressed_thrift_is_proof) {
  const std::vector<Said> talk = {kConnect, kConnack};
  const auto found = run_parser("mqttot", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("connack"));
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "instagram");
  expect_parser_habits("mqttot", talk);
}

TEST(Mqttot, the_user_agent_of_messenger_is_told) {
  const auto found = run_parser(
      "mqttot", {client(connect(deflated(thrift("[FBAN/MQTT;FBPN/com.facebook.orca;]"))))});
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "messenger");
}

TEST(Mqttot, a_payload_that_does_not_inflate_is_strong_at_most) {
  std::string broken = connect(deflated(thrift("Instagram 1.2")));
  broken.back() = static_cast<char>(broken.back() ^ 1);  // of its checksum
  EXPECT_EQ(run_parser("mqttot", {client(broken)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mqttot", {client(connect(deflated("text")))})->best(), Strength::strong);
}

TEST(Mqttot, mqtt_itself_and_others_are_refuted) {
  for (const std::string& octets :
       {connect(hex("00 04 61 62 63 64"), "MQIsdp"),
        std::string("\x10\x0c\0\4MQTT\4\2\0\x3c\0\0", 14), std::string("GET / HTTP/1.1\r\n")}) {
    EXPECT_FALSE(run_parser("mqttot", {client(octets)})->refuted.empty());
  }
}

TEST(Mqttot, ids_are_not_shown) {
  const auto found = run_parser("mqttot", {kConnect, kConnack});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_LE(each.octets.size(), 11U);
  }
}

}  // namespace
}  // namespace parlance::test
