#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string be(size_t octets, uint64_t value) {
  std::string out;
  while (octets-- > 0) out += static_cast<char>(value >> (8 * octets));
  return out;
}
std::string with_length32(const std::string& content) {
  return be(4, content.size()) + content;
}
std::string record(uint8_t type, const std::string& content) {
  return be(1, type) + hex("f104") + be(2, content.size()) + content;
}
std::string sealed(uint8_t type, size_t length) {
  return record(type, std::string(length, '\x9c'));
}

// Two suites, a clock of 2023, one extension with two keys (65 octets, 04 in front) as the
// published layout has them.
std::string client_hello() {
  const auto key = [](uint32_t id) {
    return with_length32(be(4, id) + hex("0041 04") + std::string(64, '\x33'));
  };
  const std::string extension = with_length32(hex("0010 02") + key(1) + key(2) + be(4, 1));
  return with_length32(hex("01 04f1 02 c02b 00a8") + std::string(32, '\x11') +
                       be(4, 1'700'000'000) + with_length32(hex("01") + extension));
}
std::string server_hello() {
  return with_length32(hex("02 04f1 00a8") + std::string(32, '\x22') + with_length32(hex("00")));
}

const std::vector<Said> kLongLink = {
    client(record(0x16, client_hello())),
    server(record(0x16, server_hello()) + sealed(0x16, 55) + sealed(0x17, 150)),
    client(sealed(0x16, 55) + sealed(0x17, 546)), server(sealed(0x17, 369))};

std::unique_ptr<RecordingFindings> run_bodies(const std::vector<Said>& talk) {
  Start start;
  start.carrier = Carrier::http;
  start.unit = Unit::message;
  return run_parser("mmtls", talk, 0, start);
}

TEST(Mmtls, hellos_whose_lengths_nest_exactly_are_proof) {
  const auto found = run_parser("mmtls", kLongLink);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("client-hello"));
  EXPECT_TRUE(found->has("server-hello"));
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(std::get<std::string>(found->notes.at("wechat.transport")), "long link");
  EXPECT_EQ(std::get<std::string>(found->notes.at("wechat.cipher")), "00a8");
}

TEST(Mmtls, either_side_alone_is_enough) {
  EXPECT_EQ(run_parser("mmtls", {client(record(0x16, client_hello()))})->best(), Strength::proof);
  EXPECT_EQ(run_parser("mmtls", {server(record(0x16, server_hello()))})->best(), Strength::proof);
}

TEST(Mmtls, hello_cut_off_is_strong) {
  const std::string all = record(0x16, client_hello());
  EXPECT_EQ(run_parser("mmtls", {client(all.substr(0, 60))})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mmtls", {client(all.substr(0, 11))})->best(), Strength::none);
}

TEST(Mmtls, bodies_of_the_short_link_are_runs_of_records) {
  const auto found = run_bodies({client(record(0x19, client_hello()) + sealed(0x19, 36) +
                                        sealed(0x17, 143) + sealed(0x15, 23)),
                                 server(record(0x16, server_hello()) + sealed(0x16, 55) +
                                        sealed(0x17, 72) + sealed(0x15, 23))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("server-hello"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("wechat.transport")), "short link");
  EXPECT_TRUE(std::get<bool>(found->notes.at("wechat.early_data")));
}

TEST(Mmtls, alert_in_clear_is_strong) {
  const auto found = run_parser("mmtls", {server(hex("15f104 0007 00000003 007302"))});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Mmtls, two_data_records_are_strong_and_a_chain_is_proof) {
  const std::string two = sealed(0x17, 40) + sealed(0x17, 300);
  EXPECT_EQ(run_parser("mmtls", {server(two)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mmtls", {server(two), client(two)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mmtls", {server(two), client(two + two)})->best(), Strength::proof);
}

TEST(Mmtls, heads_of_records_without_a_chain_say_nothing) {
  const std::string cut = sealed(0x16, 300).substr(0, 60);
  EXPECT_EQ(run_parser("mmtls", {server(cut), client(cut)})->best(), Strength::none);
  EXPECT_EQ(run_bodies({client(cut), client(cut), server(cut), server(cut), client(cut)})->best(),
            Strength::none);
}

TEST(Mmtls, records_are_found_again_in_the_middle_of_a_connection) {
  Start start;
  start.midstream = true;
  const std::string talk = "the rest of a record" + sealed(0x17, 40) + sealed(0x17, 300) +
                           sealed(0x17, 20) + sealed(0x17, 77);
  EXPECT_EQ(run_parser("mmtls", {server(talk)}, 0, start)->best(), Strength::proof);
  EXPECT_EQ(run_parser("mmtls", {server(talk)})->best(), Strength::none);
  expect_parser_habits("mmtls", {server(talk)}, start);
}

TEST(Mmtls, hole_inside_a_record_leaves_the_next_where_it_is) {
  RecordingFindings findings;
  const auto parser = find_parser("mmtls")->make({});
  const std::string begin = sealed(0x17, 300).substr(0, 100);
  parser->data(Direction::to_client, as_bytes(begin), findings);
  parser->gap(Direction::to_client, 205, findings);
  const std::string rest = sealed(0x17, 30) + sealed(0x17, 31) + sealed(0x17, 32);
  parser->data(Direction::to_client, as_bytes(rest), findings);
  EXPECT_EQ(findings.best(), Strength::proof);
}

TEST(Mmtls, look_alikes_are_refused_or_say_nothing) {
  for (const std::string& other :
       {hex("160301 0005 0100000100"),      // TLS
        hex("17f104 0001 41 170303 0001"),  // TLS behind one such record
        hex("16f105 0010") + std::string(16, 'x'), hex("18f104 0010") + std::string(16, 'x')}) {
    const auto found = run_parser("mmtls", {client(other)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
  // The lengths inside the hello do not end with it.
  std::string hello = client_hello();
  hello[51] ^= 1;  // the last octet of the extensions' length
  EXPECT_EQ(run_parser("mmtls", {client(record(0x16, hello))})->best(), Strength::strong);
}

TEST(Mmtls, has_the_habits_of_a_parser) {
  expect_parser_habits("mmtls", kLongLink);
}

}  // namespace
}  // namespace parlance::test
