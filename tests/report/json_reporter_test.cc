#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/json_schema.h"
#include "report/records.h"
#include "support/checkout.h"

namespace {

using namespace parlance;
using namespace parlance::report;
using Json = nlohmann::ordered_json;

std::string line_of(const FlowRecord& record) {
  return written(make_json_reporter, [&](Reporter& reporter) {
    EXPECT_TRUE(reporter.begin());
    EXPECT_TRUE(reporter.flow(record));
    EXPECT_TRUE(reporter.finish({}));
  });
}

Json parsed(const FlowRecord& record) {
  return Json::parse(line_of(record));
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(JsonReporter, writes_one_line_a_flow) {
  const std::string line = line_of(xmpp_over_websocket());
  EXPECT_EQ(line.back(), '\n');
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(JsonReporter, writes_the_members_in_their_order) {
  const Json record = parsed(xmpp_over_websocket());
  EXPECT_EQ(keys_of(record),
            (std::vector<std::string>{"schema", "event_type", "timestamp", "flow_id",
                                      "community_id", "pcap_filename", "src_ip", "src_port",
                                      "dest_ip", "dest_port", "proto", "stack", "label", "evidence",
                                      "http", "websocket", "flow", "reassembly"}));
}

TEST(JsonReporter, writes_who_when_and_how_much) {
  const Json record = parsed(xmpp_over_websocket());
  EXPECT_EQ(record["schema"], "parlance.flow/1");
  EXPECT_EQ(record["event_type"], "flow");
  EXPECT_EQ(record["timestamp"], "2026-11-24T16:00:00.160000Z");
  EXPECT_EQ(record["flow_id"], 3);
  EXPECT_EQ(record["src_ip"], "10.0.0.1");
  EXPECT_EQ(record["dest_port"], 80);
  EXPECT_EQ(record["proto"], "TCP");
  EXPECT_EQ(record["flow"]["start"], "2026-11-24T16:00:00.000000Z");
  EXPECT_EQ(record["flow"]["bytes_toclient"], 782);
  EXPECT_EQ(record["flow"]["state"], "closed");
  EXPECT_EQ(record["flow"]["reason"], "fin");
}

TEST(JsonReporter, writes_each_time_whatever_the_one_before_was) {
  const std::vector<int64_t> times = {
      -1,      -kSecond,          -kSecond - 1,     0,    999'999'000,          kSecond,
      1'000,   59 * kSecond + 5'000, 3'599 * kSecond, 0,    86'399 * kSecond + 7, 86'400 * kSecond,
      -12'000, 1'795'536'000 * kSecond + 123'456'789, 1'795'536'000 * kSecond, INT64_MAX, INT64_MIN, INT64_MAX};
  const std::string lines = written(make_json_reporter, [&](Reporter& reporter) {
    FlowRecord record = xmpp_over_websocket();
    for (const int64_t time : times) {
      record.start = record.end = {time};
      EXPECT_TRUE(reporter.flow(record));
    }
    EXPECT_TRUE(reporter.finish({}));
  });
  std::istringstream in(lines);
  std::string line;
  for (const int64_t time : times) {
    ASSERT_TRUE(std::getline(in, line));
    const Json record = Json::parse(line);
    EXPECT_EQ(record["timestamp"], to_rfc3339({time}));
    EXPECT_EQ(record["flow"]["start"], to_rfc3339({time}));
  }
}

TEST(JsonReporter, writes_the_label_and_its_evidence) {
  const Json record = parsed(xmpp_over_websocket());
  EXPECT_EQ(record["stack"], Json::parse(R"(["tcp","http","websocket","xmpp"])"));
  EXPECT_EQ(
      record["label"],
      Json::parse(R"({"protocol":"xmpp","class":"xmpp","strength":"proof","state":"final"})"));
  EXPECT_EQ(record["evidence"][0],
            Json::parse(R"({"rule":"xmpp/websocket-open","revision":1,"supports":"xmpp",
                "strength":"proof","layer":"websocket","dir":"toserver","offset":0,"length":49,
                "frame":8,"bytes":"3c6f70656e20","text":"RFC 7395 <open/> in the framing namespace"})"));
}

TEST(JsonReporter, groups_what_parsers_noted_by_object) {
  const Json record = parsed(xmpp_over_websocket());
  EXPECT_EQ(record["http"], Json::parse(R"({"hostname":"chat.example.org","requests":1})"));
  EXPECT_EQ(record["websocket"],
            Json::parse(R"({"subprotocol":"xmpp","extensions":["permessage-deflate"]})"));
}

TEST(JsonReporter, leaves_out_what_is_not_known) {
  const Json record = parsed(unknown_flow());
  for (const char* absent : {"community_id", "pcap_filename", "vlan", "app", "evidence", "http"}) {
    EXPECT_FALSE(record.contains(absent)) << absent;
  }
  EXPECT_EQ(record["in_iface"], "eth0");
  EXPECT_EQ(record["direction_known"], false);
  EXPECT_FALSE(record["label"].contains("strength"));
  EXPECT_EQ(record["label"]["class"], "unknown");
}

TEST(JsonReporter, says_what_the_label_could_not_see) {
  const Json seen = parsed(unknown_flow())["reassembly"];
  EXPECT_EQ(seen["midstream"], true);
  EXPECT_EQ(seen["gaps_toserver"], 0);
  EXPECT_EQ(seen["gaps_toclient"], 2);
  EXPECT_EQ(seen["gap_bytes_toclient"], 2920);
  EXPECT_EQ(seen["truncated"], true);
  FlowRecord udp = unknown_flow();
  udp.transport = Transport::udp;
  EXPECT_FALSE(parsed(udp).contains("reassembly"));
}

TEST(JsonReporter, a_provisional_line_says_so_and_is_written_at_once) {
  FlowRecord record = xmpp_over_websocket();
  record.verdict.state = VerdictState::provisional;
  std::FILE* file = std::tmpfile();
  Output output = Output::to_descriptor(::fileno(file), "a test");
  const auto reporter = make_json_reporter(output);
  EXPECT_TRUE(reporter->provisional(record));
  std::rewind(file);
  std::string line(4096, '\0');
  line.resize(std::fread(line.data(), 1, line.size(), file));
  std::fclose(file);
  const Json written = Json::parse(line);
  EXPECT_EQ(written["event_type"], "label");
  EXPECT_EQ(written["label"]["state"], "provisional");
  EXPECT_FALSE(written["flow"].contains("reason"));
}

/// A flow that went to make room before its label was final.
FlowRecord evicted_flow() {
  FlowRecord record = xmpp_over_websocket();
  record.reason = EndReason::evicted;
  record.state = FlowState::established;
  record.verdict.state = VerdictState::provisional;
  return record;
}

TEST(JsonReporter, a_flow_that_was_evicted_says_so_and_that_its_label_might_have_got_better) {
  const Json record = parsed(evicted_flow());
  EXPECT_EQ(record["event_type"], "flow");
  EXPECT_EQ(record["flow"]["reason"], "evicted");
  EXPECT_EQ(record["label"]["state"], "provisional");
  FlowRecord decided = evicted_flow();
  decided.verdict.state = VerdictState::final;
  EXPECT_EQ(parsed(decided)["flow"]["reason"], "evicted");
  EXPECT_EQ(parsed(decided)["label"]["state"], "final");
}

TEST(JsonReporter, text_from_the_wire_stays_valid_utf_8_and_escaped) {
  FlowRecord record = xmpp_over_websocket();
  record.notes = {{"tls.sni", std::string("a\"b\\c\n\x1b[31m\x7f\xff\xc3\xa9\0z", 17)},
                  {"tls.client_alpns", std::vector<std::string>{"\xf0\x9f", "h2"}}};
  const std::string line = line_of(record);
  EXPECT_TRUE(is_utf8(as_bytes(line)));
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\x7f'), std::string::npos);
  EXPECT_TRUE(Json::accept(line));
}

TEST(JsonReporter, long_values_are_cut_between_characters) {
  FlowRecord record = xmpp_over_websocket();
  std::string text = "x";
  for (int i = 0; i < 5000; ++i) text += "é";
  record.notes = {{"http.url", text}};
  const std::string url = parsed(record)["http"]["url"];
  EXPECT_LE(url.size(), 2048u);
  EXPECT_TRUE(is_utf8(as_bytes(url)));
}

TEST(JsonReporter, a_note_cannot_take_the_place_of_a_member_of_the_record) {
  FlowRecord record = unknown_flow();
  record.notes = {{"label.protocol", std::string("forged")},
                  {"noobject", true},
                  {"tls.sni", std::string()},
                  {"x.", true}};
  const Json written = parsed(record);
  EXPECT_EQ(written["label"]["protocol"], "unknown");
  EXPECT_FALSE(written.contains("noobject"));
  EXPECT_FALSE(written.contains("tls"));
  EXPECT_FALSE(written.contains("x"));
}

TEST(JsonReporter, evidence_without_a_place_in_the_flow_has_none) {
  FlowRecord record = xmpp_over_websocket();
  record.verdict.app = Application{"whatsapp", Strength::hint, Basis::dns};
  Evidence answer;
  answer.supports = "whatsapp";
  answer.what = "server-name";
  answer.strength = Strength::hint;
  answer.layer = "tcp";
  answer.text = "the DNS answer names it";
  record.verdict.evidence = {answer};
  const Json written = parsed(record);
  EXPECT_EQ(
      keys_of(written["evidence"][0]),
      (std::vector<std::string>{"rule", "revision", "supports", "strength", "layer", "text"}));
  EXPECT_EQ(written["app"], Json::parse(R"({"name":"whatsapp","strength":"hint","basis":"dns"})"));
}

TEST(JsonReporter, writes_sixteen_pieces_of_evidence_at_most) {
  FlowRecord record = xmpp_over_websocket();
  record.verdict.evidence.resize(40, record.verdict.evidence.front());
  EXPECT_EQ(parsed(record)["evidence"].size(), 16u);
}

// ---- the schema
// ----------------------------------------------------------------------------------

TEST(JsonSchema, is_json_and_names_every_member_that_is_written) {
  const Json schema = Json::parse(json_schema());
  FlowRecord full = xmpp_over_websocket();
  full.vlans = {7};
  full.interface = "eth0";
  full.direction_basis = DirectionBasis::port;
  full.verdict.app = Application{"whatsapp", Strength::hint, Basis::sni};
  const Json record = parsed(full);
  for (const auto& [key, value] : record.items()) {
    if (key == "http" || key == "websocket") continue;  // by their form
    ASSERT_TRUE(schema["properties"].contains(key)) << key;
    if (!value.is_object()) continue;
    for (const auto& [member, inner] : value.items()) {
      EXPECT_TRUE(schema["properties"][key]["properties"].contains(member)) << member;
    }
  }
  for (const auto& [key, value] : record["evidence"][0].items()) {
    EXPECT_TRUE(schema["properties"]["evidence"]["items"]["properties"].contains(key)) << key;
  }
}

TEST(JsonSchema, accepts_records_and_refuses_what_is_not_one) {
  if (std::system("python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3-jsonschema is not installed";
  }
  std::string folder = ::testing::TempDir() + "parlance-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string schema = folder + "/schema.json";
  std::ofstream(schema) << json_schema();
  const auto accepts = [&](const std::string& lines) {
    const std::string file = folder + "/records.ndjson";
    std::ofstream(file) << lines;
    const std::string command = test::source_folder() + "/scripts/validate-ndjson " +
                                schema + " " + file + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  };
  FlowRecord full = xmpp_over_websocket();
  full.vlans = {7, 8};
  full.verdict.app = Application{"whatsapp", Strength::hint, Basis::sni};
  full.stray_resets = 2;
  FlowRecord udp = unknown_flow();
  udp.transport = Transport::udp;
  EXPECT_TRUE(accepts(line_of(full) + line_of(unknown_flow()) + line_of(udp)));
  FlowRecord evicted_unknown = unknown_flow();
  evicted_unknown.reason = EndReason::evicted;
  evicted_unknown.verdict.state = VerdictState::provisional;
  EXPECT_TRUE(accepts(line_of(evicted_flow()) + line_of(evicted_unknown)));

  Json unknown_member = parsed(full);
  unknown_member["surprise"] = 1;
  EXPECT_FALSE(accepts(unknown_member.dump() + "\n"));
  Json empty_name = parsed(full);
  empty_name["pcap_filename"] = "";
  EXPECT_FALSE(accepts(empty_name.dump() + "\n"));
  Json nested = parsed(full);
  nested["http"]["headers"] = {{"a", "b"}};
  EXPECT_FALSE(accepts(nested.dump() + "\n"));
  std::filesystem::remove_all(folder);
}

}  // namespace
