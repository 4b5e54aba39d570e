#include "protocols/support/websocket_handshake.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(WebsocketHandshake, the_accept_of_the_rfc_is_computed) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // 1.3
}

TEST(WebsocketHandshake, the_answers_of_hixie76_are_computed) {
  // draft-hixie-thewebsocketprotocol-76 sections 1.2 and 1.3
  EXPECT_EQ(hixie_answer("4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00", as_bytes("^n:ds[4U")),
            "8jKS'y:G*Co,Wxa-");
  EXPECT_EQ(hixie_answer("18x 6]8vM;54 *(5:  {   U1]8  z [  8",
                         "1_ tx7X d  <  nw  334J702) 7]o}` 0", as_bytes("Tm[K T2u")),
            "fQJ,fN/4F4!~K~MH");
  EXPECT_FALSE(hixie_answer("12345", "1 2", as_bytes("12345678"))) << "a key without spaces";
  EXPECT_FALSE(hixie_answer("1 2", "1 2", as_bytes("1234")));
  EXPECT_FALSE(hixie_answer("99999999999999999999 0", "1 2", as_bytes("12345678")));
}

TEST(WebsocketHandshake, extensions_are_read) {
  const auto agreed = parse_websocket_extensions(
      "permessage-deflate; server_no_context_takeover; client_max_window_bits=12, x-other");
  EXPECT_EQ(agreed.deflate, WebSocketDeflate::per_message);
  EXPECT_TRUE(agreed.server_no_context_takeover);
  EXPECT_FALSE(agreed.client_no_context_takeover);
  EXPECT_EQ(agreed.names, (std::vector<std::string>{"permessage-deflate", "x-other"}));
  EXPECT_EQ(parse_websocket_extensions("x-webkit-deflate-frame").deflate,
            WebSocketDeflate::per_frame);
}

TEST(WebsocketHandshake, credentials_in_subprotocols_are_redacted) {
  EXPECT_EQ(redact_subprotocols("xmpp"), "xmpp");
  EXPECT_EQ(redact_subprotocols("phoenix, base64url.bearer.phx.c2VjcmV0"),
            "phoenix, base64url.bearer(redacted)");
  EXPECT_EQ(redact_subprotocols("mqtt, eyJhbGciOiJIUzI1NiJ9"), "mqtt, (redacted)");
  EXPECT_EQ(redact_subprotocols(std::string(60, 'x')), "(redacted)");
}

}  // namespace
}  // namespace parlance
