#include "inspect/conversation.h"

#include <gtest/gtest.h>

#include "support/few_signatures.h"
#include "support/recording_findings.h"

namespace parlance::inspect {
namespace {

using test::few_signatures;
using test::hex;

constexpr Direction kToServer = Direction::to_server, kToClient = Direction::to_client;

/// One flow; every delivery is a packet of its own.
class Talk {
 public:
  explicit Talk(const Limits& bounds = {}, Transport transport = Transport::tcp,
                bool direction_known = true, uint16_t server_port = 443)
      : limits_(bounds), bench_(few_signatures(), limits_) {
    FlowFacts facts;
    facts.tuple = {{IpAddress{{10, 0, 0, 1}, 4}, 40000},
                   {IpAddress{{10, 0, 0, 2}, 4}, server_port},
                   transport};
    facts.direction_known = direction_known;
    facts.midstream = !direction_known;
    walk_ = std::make_unique<Conversation>(bench_, facts);
  }

  void say(Direction direction, std::string_view octets) {
    walk_->deliver(direction, as_bytes(octets), origin());
  }
  void say_in_pieces(Direction direction, std::string_view octets, size_t piece) {
    for (size_t at = 0; at < octets.size(); at += piece) say(direction, octets.substr(at, piece));
  }
  void miss(Direction direction, uint64_t length) { walk_->gap(direction, length, origin()); }
  void end(Direction direction) { walk_->end(direction, origin()); }

  Conversation& walk() { return *walk_; }
  const Evidence* evidence(std::string_view rule) const {
    for (const Evidence& each : walk_->evidence()) {
      if (each.rule() == rule) return &each;
    }
    return nullptr;
  }
  bool found(std::string_view name, size_t channel = 0) const {
    const auto channels = walk_->channels();
    if (channel >= channels.size()) return false;
    for (const FoundProtocol& each : channels[channel].found) {
      if (each.name == name) return true;
    }
    return false;
  }

 private:
  stream::Origin origin() {
    ++frame_;
    return {frame_, frame_, {static_cast<int64_t>(frame_) * kMillisecond}};
  }

  Limits limits_;
  Workbench bench_;
  std::unique_ptr<Conversation> walk_;
  uint64_t frame_ = 0;
};

const std::string kMarker = "MARKED-OCTETS";
const std::string kRequest = "GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n";
const std::string kStreamHeader =
    "<stream:stream to='im.example.com' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>";

// ---- where evidence was found -------------------------------------------------------------------

TEST(Conversation, a_rule_without_a_parser_is_evidence_by_itself) {
  Talk talk;
  talk.say(kToServer, "so many words, ");
  talk.say(kToServer, "and " + kMarker + " among them");
  const Evidence* evidence = talk.evidence("marked/marker");
  ASSERT_NE(evidence, nullptr);
  EXPECT_EQ(evidence->strength, Strength::strong);
  EXPECT_EQ(evidence->offset, 19u);
  EXPECT_EQ(evidence->length, kMarker.size());
  EXPECT_EQ(evidence->frame, 2u);
  EXPECT_EQ(as_text(evidence->excerpt), kMarker);
  EXPECT_EQ(evidence->text, "it says marker");
  EXPECT_EQ(evidence->layer, "tcp");
  EXPECT_TRUE(talk.found("marked"));
  EXPECT_FALSE(talk.walk().channels()[0].found[0].by_parser);
}

TEST(Conversation, what_is_met_across_packets_is_shown_whole_and_with_its_first_frame) {
  for (size_t piece = 1; piece < 20; ++piece) {
    Talk talk;
    talk.say(kToClient, "a word of the other side");
    const std::string text(100, '.');
    talk.say_in_pieces(kToServer, text + kMarker + text, piece);
    const Evidence* evidence = talk.evidence("marked/marker");
    ASSERT_NE(evidence, nullptr) << piece;
    EXPECT_EQ(evidence->offset, 100u);
    EXPECT_EQ(as_text(evidence->excerpt), kMarker) << piece;
    EXPECT_EQ(evidence->frame, 2 + 100 / piece) << piece;
  }
}

TEST(Conversation, a_parser_that_starts_late_reads_from_the_first_octet) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{50}, kStreamHeader.size()}) {
    Talk talk;
    talk.say_in_pieces(kToServer, kStreamHeader, piece);
    const Evidence* evidence = talk.evidence("xmpp/stream-header-client");
    ASSERT_NE(evidence, nullptr) << piece;
    EXPECT_EQ(evidence->offset, 0u) << piece;
    EXPECT_EQ(evidence->frame, 1u) << piece;
  }
}

TEST(Conversation, a_portion_larger_than_the_head_is_searched_and_parsed) {
  Talk talk;
  talk.say(kToServer, kRequest + std::string(100'000, 'x'));
  EXPECT_TRUE(talk.found("http"));
  Talk datagrams({}, Transport::udp);
  datagrams.say(kToServer, kMarker + std::string(60'000, 'x'));
  EXPECT_TRUE(datagrams.found("marked"));
}

TEST(Conversation, the_servers_port_counts_beside_payload_but_is_no_evidence_alone) {
  const std::string frame = test::hex("05 64 05 c0");
  Talk there({}, Transport::tcp, true, 20000);
  EXPECT_TRUE(there.walk().evidence().empty());
  there.say(kToServer, frame);
  EXPECT_TRUE(there.found("ported"));
  Talk elsewhere({}, Transport::tcp, true, 20001);
  elsewhere.say(kToServer, frame);
  EXPECT_FALSE(elsewhere.found("ported"));
}

// ---- gaps ---------------------------------------------------------------------------------------

TEST(Conversation, nothing_is_met_across_a_gap) {
  for (size_t split = 1; split < kMarker.size(); ++split) {
    Talk talk;
    talk.say(kToServer, kMarker.substr(0, split));
    talk.miss(kToServer, 1000);
    talk.say(kToServer, kMarker.substr(split));
    talk.say(kToServer, "words after the gap");
    EXPECT_TRUE(talk.walk().evidence().empty()) << split;
  }
}

TEST(Conversation, a_gap_does_not_end_the_search_of_the_other_direction) {
  Talk talk;
  talk.miss(kToServer, 1000);
  talk.say(kToServer, kMarker);
  EXPECT_FALSE(talk.found("marked"));
  EXPECT_TRUE(talk.walk().listening());
  talk.say(kToClient, kMarker);
  EXPECT_TRUE(talk.found("marked"));
  talk.miss(kToClient, 0);
  EXPECT_FALSE(talk.walk().listening());
}

TEST(Conversation, a_parser_that_starts_late_is_told_of_the_gap) {
  Talk talk;
  talk.say(kToClient, "<?xml version='1.0'?>");  // starts nothing: no blank follows
  talk.miss(kToClient, 20);
  talk.say(kToServer, kStreamHeader);  // the parser gives up at the gap
  EXPECT_EQ(talk.walk().channels()[0].gaps[1], 1u);
  EXPECT_EQ(talk.walk().channels()[0].octets[1], 41u);
}

// ---- bounds -------------------------------------------------------------------------------------

TEST(Conversation, channels_are_nested_as_deep_as_the_limit_says) {
  std::string headers;
  for (int i = 0; i < 20; ++i) headers += "PROXY UNKNOWN\r\n";
  Limits limits;
  limits.channel_depth = 4;
  for (const size_t piece : {size_t{1}, headers.size()}) {
    Talk talk(limits);
    talk.say_in_pieces(kToServer, headers, piece);
    const auto channels = talk.walk().channels();
    EXPECT_EQ(channels.size(), 4u);
    EXPECT_EQ(channels.back().parent, 2u);
    EXPECT_EQ(channels.back().opened_by, "proxy-protocol");
  }
}

/// A Send indication of TURN to 192.0.2.1 that holds `data`.
std::string relayed(const std::string& data) {
  const auto be16 = [](size_t number) {
    return std::string({static_cast<char>(number >> 8), static_cast<char>(number & 0xff)});
  };
  const std::string attributes = test::hex("0012 0008 0001a147e112a643 0013") + be16(data.size()) +
                                 data + std::string((4 - data.size() % 4) % 4, '\0');
  return test::hex("0016") + be16(attributes.size()) +
         test::hex("2112a442 0102030405060708090a0b0c") + attributes;
}

TEST(Conversation, what_a_relay_carries_is_looked_into) {
  Talk talk({}, Transport::udp);
  talk.say(kToServer, relayed(kMarker));
  EXPECT_TRUE(talk.found("stun"));
  EXPECT_TRUE(talk.found("marked", 1));
  EXPECT_EQ(talk.walk().verdict().stack, (std::vector<std::string_view>{"udp", "stun", "marked"}));
}

TEST(Conversation, relays_inside_relays_are_as_deep_as_the_limit_says) {
  std::string datagram = kMarker;
  for (int i = 0; i < 20; ++i) datagram = relayed(datagram);
  Talk talk({}, Transport::udp);
  for (int i = 0; i < 3; ++i) talk.say(kToServer, datagram);
  EXPECT_EQ(talk.walk().channels().size(), Limits{}.channel_depth);
}

TEST(Conversation, a_flow_has_as_many_channels_as_the_limit_says) {
  Limits limits;
  limits.channels_per_flow = 2;
  Talk talk(limits);
  talk.say(kToServer, "PROXY UNKNOWN\r\nPROXY UNKNOWN\r\nPROXY UNKNOWN\r\n" + kMarker);
  EXPECT_EQ(talk.walk().channels().size(), 2u);
}

TEST(Conversation, a_protocol_that_was_spoken_for_a_while_is_not_ruled_out) {
  Talk talk;
  talk.say(kToServer, kStreamHeader);
  ASSERT_TRUE(talk.found("xmpp"));
  for (const Direction side : {kToServer, kToClient}) talk.say(side, "<\x01 is no element>");
  EXPECT_TRUE(talk.walk().channels()[0].ruled_out.empty());
}

TEST(Conversation, parsers_that_are_over_make_room_for_others) {
  Limits limits;
  limits.parsers_per_channel = 1;
  Talk talk(limits);
  // XMPP's pattern is met last and its parser refuses at once; HTTP's is at work.
  talk.say(kToServer, "GET /?version='1.0' HTTP/1.1\r\n");
  EXPECT_TRUE(talk.walk().channels()[0].ruled_out.empty());
  EXPECT_NE(talk.evidence("http/request-line"), nullptr);

  Limits none;
  none.parsers_per_channel = 0;
  Talk nobody(none);
  nobody.say(kToServer, kRequest);
  EXPECT_FALSE(nobody.found("http"));
}

TEST(Conversation, notes_are_bounded) {
  Limits limits;
  limits.notes_per_flow = 2;
  Talk talk(limits);
  talk.say(kToServer, kRequest);
  talk.say(kToServer, kRequest);
  ASSERT_EQ(talk.walk().notes().size(), 2u);
  for (const Note& each : talk.walk().notes()) {
    if (each.key == "http.requests") {
      EXPECT_EQ(std::get<int64_t>(each.value), 2);
    }
  }
}

TEST(Conversation, notes_are_held_back_until_their_parser_confirms_something) {
  const std::string keep_alive = hex("04000000 14000000 00000000");
  Talk talk;
  talk.say(kToServer, keep_alive + keep_alive);
  EXPECT_TRUE(talk.walk().notes().empty());  // it may be anything
  talk.say(kToServer, hex("04000000 14000000 06000000 04000000 14000000 08000000"));
  talk.say(kToClient, hex("04000000 14000000 97000000"));
  ASSERT_EQ(talk.walk().notes().size(), 1u);
  EXPECT_EQ(talk.walk().notes()[0].key, "sccp.messages");
  EXPECT_GE(std::get<int64_t>(talk.walk().notes()[0].value), 4);  // those held back are counted, too
}

TEST(Conversation, the_weakest_evidence_gives_way) {
  Limits limits;
  limits.evidence_per_flow = 1;
  Talk talk(limits);
  talk.say(kToServer, "z");
  EXPECT_NE(talk.evidence("weak/octet"), nullptr);
  talk.say(kToServer, kMarker);
  EXPECT_EQ(talk.walk().evidence().size(), 1u);
  EXPECT_NE(talk.evidence("marked/marker"), nullptr);
}

TEST(Conversation, octets_that_come_one_by_one_are_kept_in_bounded_memory) {
  Limits limits;
  limits.head_portions = 50;
  Talk talk(limits);
  talk.say_in_pieces(kToServer, std::string(49, '.') + kMarker, 1);
  EXPECT_FALSE(talk.found("marked"));
  EXPECT_FALSE(talk.walk().listening());
}

// ---- when the search ends -----------------------------------------------------------------------

TEST(Conversation, nobody_listens_once_the_search_is_over) {
  Talk talk;
  const std::string words(8192, '.');
  talk.say(kToServer, words);
  EXPECT_TRUE(talk.walk().listening());
  talk.say(kToClient, words);
  EXPECT_FALSE(talk.walk().listening());
  talk.say(kToServer, kMarker);
  EXPECT_TRUE(talk.walk().evidence().empty());
}

TEST(Conversation, gives_away_what_it_found_when_it_is_over) {
  Talk talk;
  talk.say(kToServer, kMarker);
  const Conclusion conclusion = talk.walk().conclude();
  EXPECT_EQ(conclusion.verdict.protocol, "marked");
  ASSERT_EQ(conclusion.verdict.evidence.size(), 1u);
  EXPECT_EQ(conclusion.verdict.evidence[0].rule(), "marked/marker");
}

TEST(Conversation, a_direction_that_never_speaks_does_not_prolong_the_search) {
  Talk talk;
  talk.say_in_pieces(kToServer, std::string(40'000, '.'), 1000);
  EXPECT_FALSE(talk.walk().listening());
}

TEST(Conversation, a_proven_protocol_has_its_channel_for_itself) {
  Talk talk;
  talk.say(kToServer, kRequest);
  EXPECT_TRUE(talk.found("http"));
  EXPECT_TRUE(talk.walk().listening());
  talk.say(kToClient, kMarker);
  EXPECT_FALSE(talk.found("marked"));
}

TEST(Conversation, a_protocol_that_shares_its_channel_ends_no_search) {
  Talk talk({}, Transport::udp);
  // RFC 5769 section 2.2: a binding response.
  talk.say(kToServer, test::hex("0101 003c 2112a442 b7e7a701bc34d686fa87dfae"
                                "8022 000b 7465737420766563746f72 20"
                                "0020 0008 0001a147e112a643"
                                "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                "8028 0004 c07d4c96"));
  EXPECT_TRUE(talk.found("stun"));
  talk.say(kToServer, kMarker);
  EXPECT_TRUE(talk.found("marked"));
}

TEST(Conversation, a_label_changes_only_with_better_evidence) {
  Talk talk;
  talk.say(kToServer, kRequest);
  talk.say(kToClient, "HTTP/1.1 204 No Content\r\n\r\n");
  const uint32_t revision = talk.walk().revision();
  EXPECT_GT(revision, 0u);
  for (int i = 0; i < 10; ++i) {
    talk.say(kToServer, kRequest);
    talk.say(kToClient, "HTTP/1.1 204 No Content\r\n\r\n");
  }
  EXPECT_EQ(talk.walk().revision(), revision);
}

TEST(Conversation, an_end_reaches_the_channels_inside) {
  Talk talk;
  talk.say(kToServer, "PROXY UNKNOWN\r\n" + kRequest);
  talk.say(kToClient, "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + kMarker);
  EXPECT_TRUE(talk.found("http", 1));
  EXPECT_FALSE(talk.found("marked", 2));
  talk.end(kToClient);  // ends the body, too
  EXPECT_TRUE(talk.found("marked", 2));
}

// ---- what a parser need not be given ---------------------------------------------------------------

const std::string kLongAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
const std::string kLastAnswer = "HTTP/1.1 203 Non-Authoritative Information\r\nContent-Length: 0\r\n\r\n";

int64_t number(Talk& talk, std::string_view key) {
  for (const Note& each : talk.walk().notes()) {
    if (each.key == key) return std::get<int64_t>(each.value);
  }
  return 0;
}

TEST(Conversation, what_follows_a_body_that_was_passed_over_is_read) {
  for (const size_t piece : {size_t{100}, size_t{1400}, size_t{99'999}, size_t{100'000}, size_t{120'000}}) {
    Talk talk;
    talk.say(kToServer, kRequest);
    talk.say(kToClient, kLongAnswer);
    talk.say(kToServer, kRequest);  // while the body comes
    talk.say_in_pieces(kToClient, std::string(100'000, 'x') + kLastAnswer, piece);
    EXPECT_EQ(number(talk, "http.requests"), 2) << piece;
    EXPECT_EQ(number(talk, "http.status"), 203) << piece;
  }
}

TEST(Conversation, behind_a_gap_in_a_body_that_is_passed_over_the_next_answer_is_found) {
  const struct {
    uint64_t missing;
    std::string rest;
  } cases[] = {{40'000, std::string(9'000, 'x')}, {60'000, "the end of a line of another answer\r\n"}};
  for (const auto& [missing, rest] : cases) {
    Talk talk;
    talk.say(kToServer, kRequest);
    talk.say(kToClient, kLongAnswer + std::string(1000, 'x'));
    talk.say(kToClient, std::string(50'000, 'x'));
    talk.miss(kToClient, missing);
    talk.say(kToClient, rest);
    talk.say(kToClient, kLastAnswer);
    EXPECT_EQ(number(talk, "http.status"), 203) << missing;
  }
}

TEST(Conversation, a_tunnel_gets_what_follows_though_the_request_said_that_it_had_a_long_body) {
  for (const std::string method : {"CONNECT h:443 HTTP/1.1\r\n", "GET / HTTP/1.1\r\nUpgrade: other\r\n"}) {
    Talk talk;
    talk.say(kToServer, kRequest);
    talk.say(kToClient, "HTTP/1.1 204 No Content\r\n\r\n");
    talk.say(kToServer, method + "Host: h\r\nContent-Length: 4000000000\r\n\r\n");
    talk.say(kToServer, std::string(50'000, 'x'));
    const bool connects = method.starts_with("CONNECT");
    talk.say(kToClient, connects ? "HTTP/1.1 200 OK\r\n\r\n"
                                 : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n");
    talk.say(kToServer, kMarker);
    EXPECT_TRUE(talk.found("marked", 1)) << method;
    talk.end(kToServer);
    ASSERT_EQ(talk.walk().channels().size(), 2u) << method;
    EXPECT_EQ(talk.walk().channels()[1].gaps[0], 0u) << method;
    EXPECT_EQ(talk.walk().channels()[1].octets[0], kMarker.size()) << method;
  }
}

// ---- turning round ------------------------------------------------------------------------------

TEST(Conversation, a_guessed_direction_is_turned_round_once) {
  Talk talk({}, Transport::tcp, false);
  talk.say(kToClient, "GET /");
  talk.say(kToClient, "index HTTP/1.1\r\nHost: chat.example.com\r\n\r\n");
  talk.say(kToServer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(talk.walk().flipped());
  const Evidence* request = talk.evidence("http/request-line");
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->direction, kToServer);
  EXPECT_EQ(request->frame, 1u);
  const Evidence* exchange = talk.evidence("http/exchange");
  ASSERT_NE(exchange, nullptr);
  EXPECT_EQ(exchange->direction, kToClient);
  EXPECT_EQ(talk.walk().channels()[0].octets[0], 47u);
}

TEST(Conversation, a_known_direction_is_never_turned_round) {
  Talk talk;
  talk.say(kToClient, kRequest);
  EXPECT_FALSE(talk.walk().flipped());
  EXPECT_FALSE(talk.found("http"));
}

TEST(Conversation, a_direction_that_evidence_agreed_with_is_not_turned_round) {
  Talk talk({}, Transport::tcp, false);
  talk.say(kToServer, kMarker);
  talk.say(kToClient, kRequest);
  EXPECT_FALSE(talk.walk().flipped());
}

TEST(Conversation, turning_round_needs_more_than_an_octet_and_evidence_for_it) {
  Talk octet({}, Transport::tcp, false);
  octet.say(kToClient, "z");
  EXPECT_FALSE(octet.walk().flipped());
  EXPECT_TRUE(octet.walk().evidence().empty());
  Talk refuted({}, Transport::tcp, false);
  const std::string words = "GET /\x01\x02 is no request\r\n\r\n";
  refuted.say(kToClient, words);
  EXPECT_FALSE(refuted.walk().flipped());
  EXPECT_EQ(refuted.walk().channels()[0].octets[1], words.size());
}

TEST(Conversation, a_first_portion_larger_than_the_head_turns_a_flow_round) {
  Talk talk({}, Transport::tcp, false);
  talk.say(kToClient, kRequest + std::string(50'000, 'x'));
  EXPECT_TRUE(talk.walk().flipped());
  EXPECT_TRUE(talk.found("http"));
}

}  // namespace
}  // namespace parlance::inspect
