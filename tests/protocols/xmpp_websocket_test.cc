#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// RFC 7395 section 3: what each message holds.
const std::string kOpen =
    "<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" to=\"example.com\" version=\"1.0\" />";
const std::string kOpened =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' "
    "id='++TR84Sm6A3hnt3Q065SnAbbk3Y=' version='1.0'/>";
const std::string kFeatures =
    "<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\"><mechanisms"
    " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></"
    "stream:features>";
const std::string kMessage =
    "<message xmlns=\"jabber:client\" xml:lang=\"en\" to='a@b'><body>Every WebSocket message is "
    "parsed by itself.</body></message>";
const std::string kClose = "<close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" />";

Start on_websocket() {
  Start start;
  start.carrier = Carrier::websocket;
  start.unit = Unit::message;
  return start;
}

TEST(XmppWebsocket, open_on_both_sides_is_proof) {
  const std::vector<Said> talk = {client(kOpen),    server(kOpened),  server(kFeatures),
                                  client(kMessage), server(kMessage), client(kClose),
                                  server(kClose)};
  const auto found = run_parser("xmpp_websocket", talk, 0, on_websocket());
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("framing-open-client"));
  EXPECT_TRUE(found->has("framing-open-server"));
  EXPECT_TRUE(found->has("features"));
  EXPECT_EQ(found->confirmed[0].strength, Strength::strong);
  EXPECT_EQ(found->confirmed[0].octets, kOpen);
  EXPECT_EQ(std::get<std::string>(found->notes["xmpp.transport"]), "websocket");
  EXPECT_EQ(std::get<std::string>(found->notes["xmpp.domain"]), "example.com");
  EXPECT_EQ(std::get<int64_t>(found->notes["xmpp.messages_toserver"]), 1);
  expect_parser_habits("xmpp_websocket", talk, on_websocket());
}

TEST(XmppWebsocket, a_declaration_before_the_element_is_discouraged_but_read) {
  const auto found =
      run_parser("xmpp_websocket", {client("<?xml version='1.0'?>" + kOpen)}, 0, on_websocket());
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(XmppWebsocket, drafts_sent_the_stream_tags_as_they_are) {
  const std::string header =
      "<stream:stream xmlns='jabber:client' to='a.example' "
      "xmlns:stream='http://etherx.jabber.org/streams'>";
  const auto found = run_parser(
      "xmpp_websocket",
      {client(header), server("<?xml version='1.0'?>" + header), server("<stream:features/>"),
       client("<presence/>"), client("</stream:stream>"), server("</stream:stream>")},
      0, on_websocket());
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("stream-header-server"));
  EXPECT_TRUE(found->finished);
}

TEST(XmppWebsocket, a_late_start_is_recognised_from_stanzas) {
  Start start = on_websocket();
  start.midstream = true;
  const auto found = run_parser("xmpp_websocket", {client(kMessage), server(kMessage)}, 0, start);
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(XmppWebsocket, other_messages_are_refuted) {
  for (const std::string& other :
       {std::string("{\"type\":\"hello\"}"), std::string(" "), std::string("<open/"),
        std::string("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'>"), std::string("hello"),
        std::string("<!-- x -->"), std::string("\x00\x01", 2),
        std::string("CONNECTED\n\n\0", 12)}) {
    const auto found = run_parser("xmpp_websocket", {client(other)}, 0, on_websocket());
    EXPECT_LT(found->best(), Strength::proof) << other;
    const bool goes_on = other == " " || other.find("framing'>") != std::string::npos;
    EXPECT_EQ(found->refuted.empty(), goes_on) << other;
  }
  const auto xml =
      run_parser("xmpp_websocket", {client("<a/>"), server("<b/>")}, 0, on_websocket());
  EXPECT_TRUE(xml->confirmed.empty());
  const std::vector<Said> many(40, client("<a/>"));
  EXPECT_FALSE(run_parser("xmpp_websocket", many, 0, on_websocket())->refuted.empty());
}

TEST(XmppWebsocket, bodies_of_http_are_left_to_bosh) {
  Start start = on_websocket();
  start.carrier = Carrier::http;
  EXPECT_TRUE(run_parser("xmpp_websocket", {client(kOpen)}, 0, start)->finished);
}

}  // namespace
}  // namespace parlance::test
