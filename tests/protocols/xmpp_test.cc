#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kStreams = "http://etherx.jabber.org/streams";

// RFC 6120 section 9.1: a client's stream, laid out as in the RFC.
const std::string kClientHeader =
    "<stream:stream\n     from='juliet@im.example.com'\n     to='im.example.com'\n"
    "     version='1.0'\n     xml:lang='en'\n     xmlns='jabber:client'\n"
    "     xmlns:stream='http://etherx.jabber.org/streams'>";
const std::string kServerHeader =
    "<stream:stream\n     from='im.example.com'\n     id='t7AMCin9zjMNwQKDnplntZPIDEI='\n"
    "     to='juliet@im.example.com'\n     version='1.0'\n     xml:lang='en'\n"
    "     xmlns='jabber:client'\n     xmlns:stream='http://etherx.jabber.org/streams'>";
const std::string kTlsFeatures =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
    "</stream:features>";
const std::string kStarttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const std::string kProceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const std::string kSaslFeatures =
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
    "<mechanism>SCRAM-SHA-1-PLUS</mechanism><mechanism>SCRAM-SHA-1</mechanism>"
    "<mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const std::string kBindFeatures =
    "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
const std::string kHello("\x16\x03\x01\x00\x05hello", 10);
const std::string kAnswer("\x16\x03\x03\x00\x05world", 10);

/// RFC 6120 section 9.1 without TLS.
std::vector<Said> plain_session() {
  return {
      client("<?xml version='1.0'?>" + kClientHeader),
      server("<?xml version='1.0'?>" + kServerHeader + kSaslFeatures),
      client("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>"
             "biwsbj1qdWxpZXQscj1vTXNUQUF3QUFBQU1BQUFBTlAwVEFBQUFBQUJQVTBBQQ==</auth>"),
      server("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1vTXNUQUF3QUFBQU1BQUFBTlAw"
             "VEFBQUFBQUJQVTBBQWUxMjQ2OTViLTY5</challenge>"),
      client("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>Yz1iaXdzLHI9b01zVEFBd0FB"
             "</response>"),
      server("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj1wTk5ERlZFUXh1WHhDb1NF"
             "</success>"),
      client(kClientHeader),
      server(kServerHeader + kBindFeatures),
      client("<iq id='yhc13a95' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
             "<resource>balcony</resource></bind></iq>"),
      server("<iq id='yhc13a95' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
             "<jid>juliet@im.example.com/balcony</jid></bind></iq>"),
      client("<presence/> \n<message to='romeo@example.net' type='chat'>"
             "<body>Art thou not Romeo &amp; a Montague?</body></message>"),
      server("<message from='romeo@example.net/orchard' to='juliet@im.example.com/balcony'>"
             "<body><![CDATA[Neither, <fair> saint]]></body></message>"),
      client("</stream:stream>"),
      server("</stream:stream>"),
  };
}

std::string text_of(const RecordingFindings& found, const std::string& key) {
  const auto at = found.notes.find(key);
  return at == found.notes.end() ? "" : std::get<std::string>(at->second);
}

int64_t number_of(const RecordingFindings& found, const std::string& key) {
  const auto at = found.notes.find(key);
  return at == found.notes.end() ? 0 : std::get<int64_t>(at->second);
}

std::string deflated(const std::string& text) {
  std::array<uint8_t, 8192> out{};
  z_stream stream{};
  EXPECT_EQ(deflateInit(&stream, 9), Z_OK);
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  std::string result(reinterpret_cast<const char*>(out.data()), out.size() - stream.avail_out);
  deflateEnd(&stream);
  return result;
}

Start midstream() {
  Start start;
  start.midstream = true;
  return start;
}

TEST(Xmpp, a_whole_session_is_proven_and_noted) {
  const auto found = run_parser("xmpp", plain_session());
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->refuted, "");
  EXPECT_TRUE(found->finished) << "both streams were closed";
  for (const char* what :
       {"stream-header-client", "stream-header-server", "features", "sasl", "stanzas"}) {
    EXPECT_TRUE(found->has(what)) << what;
  }
  EXPECT_EQ(text_of(*found, "xmpp.transport"), "tcp");
  EXPECT_EQ(text_of(*found, "xmpp.role"), "c2s");
  EXPECT_EQ(text_of(*found, "xmpp.domain"), "im.example.com");
  EXPECT_EQ(text_of(*found, "xmpp.version"), "1.0");
  EXPECT_EQ(text_of(*found, "xmpp.mechanism"), "SCRAM-SHA-1");
  EXPECT_EQ(std::get<std::vector<std::string>>(found->notes["xmpp.mechanisms"]),
            (std::vector<std::string>{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"}));
  EXPECT_EQ(number_of(*found, "xmpp.messages_toserver"), 1);
  EXPECT_EQ(number_of(*found, "xmpp.messages_toclient"), 1);
  EXPECT_EQ(number_of(*found, "xmpp.presences_toserver"), 1);
  EXPECT_EQ(number_of(*found, "xmpp.iqs_toserver"), 1);
  EXPECT_EQ(number_of(*found, "xmpp.iqs_toclient"), 1);
}

TEST(Xmpp, evidence_is_placed_at_the_start_tag) {
  const auto found = run_parser("xmpp", plain_session());
  const Confirmation& first = found->confirmed.at(0);
  EXPECT_EQ(first.what, "stream-header-client");
  EXPECT_EQ(first.strength, Strength::strong);
  EXPECT_EQ(first.offset, 21U) << "after the XML declaration";
  EXPECT_EQ(first.octets, "<stream:stream\n    ") << "an attribute that names a person follows";
  EXPECT_EQ(found->confirmed.at(1).what, "stream-header-server");
  EXPECT_EQ(found->confirmed.at(1).strength, Strength::proof);
  const auto headers = std::count_if(
      found->confirmed.begin(), found->confirmed.end(),
      [](const Confirmation& each) { return each.what.starts_with("stream-header"); });
  EXPECT_EQ(headers, 2) << "the second stream, after SASL, says nothing new";
}

TEST(Xmpp, neither_text_nor_secrets_are_given_out) {
  const auto found = run_parser("xmpp", plain_session());
  for (const Confirmation& each : found->confirmed) {
    for (const char* secret :
         {"biws", "cj1v", "Yz1i", "dj1w", "Montague", "saint", "balcony", "juliet"}) {
      EXPECT_EQ(each.octets.find(secret), std::string::npos) << each.what;
      EXPECT_EQ(each.text.find(secret), std::string::npos) << each.what;
    }
  }
  for (const auto& [name, value] : found->fields) EXPECT_EQ(name, "xmpp.domain") << value;
}

TEST(Xmpp, every_legal_form_of_the_header_is_read) {
  const std::vector<std::string> headers = {
      "<stream:stream to='a.example' xmlns='jabber:client' xmlns:stream='" + kStreams + "'>",
      "<stream:stream to=\"a.example\" xmlns=\"jabber:client\" xmlns:stream=\"" + kStreams + "\">",
      "<stream:stream to=\"a.example\" xmlns='jabber:client' xmlns:stream=\"" + kStreams + "\">",
      "<stream:stream\n\tto = 'a.example'\r\n xmlns\t=\n'jabber:client' xmlns:stream = '" +
          kStreams + "' >",
      "<?xml version='1.0' ?><stream:stream xmlns:stream='" + kStreams + "' to='a.example'>",
      "<?xml version='1.0' encoding='UTF-8'?>\n<stream:stream xmlns:stream='" + kStreams +
          "' to='a.example'>",
      "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><stream:stream xmlns:stream='" +
          kStreams + "' to='a.example'>",
      "<stream from='a@b' to='a.example' version='1.0' xmlns='" + kStreams + "'>",         // 4.8.2
      "<flow:stream to='a.example' xmlns='jabber:client' xmlns:flow='" + kStreams + "'>",  // 4.8.5
      "<?xml version=\"1.0\"?><stream:stream to=\"a.example\" version=\"1.0\" xmlns:stream=\"" +
          kStreams + "\">",
      "  \r\n\t<stream:stream to='a.example' xmlns:stream='" + kStreams + "'>",
      "\xef\xbb\xbf<stream:stream to='a.example' xmlns:stream='" + kStreams + "'>",
      "<stream:stream x='a>b' to='a.example' xmlns:stream='" + kStreams + "'>",
      "<stream:stream to='a.example' xmlns:stream='http:/&#x2f;etherx.jabber.org&#47;streams'>",
      "<stream:stream to='a.example' xmlns='jabber:client' xmlns:stream='" + kStreams +
          "' xmlns:ga='x:y' ga:z='1' unknown=''>",
  };
  for (const std::string& header : headers) {
    const auto found = run_parser("xmpp", {client(header)});
    EXPECT_EQ(found->best(), Strength::strong) << header;
    EXPECT_TRUE(found->has("stream-header-client")) << header;
    EXPECT_EQ(text_of(*found, "xmpp.domain"), "a.example") << header;
    const auto both = run_parser("xmpp", {client(header), server(kServerHeader)});
    EXPECT_EQ(both->best(), Strength::proof) << header;
    expect_parser_habits("xmpp", {client(header), server(kServerHeader)});
  }
}

TEST(Xmpp, a_declaration_alone_in_the_first_segment_says_nothing_yet) {
  EXPECT_TRUE(run_parser("xmpp", {client("<?xml version='1.0' ?>")})->confirmed.empty());
  const auto found = run_parser("xmpp", {client("<?xml version='1.0' ?>"), client(kClientHeader)});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Xmpp, what_is_not_xmpp_is_refuted_with_a_reason) {
  const std::vector<std::string> others = {
      "<?xml version='1.0'?><rss version='2.0'><channel>",
      "<streams><a/></streams>",
      "<stream:stream xmlns:stream='http://example.org/streams'>",  // another namespace
      "<stream:stream to='a'>",                                     // prefix without namespace
      "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><stream:stream xmlns:stream='" +
          kStreams + "'>",
      "<?xml version='1.0'?><!-- note --><stream:stream xmlns:stream='" + kStreams + "'>",
      "<?xml version='1.0'?><?php x?><stream:stream xmlns:stream='" + kStreams + "'>",
      "<?xml version='1.0' encoding='ISO-8859-1'?><stream:stream xmlns:stream='" + kStreams + "'>",
      "<stream:stream to='\xff\xfe' xmlns:stream='" + kStreams + "'>",  // not UTF-8
      "<html><body>http://etherx.jabber.org/streams",
      "POST / HTTP/1.1\r\n\r\n<stream:stream xmlns:stream='" + kStreams + "'>",
      "WA\x06\x03",                            // WhatsApp's port is also 5222
      std::string("\x25\x00\x45\x14\x04", 5),  // push records seen on 5223
      std::string("\x16\x03\x01\x00\x05", 5),
      "<k from='a' to='talk.kik.com'>",
      "</iq>",
  };
  for (const std::string& other : others) {
    const auto found = run_parser("xmpp", {client(other)});
    EXPECT_TRUE(found->confirmed.empty()) << other;
    EXPECT_FALSE(found->refuted.empty()) << other;
  }
}

TEST(Xmpp, a_client_that_is_answered_with_something_else_is_not_proven) {
  const auto found =
      run_parser("xmpp", {client(kClientHeader), server("HTTP/1.1 400 Bad Request\r\n\r\n")});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_FALSE(found->refuted.empty());
}

TEST(Xmpp, forbidden_markup_after_the_header_ends_the_work) {
  for (const char* bad : {"<!-- c -->", "<?pi x?>", "<!DOCTYPE a>", "text", "<a></b>", "<a b=c>"}) {
    const auto found = run_parser("xmpp", {client(kClientHeader + bad)});
    EXPECT_FALSE(found->refuted.empty()) << bad;
  }
}

TEST(Xmpp, tls_begins_at_the_octet_after_proceed) {
  const std::vector<Said> talk = {client(kClientHeader), server(kServerHeader + kTlsFeatures),
                                  client(kStarttls),     server(kProceed + kAnswer),
                                  client(kHello),        server("more")};
  const auto found = run_parser("xmpp", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "tls");
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].bytes[0], kHello);
  EXPECT_EQ(found->inner[0].bytes[1], kAnswer + "more");
  EXPECT_EQ(text_of(*found, "xmpp.tls"), "started");
  EXPECT_EQ(text_of(*found, "xmpp.transport"), "starttls");
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("xmpp", talk);
}

TEST(Xmpp, tls_features_are_noted) {
  EXPECT_EQ(text_of(*run_parser("xmpp", {server(kServerHeader + kTlsFeatures)}), "xmpp.tls"),
            "required");
  const std::string offer =
      "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
  EXPECT_EQ(text_of(*run_parser("xmpp", {server(kServerHeader + offer)}), "xmpp.tls"), "offered");
}

TEST(Xmpp, a_client_may_put_children_into_starttls_and_need_not_wait) {
  const auto found =
      run_parser("xmpp", {client(kClientHeader +
                                 "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">"
                                 "<required /></starttls>" +
                                 kHello)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], kHello);
}

TEST(Xmpp, a_refused_starttls_leaves_xml) {
  const auto found = run_parser(
      "xmpp", {client(kClientHeader), server(kServerHeader + kTlsFeatures), client(kStarttls),
               server("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"),
               client("</stream:stream>")});
  EXPECT_TRUE(found->inner.empty());
  EXPECT_TRUE(found->has("tls-failure"));
}

TEST(Xmpp, work_ends_when_nobody_listens_inside_tls) {
  RecordingFindings found;
  found.inner_listens = false;
  const auto parser = find_parser("xmpp")->make({});
  parser->data(Direction::to_server, as_bytes(kClientHeader + kStarttls), found);
  EXPECT_FALSE(found.finished);
  parser->data(Direction::to_server, as_bytes(kHello), found);
  EXPECT_TRUE(found.finished);
}

TEST(Xmpp, a_hole_over_proceed_does_not_hide_tls) {
  RecordingFindings found;
  const auto parser = find_parser("xmpp")->make({});
  parser->data(Direction::to_server, as_bytes(kClientHeader), found);
  parser->data(Direction::to_client, as_bytes(kServerHeader + kTlsFeatures), found);
  parser->gap(Direction::to_server, 51, found);
  parser->gap(Direction::to_client, 50, found);
  parser->data(Direction::to_server, as_bytes(kHello), found);
  parser->data(Direction::to_client, as_bytes(kAnswer), found);
  ASSERT_EQ(found.inner.size(), 1U);
  EXPECT_EQ(found.inner[0].bytes[0], kHello);
  EXPECT_EQ(found.inner[0].bytes[1], kAnswer);
}

TEST(Xmpp, server_to_server_with_dialback) {
  const std::string header =
      "<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' to='' "
      "xmlns:stream='" +
      kStreams + "'>";
  const std::vector<Said> talk = {
      client(header), server(header),
      client("<db:result from='capulet.example' "
             "to='montague.example'>b4835385f37fe2895af6c196b59</db:result>"),
      server("<db:result from='montague.example' to='capulet.example' type='valid'/>")};
  const auto found = run_parser("xmpp", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("dialback"));
  EXPECT_EQ(text_of(*found, "xmpp.role"), "s2s");
  for (const Confirmation& each : found->confirmed)
    EXPECT_EQ(each.octets.find("b4835"), std::string::npos);
  expect_parser_habits("xmpp", talk);
}

TEST(Xmpp, components_shake_hands) {
  const std::string header =
      "<stream:stream xmlns='jabber:component:accept' xmlns:stream='" + kStreams + "' ";
  const auto found =
      run_parser("xmpp", {client(header + "to='plays.example'>"),
                          server(header + "from='plays.example' id='3BF96D32'>"),
                          client("<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>"),
                          server("<handshake/>")});
  EXPECT_TRUE(found->has("component-handshake"));
  EXPECT_EQ(text_of(*found, "xmpp.role"), "component");
  EXPECT_EQ(text_of(*found, "xmpp.domain"), "plays.example");
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Xmpp, a_stream_s_domain_is_a_field_for_signatures) {
  const auto fields_of = [](const std::vector<Said>& talk) {
    const auto found = run_parser("xmpp", talk);
    std::vector<std::string> domains;
    for (auto [each, end] = found->fields.equal_range("xmpp.domain"); each != end; ++each) {
      domains.push_back(each->second);
    }
    return domains;
  };
  const std::string header = "<stream:stream xmlns='jabber:client' xmlns:stream='" + kStreams + "' ";
  const Said opened = client(header + "to='eu1.pvp.net' version='1.0'>");
  const Said answered = server(header + "from='pvp.net' id='1' version='1.0'>");
  using testing::ElementsAre;
  EXPECT_THAT(fields_of({opened, answered}), ElementsAre("eu1.pvp.net")) << "what the client asks for";
  EXPECT_THAT(fields_of({answered}), ElementsAre("pvp.net")) << "else what the server says";
  EXPECT_TRUE(fields_of({client(header + "version='1.0'>")}).empty());
}

TEST(Xmpp, link_local_streams_are_addressed_to_people) {
  const auto found =
      run_parser("xmpp", {client("<stream:stream xmlns='jabber:client' xmlns:stream='" + kStreams +
                                 "' from='romeo@forza' to='juliet@pronto' version='1.0'>")});
  EXPECT_EQ(text_of(*found, "xmpp.role"), "link-local");
  EXPECT_EQ(text_of(*found, "xmpp.domain"), "pronto") << "no person's name";
}

TEST(Xmpp, jabber_before_version_1_has_none) {
  const std::string header =
      "<stream:stream xmlns='jabber:client' to='shakespeare.example' xmlns:stream='" + kStreams +
      "'>";
  const auto found = run_parser(
      "xmpp",
      {client(header), server(header),
       client("<iq type='set' id='auth2'><query xmlns='jabber:iq:auth'><username>bill</username>"
              "<password>Calli0pe</password></query></iq>"),
       server("<iq type='result' id='auth2'/>")});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->notes.count("xmpp.version"), 0U);
  EXPECT_TRUE(found->has("stanzas"));
}

TEST(Xmpp, sasl2_and_stream_management_are_named) {
  const auto found = run_parser(
      "xmpp",
      {client(kClientHeader),
       server(kServerHeader +
              "<stream:features><authentication xmlns='urn:xmpp:sasl:2'>"
              "<mechanism>SCRAM-SHA-256</mechanism></authentication></stream:features>"),
       client(
           "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='SCRAM-SHA-256'><initial-response>biws"
           "</initial-response></authenticate>"),
       server("<success "
              "xmlns='urn:xmpp:sasl:2'><authorization-identifier>a@b</authorization-identifier></"
              "success>"),
       client("<enable xmlns='urn:xmpp:sm:3' resume='true'/>"),
       server("<enabled xmlns='urn:xmpp:sm:3' id='some-long-sm-id' resume='true'/>")});
  EXPECT_TRUE(found->has("sasl2"));
  EXPECT_TRUE(found->has("stream-management"));
  EXPECT_EQ(text_of(*found, "xmpp.mechanism"), "SCRAM-SHA-256");
  EXPECT_TRUE(std::get<bool>(found->notes["xmpp.stream_management"]));
  for (const Confirmation& each : found->confirmed)
    EXPECT_EQ(each.octets.find("some-long"), std::string::npos);
}

TEST(Xmpp, compressed_streams_are_read_on) {
  const std::string compress =
      "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>";
  const std::string compressed = "<compressed xmlns='http://jabber.org/protocol/compress'/>";
  const std::vector<Said> talk = {
      client(kClientHeader),
      server(kServerHeader + kBindFeatures),
      client(compress),
      server(compressed),
      client(deflated(kClientHeader + "<presence/>")),
      server(deflated(kServerHeader + "<message><body>hi</body></message>"))};
  const auto found = run_parser("xmpp", talk);
  EXPECT_EQ(text_of(*found, "xmpp.compression"), "zlib");
  EXPECT_EQ(number_of(*found, "xmpp.presences_toserver"), 1);
  EXPECT_EQ(number_of(*found, "xmpp.messages_toclient"), 1);
  EXPECT_EQ(found->refuted, "");
  expect_parser_habits("xmpp", talk);
}

TEST(Xmpp, a_compression_bomb_ends_the_work) {
  const std::string compress =
      "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>";
  RecordingFindings found;
  found.limit_values.inflate_octets = 4096;
  const auto parser = find_parser("xmpp")->make({});
  parser->data(Direction::to_server, as_bytes(kClientHeader + compress), found);
  parser->data(Direction::to_server,
               as_bytes(deflated(kClientHeader + "<message>" + std::string(100000, 'a'))), found);
  EXPECT_TRUE(found.is_over());
}

TEST(Xmpp, stanzas_without_a_header_are_recognised) {
  struct Row {
    std::vector<Said> talk;
    Strength strength;
  };
  const std::string ping =
      "<iq to='push.example' id='0' chid='0' type='get'><ping xmlns='urn:xmpp:ping'></ping></iq>";
  const std::string pong = "<iq chid='0' id='0' type='result'/>";
  const std::vector<Row> rows = {
      {{client(ping)}, Strength::strong},
      {{client(ping), server(pong)}, Strength::proof},
      {{client(ping), server("<iq id='1' type='result'/>")}, Strength::strong},
      {{client("<iq type='get' id='1'/>")}, Strength::hint},
      {{client("<iq type='get' id='1'/>"), server("<iq id='1' type='result'/>")}, Strength::hint},
      {{client("<presence/><message to='a'/>")}, Strength::strong},
      {{client("<message xmlns='jabber:client'/>"), server("<presence xmlns='jabber:client'/>")},
       Strength::proof},
      {{client("<r xmlns='urn:xmpp:sm:3'/>"), server("<a xmlns='urn:xmpp:sm:3' h='5'/>")},
       Strength::proof},
      {{client("</stream:stream>")}, Strength::strong},
      {{client("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AAA=</auth>")},
       Strength::proof},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(run_parser("xmpp", row.talk)->best(), row.strength) << row.talk[0].octets;
    EXPECT_EQ(run_parser("xmpp", row.talk, 1, midstream())->best(), row.strength)
        << row.talk[0].octets;
    expect_parser_habits("xmpp", row.talk, midstream());
  }
}

TEST(Xmpp, a_capture_that_begins_inside_a_stanza_is_picked_up_at_the_next) {
  const auto found = run_parser(
      "xmpp",
      {client("ody>tail</body></message><iq type='get' id='a'><ping xmlns='urn:xmpp:ping'/></iq>"
              "<message to='x'><body>b</body></message>"),
       server("</x></presence><presence from='x'><c "
              "xmlns='http://jabber.org/protocol/caps'/></presence>"
              "<presence from='y'><c xmlns='http://jabber.org/protocol/caps'/></presence>")},
      0, midstream());
  EXPECT_GE(found->best(), Strength::strong);
}

TEST(Xmpp, text_about_xmpp_is_not_xmpp) {
  const std::string rfc =
      "  The client sends:\n\n   C: <stream:stream\n from='j@im.example.com' "
      "xmlns='jabber:client'\n"
      " xmlns:stream='http://etherx.jabber.org/streams'>\n\n   The server answers:\n\n   S: "
      "<stream:features>"
      "</stream:features>\n\n  C: <iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>\n\n  S: "
      "<iq/>";
  EXPECT_LT(run_parser("xmpp", {server(rfc)}, 0, midstream())->best(), Strength::strong);
  EXPECT_LT(run_parser("xmpp", {server(rfc)})->best(), Strength::strong);
}

TEST(Xmpp, a_hole_is_bridged) {
  const std::string ping = "<iq type='get' id='a'><ping xmlns='urn:xmpp:ping'/></iq>";
  RecordingFindings found;
  const auto parser = find_parser("xmpp")->make({});
  parser->data(Direction::to_server, as_bytes(kClientHeader + "<message><bo"), found);
  parser->gap(Direction::to_server, 100, found);
  parser->data(Direction::to_server, as_bytes("dy>x</body></message>" + ping), found);
  EXPECT_FALSE(found.is_over());
  EXPECT_EQ(found.best(), Strength::proof);
  EXPECT_EQ(number_of(found, "xmpp.iqs_toserver"), 1);
}

TEST(Xmpp, a_first_octet_that_was_not_captured_is_forgiven) {
  const auto found = run_parser("xmpp", {server("?xml version='1.0'?>" + kServerHeader)});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Xmpp, nothing_grows_without_bound) {
  const std::string header = kClientHeader;
  struct Row {
    const char* what;
    std::string start, repeated;
  };
  const std::vector<Row> rows = {
      {"depth", header, "<a>"},
      {"an endless attribute", header + "<a b='", "aaaaaaaaaaaaaaaa"},
      {"an endless tag", header + "<a ", "b='c' "},
      {"an endless name", header + "<", "aaaaaaaaaaaaaaaa"},
      {"an endless stanza", header + "<message><body>", "aaaaaaaaaaaaaaaa"},
      {"endless character data", header + "<message><body><![CDATA[", "aaaaaaaaaaaaaaaa"},
      {"an endless reference", header + "<message>&", "aaaaaaaaaaaaaaaa"},
      {"many children", header + "<message>", "<a b='1'/>"},
      {"a first tag without an end", "<", "aaaaaaaaaaaaaaaa"},
      {"an endless declaration", "<?xml ", "aaaaaaaaaaaaaaaa"},
      {"stanzas for ever", header, "<message/>"},
      {"other elements for ever", "", "<result/>"},
  };
  for (const Row& row : rows) {
    RecordingFindings found;
    const auto parser = find_parser("xmpp")->make({});
    parser->data(Direction::to_server, as_bytes(row.start), found);
    std::string portion;
    while (portion.size() < 1000) portion += row.repeated;
    size_t given = 0;
    for (; given < 1'000'000 && !found.is_over(); given += portion.size()) {
      parser->data(Direction::to_server, as_bytes(portion), found);
    }
    EXPECT_TRUE(found.is_over()) << row.what;
    EXPECT_LT(given, 300'000U) << row.what;
  }
}

TEST(Xmpp, many_attributes_end_the_work) {
  std::string tag = "<a ";
  for (int i = 0; i < 70; ++i) tag += "a" + std::to_string(i) + "='' ";
  EXPECT_FALSE(run_parser("xmpp", {client(kClientHeader + tag + ">")})->refuted.empty());
  std::string spaces = "<a ";
  for (int i = 0; i < 70; ++i) spaces += "xmlns:a" + std::to_string(i) + "='x' ";
  EXPECT_FALSE(run_parser("xmpp", {client(kClientHeader + spaces + ">")})->refuted.empty());
}

TEST(Xmpp, entities_beyond_the_five_are_refused) {
  EXPECT_FALSE(
      run_parser("xmpp", {client(kClientHeader + "<message>&lol;</message>")})->refuted.empty());
  EXPECT_TRUE(run_parser("xmpp", {client(kClientHeader + "<message>&lt;&#x263a;&apos;</message>")})
                  ->refuted.empty());
}

TEST(Xmpp, has_the_habits_of_a_parser) {
  expect_parser_habits("xmpp", plain_session());
  expect_parser_habits("xmpp", plain_session(), midstream());
}

TEST(Xmpp, split_at_every_octet_says_the_same) {
  const std::string up = kClientHeader + kStarttls + kHello;
  const auto whole = run_parser("xmpp", {client(up)});
  for (size_t cut = 1; cut < up.size(); ++cut) {
    const auto found = run_parser("xmpp", {client(up.substr(0, cut)), client(up.substr(cut))});
    EXPECT_EQ(found->confirmed.size(), whole->confirmed.size()) << cut;
    ASSERT_EQ(found->inner.size(), 1U) << cut;
    EXPECT_EQ(found->inner[0].bytes[0], kHello) << cut;
  }
}

TEST(Xmpp, messages_are_left_to_others) {
  Start start;
  start.unit = Unit::message;
  const auto found = run_parser("xmpp", {client(kClientHeader)}, 0, start);
  EXPECT_TRUE(found->finished);
  EXPECT_TRUE(found->confirmed.empty());
}

}  // namespace
}  // namespace parlance::test
