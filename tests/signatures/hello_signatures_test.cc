// What the program's own signatures make of TLS hellos: hints by what clients offer.
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "protocols/parser.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"
#include "support/checkout.h"

namespace parlance {
namespace {

const SignatureSet& own_signatures() {
  static const auto set = [] {
    const std::string source = test::source_folder();
    Loaded loaded = load_signatures(
        {source + "/signatures"},
        {[](std::string_view name) { return find_parser(name) != nullptr; }, source + "/pcaps"});
    return std::move(*SignatureSet::build(std::move(loaded.signatures), ""));
  }();
  return *set;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The signatures of which some rule holds for these fields; that it says just so much is checked.
std::set<std::string> told_by(const Fields& fields, Strength strength) {
  const SignatureSet& set = own_signatures();
  Scanner scanner(set);
  RuleState state;
  std::set<std::string> names;
  for (const auto& [buffer, value] : fields) {
    Hits hits;
    scanner.scan_field(buffer, as_bytes(value), Direction::to_server, hits);
    for (const Hit& hit : hits) {
      std::vector<RuleId> fired;
      state.meet(set, hit.pattern, Carrier::tcp, fired);
      for (const RuleId rule : fired) {
        EXPECT_EQ(set.rule(rule).strength, strength);
        names.insert(set.signature(set.signature_of_rule(rule)).name);
      }
    }
  }
  return names;
}

std::set<std::string> hinted_by(const Fields& fields) {
  return told_by(fields, Strength::hint);
}

using Names = std::set<std::string>;

TEST(HelloSignatures, application_protocols_are_hints_of_what_follows) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"xmpp-client", "xmpp"}, {"xmpp-server", "xmpp"},  {"irc", "irc"},
      {"mqtt", "mqtt"},        {"sip/2", "sip"},         {"coap", "coap"},
      {"dot", "dns"},          {"doq", "dns"},           {"stun.turn", "stun"},
      {"imap", "imap"},        {"pop3", "pop3"},         {"ftp", "ftp"},
      {"smp/1", "simplex"},    {"xftp/1", "simplex"},    {"apns-security-v3", "apns"},
      {"apns-pack-v1", "apns"}, {"oxenstorage", "session"}, {"h2-fb", "meta"},
      {"h3-fb-05", "meta"},
  };
  for (const auto& [alpn, name] : expected) {
    EXPECT_EQ(hinted_by({{"tls.alpn", alpn}}), Names{name}) << alpn;
  }
}

TEST(HelloSignatures, what_the_server_agreed_on_is_strong) {
  for (const auto& [alpn, name] : std::vector<std::pair<std::string, std::string>>{
           {"smp/1", "simplex"},
           {"xftp/1", "simplex"},
           {"apns-pack-v1:4096:4096", "apns"},
           {"oxenstorage", "session"}}) {
    EXPECT_EQ(told_by({{"tls.alpn_server", alpn}}, Strength::strong), Names{name}) << alpn;
  }
  for (const char* alpn : {"h2", "http/1.1", "smp/10", "oxenstorage2", "x-apns-pack-v1"}) {
    EXPECT_EQ(told_by({{"tls.alpn_server", alpn}}, Strength::strong), Names{}) << alpn;
  }
}

TEST(HelloSignatures, signal_issues_its_own_certificates) {
  EXPECT_EQ(hinted_by({{"tls.certificate_issuer", "Signal Messenger, LLC"}}), Names{"signal"});
  EXPECT_EQ(hinted_by({{"tls.certificate_issuer", "Open Whisper Systems"}}), Names{"signal"});
  EXPECT_EQ(hinted_by({{"tls.certificate_issuer", "TextSecure"}}), Names{});
}

TEST(HelloSignatures, common_application_protocols_say_nothing) {
  for (const char* alpn : {"h2", "http/1.1", "h3", "h3-29", "spdy/3.1", "webrtc", "xmpp-clients", "dots"}) {
    EXPECT_EQ(hinted_by({{"tls.alpn", alpn}}), Names{}) << alpn;
  }
}

TEST(HelloSignatures, a_version_of_fizz_is_metas) {
  EXPECT_EQ(hinted_by({{"tls.client_versions", "0304,fb1a"}}), Names{"meta"});
  EXPECT_EQ(hinted_by({{"tls.client_versions", "fb17,0304"}}), Names{"meta"});
  EXPECT_EQ(hinted_by({{"tls.client_versions", "0304,0303"}}), Names{});
  EXPECT_EQ(hinted_by({{"quic.version", "mvfst-0xfaceb002"}}), Names{"meta"});
}

TEST(HelloSignatures, libsignals_hello_is_told_by_its_lists_and_their_order) {
  const std::string ja4 = "t13d0307h2_55b375c5d22e_3df4dd8a7a2a";
  EXPECT_EQ(hinted_by({{"tls.extensions", "0000,000a,0010,000d,0033,002d,002b"}, {"tls.ja4", ja4}}),
            Names{"signal"});
  EXPECT_EQ(hinted_by({{"tls.extensions", "000a,0000,0010,000d,0033,002d,002b"}, {"tls.ja4", ja4}}),
            Names{});
}

TEST(HelloSignatures, the_port_of_encrypted_dns_says_something_beside_a_hello_only) {
  const std::string ja4 = "t13i130900_aaaaaaaaaaaa_bbbbbbbbbbbb";
  EXPECT_EQ(hinted_by({{"server.port", "853"}, {"tls.ja4", ja4}}), Names{"dns"});
  EXPECT_EQ(hinted_by({{"server.port", "853"}}), Names{});
  EXPECT_EQ(hinted_by({{"server.port", "443"}, {"tls.ja4", ja4}}), Names{});
}

TEST(HelloSignatures, what_lengths_of_records_suggest_is_a_hint) {
  EXPECT_EQ(hinted_by({{"tls.behaviour", "websocket"}}), Names{"websocket"});
  EXPECT_EQ(hinted_by({{"tls.behaviour", "no-finished"}}), Names{"pseudo-tls"});
  EXPECT_EQ(hinted_by({{"tls.behaviour", "no-finished-alone"}}), Names{"pseudo-tls"});
}

}  // namespace
}  // namespace parlance
