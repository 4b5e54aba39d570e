#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kStart = hex("57410105"             // WA 1.5
                               "00001a f80501a59189"  // 26 octets: list of 5, stream start, …
                               "fc12") +
                           "iPhone-2.12.2-5222";  // a literal of 18
const std::string kFeatures = hex("000019 f8029cf804f801fc0770726976616379f80180f80140f80178");
// auth, with a made-up number as the user
const std::string kAuth = hex("00001a f8080c17bfb5fc0b") + "49000000000" + hex("fc05") + "xxxxx";
const std::string kAnswer = hex("000005 f803013a91 000003 f8019c 80003d") + std::string(61, 'z');

TEST(WhatsappFun, stream_start_and_answer_are_proof) {
  const auto found =
      run_parser("whatsapp_fun", {client(kStart + kFeatures + kAuth), server(kAnswer)});
  EXPECT_TRUE(found->has("stream-start"));
  EXPECT_TRUE(found->has("stream-answer"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("whatsapp.version")), "1.5");
  EXPECT_EQ(std::get<std::string>(found->notes.at("whatsapp.generation")), "funxmpp");
  EXPECT_EQ(std::get<std::string>(found->notes.at("whatsapp.resource")), "iPhone-2.12.2-5222");
}

TEST(WhatsappFun, phone_number_is_never_shown) {
  const auto found =
      run_parser("whatsapp_fun", {client(kStart + kFeatures + kAuth), server(kAnswer)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("49000000000"), std::string::npos);
    EXPECT_EQ(each.text.find("49000000000"), std::string::npos);
  }
}

TEST(WhatsappFun, server_side_alone_is_strong) {
  EXPECT_EQ(run_parser("whatsapp_fun", {server(kAnswer)})->best(), Strength::strong);
}

TEST(WhatsappFun, look_alikes_are_refused) {
  for (const std::string& other :
       {hex("57410502 000024 12220a20") + std::string(32, 'k'),          // the Noise protocol
        hex("57410105 00001a f80501a59189fc11") + "iPhone-2.12.2-5222",  // literal ends early
        hex("57410105 80001a f80501a59189fc12") + "iPhone-2.12.2-5222",  // encrypted start
        std::string("WALLET 1234567890123456789")}) {
    EXPECT_FALSE(run_parser("whatsapp_fun", {client(other)})->refuted.empty());
  }
}

TEST(WhatsappFun, has_the_habits_of_a_parser) {
  expect_parser_habits("whatsapp_fun", {client(kStart + kFeatures), server(kAnswer)});
}

}  // namespace
}  // namespace parlance::test
