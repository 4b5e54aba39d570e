#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/account_summary.h"
#include "report/application_summary.h"
#include "report/format.h"
#include "report/records.h"

namespace {

using namespace parlance;
using namespace parlance::report;
using ::testing::HasSubstr;
using ::testing::Not;

std::string table(const std::vector<FlowRecord>& records, const TableOptions& options = {},
                  const Totals& totals = {}) {
  const auto make = [&](Output& output) { return make_table_reporter(output, options); };
  return written(make, [&](Reporter& reporter) {
    EXPECT_TRUE(reporter.begin());
    for (const FlowRecord& record : records) EXPECT_TRUE(reporter.flow(record));
    EXPECT_TRUE(reporter.finish(totals));
  });
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

FlowRecord whatsapp(std::vector<std::string_view> stack, ProtocolClass protocol_class) {
  FlowRecord record = xmpp_over_websocket();
  record.verdict.protocol = stack.back();
  record.verdict.stack = std::move(stack);
  record.verdict.protocol_class = protocol_class;
  record.verdict.app = Application{"whatsapp", Strength::hint, Basis::sni};
  record.verdict.evidence.clear();
  return record;
}

TEST(TableReporter, shows_a_flow_in_one_row) {
  const auto lines = lines_of(table({xmpp_over_websocket()}));
  EXPECT_THAT(lines.at(0), HasSubstr("STACK"));
  for (const char* cell : {"10.0.0.1:40000", "10.0.0.2:80", "tcp / http / websocket / xmpp",
                           "proof", "18", "1.7 kB", "RFC 7395 <open/>", "(frame 8)"}) {
    EXPECT_THAT(lines.at(1), HasSubstr(cell));
  }
}

TEST(TableReporter, shows_evidence_of_the_inner_protocol_where_it_stands_twice) {
  FlowRecord record = xmpp_over_websocket();
  Evidence outer = record.verdict.evidence.front();
  outer.layer = "tcp";
  outer.frame = 6;
  Evidence inner = outer;
  inner.layer = "tls";
  inner.frame = 17;
  record.verdict.stack = {"tcp", "xmpp", "tls", "xmpp"};
  record.verdict.evidence = {outer, inner};
  EXPECT_THAT(table({record}), HasSubstr("(frame 17)"));
}

TEST(TableReporter, marks_a_guessed_direction_and_an_unknown_protocol) {
  const auto lines = lines_of(table({unknown_flow()}));
  EXPECT_THAT(lines.at(1), HasSubstr("10.0.0.4:5222 ?"));
  EXPECT_THAT(lines.at(1), HasSubstr("unknown"));
}

TEST(TableReporter, aligns_its_columns) {
  FlowRecord long_stack = xmpp_over_websocket();
  long_stack.verdict.stack.insert(long_stack.verdict.stack.begin() + 1, "tls");
  const auto lines = lines_of(table({unknown_flow(), long_stack}));
  const size_t column = lines.at(0).find("STRENGTH");
  EXPECT_EQ(lines.at(1).find("unknown"), column);
  EXPECT_EQ(lines.at(2).find("proof"), column);
}

TEST(TableReporter, keeps_to_the_width_of_the_terminal) {
  TableOptions options;
  options.width = 130;
  options.summary = false;
  FlowRecord record = xmpp_over_websocket();
  record.verdict.evidence[0].text = std::string(300, 'x');
  for (const std::string& line : lines_of(table({record}, options))) {
    EXPECT_LE(columns(line), 130u);
  }
}

TEST(TableReporter, text_from_the_wire_cannot_move_the_cursor) {
  FlowRecord record = xmpp_over_websocket();
  record.verdict.evidence[0].text = "name \x1b[2J";
  EXPECT_THAT(table({record}), Not(HasSubstr("\x1b")));
}

TEST(TableReporter, colours_only_when_asked) {
  TableOptions options;
  options.colour = true;
  EXPECT_THAT(table({xmpp_over_websocket()}, options), HasSubstr("\x1b[32mproof"));
  EXPECT_THAT(table({xmpp_over_websocket()}), Not(HasSubstr("\x1b")));
}

TEST(TableReporter, answers_whether_an_application_uses_xmpp_or_websocket) {
  const std::string text = table({
      whatsapp({"tcp", "whatsapp"}, ProtocolClass::proprietary),
      whatsapp({"tcp", "tls", "http", "websocket", "whatsapp"}, ProtocolClass::proprietary),
      whatsapp({"tcp", "tls", "http"}, ProtocolClass::other),
      whatsapp({"udp", "stun", "rtp"}, ProtocolClass::other),
  });
  const auto lines = lines_of(text);
  const auto row = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("whatsapp (hint)");
  });
  ASSERT_NE(row, lines.end()) << text;
  EXPECT_THAT(*(row - 1), HasSubstr("XMPP"));
  EXPECT_THAT(*row, ::testing::MatchesRegex("whatsapp \\(hint\\) +- +1 flow 1.7 kB proof +"
                                            "2 flows 3.5 kB proof +1 flow 1.7 kB proof +"
                                            "1 flow 1.7 kB proof +-"));
}

TEST(TableReporter, closes_with_what_was_read_and_what_was_not) {
  Totals totals;
  totals.packets = 1234;
  totals.octets = 56'789;
  totals.undecodable = 2;
  totals.damaged_inputs = 1;
  const std::string last =
      lines_of(table({xmpp_over_websocket(), unknown_flow()}, {}, totals)).back();
  for (const char* part : {"1,234 packets (56.8 kB)", "2 flows", "1 unknown", "2 gaps",
                           "2 packets that could not be decoded", "1 input damaged"}) {
    EXPECT_THAT(last, HasSubstr(part));
  }
  EXPECT_THAT(last, Not(HasSubstr("dropped")));
}

TEST(TableReporter, writes_nothing_but_totals_if_there_are_no_flows) {
  EXPECT_EQ(table({}), "\n0 packets (0 B), 0 flows, 0 unknown, 0 gaps\n");
  TableOptions options;
  options.summary = false;
  EXPECT_EQ(table({}, options), "");
}

TEST(ApplicationSummary, xmpp_in_a_websocket_counts_in_both_columns) {
  ApplicationSummary summary;
  summary.add(xmpp_over_websocket());
  const ApplicationRow& row = summary.rows().at("xmpp");
  EXPECT_EQ(row.ways[static_cast<size_t>(Way::xmpp)].flows, 1u);
  EXPECT_EQ(row.ways[static_cast<size_t>(Way::websocket)].best, Strength::proof);
  EXPECT_EQ(row.octets, 1744u);
}

TEST(ApplicationSummary, a_call_of_a_messengers_own_is_media_as_well) {
  ApplicationSummary summary;
  summary.add(whatsapp({"udp", "stun", "whatsapp"}, ProtocolClass::proprietary));
  const ApplicationRow& row = summary.rows().at("whatsapp");
  EXPECT_EQ(row.ways[static_cast<size_t>(Way::own_protocol)].flows, 1u);
  EXPECT_EQ(row.ways[static_cast<size_t>(Way::media)].flows, 1u);
  EXPECT_EQ(row.ways[static_cast<size_t>(Way::other)].flows, 0u);
}

TEST(ApplicationSummary, leaves_out_flows_that_nobody_can_name) {
  ApplicationSummary summary;
  summary.add(unknown_flow());
  EXPECT_TRUE(summary.rows().empty());
}

// ---- explain
// -------------------------------------------------------------------------------------

std::string explained(const FlowRecord& record) {
  const auto make = [](Output& output) { return make_explain_reporter(output, false); };
  return written(make, [&](Reporter& reporter) {
    EXPECT_TRUE(reporter.flow(record));
    EXPECT_TRUE(reporter.finish({}));
  });
}

TEST(ExplainReporter, shows_the_tree_of_channels) {
  const std::string text = explained(xmpp_over_websocket());
  EXPECT_THAT(text, HasSubstr("\n  #0 in tcp: http (proof)"));
  EXPECT_THAT(text, HasSubstr("\n     └─ #1 in http: websocket (proof)"));
  EXPECT_THAT(text, HasSubstr("\n        └─ #2 in websocket: xmpp (proof)"));
  EXPECT_THAT(text, HasSubstr("not sip: no SIP/2.0 in the first line"));
}

TEST(ExplainReporter, shows_each_piece_of_evidence_with_its_place_and_octets) {
  const std::string text = explained(xmpp_over_websocket());
  for (const char* part :
       {"1. proof for xmpp, by payload: xmpp/websocket-open (revision 1)",
        "RFC 7395 <open/> in the framing namespace",
        "frame 8, client to server, 49 octets at offset 0 of channel #2 (websocket)",
        "3c 6f 70 65 6e 20", "\"<open \"", "2. proof for websocket"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ExplainReporter, says_how_the_client_was_known_and_what_was_not_seen) {
  const std::string text = explained(unknown_flow());
  for (const char* part : {"a guess from the ports", "label     unknown",
                           "client to server: its beginning was not captured",
                           "server to client: 2 gaps of 2.9 kB altogether", "no evidence"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ExplainReporter, text_from_the_wire_cannot_move_the_cursor) {
  FlowRecord record = xmpp_over_websocket();
  record.notes = {{"tls.sni", std::string("\x1b]0;owned\x07")}};
  record.verdict.channels[0].ruled_out[0].reason = "\x1b[H";
  record.verdict.evidence[0].text = "\x1b[H";
  EXPECT_THAT(explained(record), Not(HasSubstr("\x1b")));
}

FlowRecord telegram(std::string key, uint8_t client) {
  FlowRecord record = whatsapp({"tcp", "telegram"}, ProtocolClass::proprietary);
  record.client.address = address(client);
  record.notes = {{"telegram.auth_key_id", std::move(key)}};
  return record;
}

/// The table where signatures say that flows of an account show the same key.
std::string table_by_key(const std::vector<FlowRecord>& records) {
  TableOptions options;
  options.accounts = {{"telegram.auth_key_id", "telegram"}};
  return table(records, options);
}

TEST(TableReporter, groups_flows_of_an_account_by_its_key) {
  const auto text = table_by_key({telegram("a56feb66b6180bdf", 1), telegram("0123456789abcdef", 1),
                           telegram("a56feb66b6180bdf", 7), xmpp_over_websocket()});
  EXPECT_THAT(text, HasSubstr("telegram a56feb66b6180bdf  2 flows 3.5 kB  10.0.0.1, 10.0.0.7\n"));
  EXPECT_THAT(text, HasSubstr("telegram 0123456789abcdef  1 flow 1.7 kB   10.0.0.1\n"));
  EXPECT_THAT(table_by_key({xmpp_over_websocket()}), Not(HasSubstr("KEY OF AN ACCOUNT")));
  EXPECT_THAT(table({telegram("a56feb66b6180bdf", 1)}), Not(HasSubstr("KEY OF AN ACCOUNT"))) << "no signature says so";
}

TEST(TableReporter, shows_four_clients_of_an_account) {
  std::vector<FlowRecord> records;
  for (uint8_t client = 1; client <= 4; ++client) records.push_back(telegram("a56feb66b6180bdf", client));
  EXPECT_THAT(table_by_key(records), HasSubstr("  10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4\n"));
  records.push_back(telegram("a56feb66b6180bdf", 5));
  EXPECT_THAT(table_by_key(records), HasSubstr("  10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, …\n"));
}

TEST(TableReporter, shows_thirty_accounts_at_most) {
  std::vector<FlowRecord> records;
  for (int i = 0; i < 33; ++i) records.push_back(telegram(fmt::format("{:016x}", i), 1));
  const auto text = table_by_key(records);
  EXPECT_THAT(text, HasSubstr("telegram 000000000000001d"));
  EXPECT_THAT(text, Not(HasSubstr("telegram 000000000000001e")));
  EXPECT_THAT(text, HasSubstr("… and 3 flows of other keys\n"));
}

TEST(AccountSummary, tells_so_many_apart_and_counts_the_others) {
  AccountSummary summary(std::vector<AccountNote>{{"telegram.auth_key_id", "telegram"}});
  for (size_t i = 0; i < AccountSummary::kAccounts + 2; ++i) summary.add(telegram(fmt::format("{:016x}", i), 1));
  EXPECT_EQ(summary.rows().size(), AccountSummary::kAccounts);
  EXPECT_EQ(summary.flows_left_out(), 2u);
}

}  // namespace
