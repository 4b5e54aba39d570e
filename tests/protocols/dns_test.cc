#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kQuestion =
    hex("03 776562 08 7768617473617070 03 636f6d 00 0001 0001");  // web.whatsapp.com A IN
const std::string kQuery = hex("1234 0100 0001 0000 0000 0000") + kQuestion;
// web.whatsapp.com is an alias of mmx-ds.cdn.whatsapp.net, which has an address
const std::string kAnswer =
    hex("1234 8180 0001 0002 0000 0000") + kQuestion +
    hex("c00c 0005 0001 0000003c 0019"                                // CNAME, 60 s, 25 octets
        "06 6d6d782d6473 03 63646e 08 7768617473617070 03 6e6574 00"  // at 46
        "c02e 0001 0001 0000003c 0004 9df0c338");                     // A 157.240.195.56

std::string after_length(const std::string& message) {
  return std::string{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} +
         message;
}

TEST(Dns, query_and_answer_are_proof) {
  const auto found = run_parser("dns", {client(kQuery), server(kAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("query"));
  EXPECT_TRUE(found->has("answer"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("dns.rrname")), "web.whatsapp.com");
  EXPECT_EQ(std::get<std::string>(found->notes.at("dns.rcode")), "NOERROR");
}

TEST(Dns, address_is_given_to_the_name_that_was_asked_for) {
  const auto found = run_parser("dns", {client(kQuery), server(kAnswer)});
  ASSERT_EQ(found->resolutions.size(), 1U);
  EXPECT_EQ(found->resolutions[0].first, "web.whatsapp.com");
  EXPECT_EQ(to_text(found->resolutions[0].second), "157.240.195.56");
}

TEST(Dns, answers_to_what_was_not_asked_resolve_nothing) {
  // The record's name is example.com, not the question's.
  const std::string odd = hex("1234 8180 0001 0001 0000 0000") + kQuestion +
                          hex("07 6578616d706c65 03 636f6d 00 0001 0001 0000003c 0004 01020304");
  EXPECT_TRUE(run_parser("dns", {client(kQuery), server(odd)})->resolutions.empty());
}

TEST(Dns, names_from_the_client_resolve_nothing) {
  EXPECT_TRUE(run_parser("dns", {client(kAnswer)})->resolutions.empty());
}

TEST(Dns, pointers_that_lead_forward_or_in_circles_are_refused) {
  for (const char* name : {"c00c", "c020", "0161 c00c"}) {
    const std::string odd = hex("1234 0100 0001 0000 0000 0000") + hex(name) + hex("0001 0001");
    EXPECT_FALSE(run_parser("dns", {client(odd)})->refuted.empty());
  }
}

TEST(Dns, messages_that_do_not_end_with_the_datagram_are_refused) {
  EXPECT_FALSE(run_parser("dns", {client(kQuery + "x")})->refuted.empty());
  EXPECT_FALSE(run_parser("dns", {client(kQuery.substr(0, 20))})->refuted.empty());
  EXPECT_FALSE(run_parser("dns", {client(hex("1234 0100 ffff ffff ffff ffff") + kQuestion)})
                   ->refuted.empty());
}

TEST(Dns, relatives_are_told_by_their_port) {
  const auto with_port = [](std::string_view parser, uint16_t port) {
    RecordingFindings findings;
    findings.tuple.destination.port = port;
    find_parser(parser)->make({})->data(Direction::to_server, as_bytes(kQuery), findings);
    return findings.best();
  };
  EXPECT_EQ(with_port("dns", 53), Strength::proof);
  EXPECT_EQ(with_port("dns", 5353), Strength::none);
  EXPECT_EQ(with_port("dns", 137), Strength::none);
  EXPECT_EQ(with_port("mdns", 5353), Strength::proof);
  EXPECT_EQ(with_port("mdns", 53), Strength::none);
  EXPECT_EQ(with_port("llmnr", 5355), Strength::proof);
  EXPECT_EQ(with_port("llmnr", 53), Strength::none);
}

TEST(Dns, multicast_answers_resolve_nothing) {
  RecordingFindings findings;
  findings.tuple.destination.port = 5353;
  find_parser("mdns")->make({})->data(Direction::to_client, as_bytes(kAnswer), findings);
  EXPECT_EQ(findings.best(), Strength::proof);
  EXPECT_TRUE(findings.resolutions.empty());
}

TEST(DnsTcp, messages_behind_lengths_are_read) {
  const auto found = run_parser("dns_tcp", {client(after_length(kQuery) + after_length(kQuery)),
                                            server(after_length(kAnswer))});
  EXPECT_TRUE(found->has("query"));
  EXPECT_TRUE(found->has("answer"));
  EXPECT_EQ(found->resolutions.size(), 1U);
}

TEST(DnsTcp, other_streams_are_refused) {
  EXPECT_FALSE(run_parser("dns_tcp", {client(hex("0003 010203"))})->refuted.empty());
  EXPECT_FALSE(run_parser("dns_tcp", {client(after_length(kQuery + "x"))})->refuted.empty());
}

TEST(Nbns, query_with_an_encoded_name_is_proof) {
  // WORKGROUP<1d>, padded with spaces
  const std::string query = hex("8001 0110 0001 0000 0000 0000 20") +
                            "FHEPFCELEHFCEPFFFACACACACACACABN" + hex("00 0020 0001");
  EXPECT_EQ(run_parser("nbns", {client(query)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("nbns", {client(kQuery)})->best(), Strength::none);
}

TEST(Dns, has_the_habits_of_a_parser) {
  expect_parser_habits("dns", {client(kQuery), server(kAnswer)});
  expect_parser_habits("dns_tcp", {client(after_length(kQuery)), server(after_length(kAnswer))});
}

}  // namespace
}  // namespace parlance::test
