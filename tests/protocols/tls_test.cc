#include <gtest/gtest.h>

#include "support/recording_findings.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

constexpr uint8_t kChangeCipher = 20, kAlert = 21, kHandshake = 22, kApplication = 23;

const std::string kClientHello = handshake_message(1, client_hello_body());
const std::string kServerHello = handshake_message(2, server_hello_body());

std::string certificate_message() {
  const std::string der = certificate();
  const std::string length = {'\0', static_cast<char>(der.size() >> 8),
                              static_cast<char>(der.size())};
  const std::string entry = length + der;
  const std::string list = {'\0', static_cast<char>(entry.size() >> 8),
                            static_cast<char>(entry.size())};
  return handshake_message(11, list + entry);
}
const std::string kServerFlight = kServerHello + certificate_message() + handshake_message(14, "");

std::string application(size_t length) {
  return tls_record(kApplication, std::string(length, '\x5a'));
}
std::vector<std::string> list_note(const RecordingFindings& findings, const std::string& key) {
  return std::get<std::vector<std::string>>(findings.notes.at(key));
}
std::string text_note(const RecordingFindings& findings, const std::string& key) {
  return std::get<std::string>(findings.notes.at(key));
}

TEST(Tls, both_hellos_are_proof_and_end_the_work) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                                        server(tls_record(kHandshake, kServerFlight))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(text_note(*found, "tls.sni"), "chat.example.com");
  EXPECT_EQ(text_note(*found, "tls.version"), "TLSv1.2");
  EXPECT_EQ(text_note(*found, "tls.cipher"), "0xc02f");
  EXPECT_EQ(list_note(*found, "tls.client_alpns"), (std::vector<std::string>{"h2", "http/1.1"}));
  EXPECT_EQ(list_note(*found, "tls.alpn"), (std::vector<std::string>{"h2"}));
  EXPECT_EQ(list_note(*found, "tls.certificate_names"),
            (std::vector<std::string>{"chat.example.com", "*.example.org"}));
  EXPECT_FALSE(std::get<bool>(found->notes.at("tls.resumed")));
  EXPECT_EQ(text_note(*found, "tls.ja4").substr(0, 10), "t13d0304h2");
}

TEST(Tls, fields_are_filled_for_signatures) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                                        server(tls_record(kHandshake, kServerFlight))});
  EXPECT_EQ(found->fields.count("tls.sni"), 1U);
  EXPECT_EQ(found->fields.count("tls.alpn"), 2U);
  EXPECT_EQ(found->fields.count("tls.certificate"), 2U);
  EXPECT_EQ(found->fields.find("tls.alpn_server")->second, "h2");
}

/// A client hello for a name, with an outer encrypted hello.
std::string ech_hello(const std::string& name) {
  const auto size = [](size_t value) { return std::string{'\0', static_cast<char>(value)}; };
  const std::string extensions = hex("0000") + size(name.size() + 5) + size(name.size() + 3) + hex("00") +
                                 size(name.size()) + name + hex("fe0d 000c 00 0001 0001 07 0000 0002 a1a2");
  return handshake_message(1, hex("0303") + std::string(32, 'R') + hex("00 0002 1301 01 00") +
                                  size(extensions.size()) + extensions);
}

TEST(Tls, a_name_that_covers_a_hidden_one_is_noted_and_names_nobody) {
  const auto found =
      run_parser("tls", {client(tls_record(kHandshake, ech_hello("cloudflare-ech.com")))});
  EXPECT_EQ(text_note(*found, "tls.sni"), "cloudflare-ech.com");
  EXPECT_TRUE(std::get<bool>(found->notes.at("tls.name_hidden")));
  EXPECT_EQ(std::get<int64_t>(found->notes.at("tls.ech_config_id")), 7);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("tls.ech_payload_octets")), 2);
  EXPECT_EQ(found->fields.count("tls.sni"), 0U);
}

TEST(Tls, an_encrypted_hello_under_another_name_may_be_grease) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, ech_hello("example.com")))});
  EXPECT_TRUE(std::get<bool>(found->notes.at("tls.ech")));
  EXPECT_EQ(found->notes.count("tls.name_hidden"), 0U);
  EXPECT_EQ(found->fields.count("tls.sni"), 1U);
}

TEST(Tls, lists_are_fields_without_grease) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                                        server(tls_record(kHandshake, kServerFlight))});
  EXPECT_EQ(found->fields.find("tls.client_versions")->second, "0304,0303");
  EXPECT_EQ(found->fields.find("tls.client_ciphers")->second, "1301,1302,c02f");
  EXPECT_EQ(found->fields.find("tls.extensions")->second, "0000,0010,002b,000d");
  EXPECT_EQ(found->fields.find("tls.version")->second, "TLSv1.2");
  EXPECT_EQ(found->fields.find("tls.cipher")->second, "0xc02f");
  EXPECT_EQ(found->fields.find("tls.ja4")->second, text_note(*found, "tls.ja4"));
}

const std::string kServerHello13 =
    handshake_message(2, hex("0303") + std::string(32, 's') + hex("00 1301 00 0006 002b 0002 0304"));

TEST(Tls, what_only_looks_like_tls13_is_told_from_its_records) {
  const std::vector<Said> talk = {
      client(tls_record(kHandshake, kClientHello)),
      server(tls_record(kHandshake, kServerHello13) + tls_record(kChangeCipher, hex("01")) +
             application(2000)),
      client(tls_record(kChangeCipher, hex("01")) + application(200)), server(application(90)),
      client(application(130) + application(130))};
  const auto found = run_parser("tls", talk);
  EXPECT_EQ(text_note(*found, "tls.behaviour"), "no-finished");
  EXPECT_EQ(found->fields.find("tls.behaviour")->second, "no-finished");
  EXPECT_TRUE(found->finished);
  expect_parser_habits("tls", talk);
}

TEST(Tls, a_finished_ends_the_work) {
  const auto found = run_parser(
      "tls", {client(tls_record(kHandshake, kClientHello)),
              server(tls_record(kHandshake, kServerHello13) + application(2000)),
              client(tls_record(kChangeCipher, hex("01")) + application(53) + application(400))});
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(found->notes.count("tls.behaviour"), 0U);
}

TEST(Tls, one_hello_alone_is_strong) {
  EXPECT_EQ(run_parser("tls", {client(tls_record(kHandshake, kClientHello))})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("tls", {server(tls_record(kHandshake, kServerFlight))})->best(),
            Strength::strong);
}

TEST(Tls, hello_may_be_split_over_records_at_any_octet) {
  for (size_t at = 1; at < kClientHello.size(); ++at) {
    const auto found =
        run_parser("tls", {client(tls_record(kHandshake, kClientHello.substr(0, at)) +
                                  tls_record(kHandshake, kClientHello.substr(at)))});
    ASSERT_TRUE(found->has("client-hello")) << at;
  }
}

TEST(Tls, server_messages_may_have_a_record_each) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                                        server(tls_record(kHandshake, kServerHello) +
                                               tls_record(kHandshake, certificate_message()) +
                                               tls_record(kHandshake, handshake_message(14, "")))});
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(list_note(*found, "tls.certificate_names").size(), 2U);
}

TEST(Tls, change_of_ciphers_without_certificate_is_a_resumed_session) {
  const auto found = run_parser(
      "tls", {client(tls_record(kHandshake, kClientHello)),
              server(tls_record(kHandshake, kServerHello) + tls_record(kChangeCipher, hex("01")))});
  EXPECT_TRUE(std::get<bool>(found->notes.at("tls.resumed")));
}

TEST(Tls, second_server_hello_after_a_retry_request_counts) {
  const std::string retry =
      hex("0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
          "00 1301 00 0006 002b 0002 0304");
  const std::string hello =
      hex("0303") + std::string(32, 's') + hex("00 1302 00 0006 002b 0002 0304");
  const auto found = run_parser(
      "tls", {client(tls_record(kHandshake, kClientHello)),
              server(tls_record(kHandshake, handshake_message(2, retry)) +
                     tls_record(kChangeCipher, hex("01"))),
              client(tls_record(kChangeCipher, hex("01")) + tls_record(kHandshake, kClientHello)),
              server(tls_record(kHandshake, handshake_message(2, hello)) + application(40)),
              client(application(69))});
  EXPECT_EQ(text_note(*found, "tls.cipher"), "0x1302");
  EXPECT_EQ(text_note(*found, "tls.version"), "TLSv1.3");
  EXPECT_TRUE(found->finished);
}

TEST(Tls, an_alert_in_answer_to_a_client_hello_is_proof) {
  const auto found = run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                                        server(tls_record(kAlert, hex("0228")))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(text_note(*found, "tls.alert"), "handshake_failure");
}

TEST(Tls, records_of_both_sides_in_mid_stream_are_strong) {
  const auto found =
      run_parser("tls", {client(application(30) + application(31) + application(32)),
                         server(application(40) + application(1400) + application(42))});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->has("record-chain"));
}

TEST(Tls, one_hello_and_records_of_the_other_side_are_proof) {
  const auto found =
      run_parser("tls", {client(tls_record(kHandshake, kClientHello)),
                         server(application(40) + application(41) + application(42))});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Tls, ssl2_hello_counts_once_the_server_answers_with_tls) {
  const std::string old = hex("802e 01 0301 0015 0000 0010"  // 46: hello, 3.1, 21, 0, 16
                              "000004 000005 00000a 000009 000064 000062 000003") +
                          std::string(16, 'c');
  EXPECT_EQ(run_parser("tls", {client(old)})->best(), Strength::none);
  EXPECT_EQ(run_parser("tls", {client(old), server(tls_record(kHandshake, kServerFlight))})->best(),
            Strength::proof);
  // Skype of 2012: such a hello, then octets of its own.
  EXPECT_FALSE(run_parser("tls", {client(old + "\x4c\xc0\x07\xd5\x22\xfc")})->refuted.empty());
}

TEST(Tls, other_protocols_are_refused) {
  for (const std::string& other :
       {std::string("GET / HTTP/1.1\r\n"), hex("1603010000"), hex("160301ffff01"),
        hex("1603050010 01"), hex("020200000006010400100002")}) {
    EXPECT_FALSE(run_parser("tls", {client(other)})->refuted.empty());
  }
}

TEST(Tls, a_hello_whose_lengths_disagree_is_refused) {
  std::string odd = kClientHello;
  odd[4 + 2 + 32] = '\x07';  // a session id that is not there
  EXPECT_FALSE(run_parser("tls", {client(tls_record(kHandshake, odd))})->refuted.empty());
}

TEST(Tls, a_hole_in_application_data_keeps_the_chain) {
  RecordingFindings findings;
  const auto parser = find_parser("tls")->make({});
  const std::string start = application(100).substr(0, 50);
  parser->data(Direction::to_server, as_bytes(start), findings);
  parser->gap(Direction::to_server, 55, findings);
  const std::string rest = application(10) + application(10);
  const std::string other = application(10) + application(10) + application(10);
  parser->data(Direction::to_server, as_bytes(rest), findings);
  parser->data(Direction::to_client, as_bytes(other), findings);
  EXPECT_EQ(findings.best(), Strength::strong);
}

TEST(Tls, has_the_habits_of_a_parser) {
  expect_parser_habits("tls", {client(tls_record(kHandshake, kClientHello)),
                               server(tls_record(kHandshake, kServerFlight))});
  expect_parser_habits("tls", {client(application(30) + application(31) + application(32)),
                               server(application(40) + application(14) + application(42))});
}

}  // namespace
}  // namespace parlance::test
