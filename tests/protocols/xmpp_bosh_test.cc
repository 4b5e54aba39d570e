#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// XEP-0206 example 1 and 2, XEP-0124 example 11.
const std::string kRequest =
    "<body content='text/xml; charset=utf-8' from='user@example.com' hold='1' rid='1573741820' "
    "to='example.com'"
    " route='xmpp:example.com:9999' wait='60' xml:lang='en' xmpp:version='1.0'"
    " xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'/>";
const std::string kResponse =
    "<body wait='60' inactivity='30' sid='SomeSID' from='example.com' "
    "xmlns='http://jabber.org/protocol/httpbind'"
    " xmlns:xmpp='urn:xmpp:xbosh' xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"
    "<mechanisms "
    "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
    "</stream:features></body>";
const std::string kStanzas =
    "<body rid='1249243562' sid='SomeSID' xmlns='http://jabber.org/protocol/httpbind'>"
    "<message to='contact@example.com' xmlns='jabber:client'><body>Good "
    "morning!</body></message></body>";
const std::string kEmpty = "<body xmlns='http://jabber.org/protocol/httpbind'/>";

Start in_http() {
  Start start;
  start.carrier = Carrier::http;
  start.unit = Unit::message;
  return start;
}

TEST(XmppBosh, bodies_that_carry_xmpp_are_proof) {
  const std::vector<Said> talk = {client(kRequest), server(kResponse), client(kStanzas),
                                  server(kEmpty)};
  const auto found = run_parser("xmpp_bosh", talk, 0, in_http());
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("bosh-body-client"));
  EXPECT_TRUE(found->has("bosh-body-server"));
  EXPECT_TRUE(found->has("features"));
  EXPECT_EQ(std::get<std::string>(found->notes["xmpp.transport"]), "bosh");
  EXPECT_EQ(std::get<std::string>(found->notes["xmpp.domain"]), "example.com");
  EXPECT_EQ(std::get<int64_t>(found->notes["xmpp.messages_toserver"]), 1);
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("SomeSID"), std::string::npos) << "the session's key is not shown";
  }
  expect_parser_habits("xmpp_bosh", talk, in_http());
}

TEST(XmppBosh, an_empty_body_alone_is_strong) {
  EXPECT_EQ(run_parser("xmpp_bosh", {server(kEmpty)}, 0, in_http())->best(), Strength::strong);
}

TEST(XmppBosh, a_late_start_is_recognised_from_the_stanzas_namespace) {
  EXPECT_EQ(run_parser("xmpp_bosh", {client(kStanzas)}, 0, in_http())->best(), Strength::proof);
}

TEST(XmppBosh, other_bodies_say_nothing) {
  const std::string page =
      "<html><body>http://jabber.org/protocol/httpbind &lt;body&gt;</body></html>";
  for (const std::string& other :
       {page, std::string("{\"a\":1}"), std::string("<body/>"),
        std::string("<!DOCTYPE html><body xmlns='http://jabber.org/protocol/httpbind'/>")}) {
    EXPECT_TRUE(run_parser("xmpp_bosh", {server(other)}, 0, in_http())->confirmed.empty()) << other;
  }
  const std::vector<Said> many(20, server(page));
  EXPECT_FALSE(run_parser("xmpp_bosh", many, 0, in_http())->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
