#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kInit =
    R"(1606240000.--0,["admin","init",[0,3,2390],["Test","Chrome"],"AAECAwQFBgcICQoLDA0ODw==",true])";
const std::string kAnswer = R"(1606240000.--0,{"status":200,"ref":"1@secret","ttl":20000})";

TEST(WhatsappWeb, init_alone_is_strong_and_its_answer_proof) {
  EXPECT_EQ(run_parser("whatsapp_web", {client(kInit)})->best(), Strength::strong);
  const auto found = run_parser("whatsapp_web", {client("?,,"), client(kInit), server(kAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("whatsapp.generation")), "web");
}

TEST(WhatsappWeb, secrets_are_not_shown) {
  const auto found = run_parser("whatsapp_web", {client(kInit), server(kAnswer)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("AAEC"), std::string::npos);
    EXPECT_EQ(each.octets.find("secret"), std::string::npos);
  }
}

TEST(WhatsappWeb, an_answer_to_another_tag_is_no_proof) {
  EXPECT_EQ(run_parser("whatsapp_web", {client(kInit), server("7,{\"status\":200}")})->best(),
            Strength::strong);
}

TEST(WhatsappWeb, other_json_messages_are_refused_in_the_end) {
  const std::vector<Said> talk(20, client(R"(42["admin","init",[0]])"));
  const auto found = run_parser("whatsapp_web", talk);
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_FALSE(found->refuted.empty());
}

TEST(WhatsappWeb, an_init_that_goes_on_after_its_end_does_not_count) {
  EXPECT_EQ(run_parser("whatsapp_web", {client(kInit + "]")})->best(), Strength::none);
}

TEST(WhatsappWeb, has_the_habits_of_a_parser) {
  expect_parser_habits("whatsapp_web", {client(kInit), server(kAnswer)});
}

}  // namespace
}  // namespace parlance::test
