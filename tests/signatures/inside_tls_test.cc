// What is inside TLS is found by signatures that say so: `carried_by` has to name it, and a
// protocol after STARTTLS begins without its server's greeting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/parser.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"
#include "support/checkout.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const SignatureSet& own_signatures() {
  static const auto kSet = [] {
    const LoaderContext context{[](std::string_view name) { return find_parser(name) != nullptr; },
                                {}};
    Loaded loaded = load_signatures({source_folder() + "/signatures"}, context);
    return *SignatureSet::build(std::move(loaded.signatures), "");
  }();
  return *kSet;
}

/// The protocols of which a rule holds once both sides' first octets came on that carrier.
std::vector<std::string> found_on(Carrier carrier, const std::string& from_client,
                                  const std::string& from_server) {
  const SignatureSet& set = own_signatures();
  Scanner scanner(set);
  StreamScan scans[2];
  RuleState rules;
  std::vector<RuleId> fired;
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    Hits hits;
    const std::string& octets = side == Direction::to_server ? from_client : from_server;
    scans[index(side)].scan(scanner, carrier, as_bytes(octets), side, hits);
    for (const Hit& hit : hits) {
      if (!hit.wrong_way) rules.meet(set, hit.pattern, carrier, fired);
    }
  }
  std::vector<std::string> names;
  for (const RuleId rule : fired) names.push_back(set.signature(set.signature_of_rule(rule)).name);
  return names;
}

struct Opening {
  std::string protocol, from_client, from_server;
};

const std::vector<Opening> kOpenings = {
    // after STARTTLS the server does not greet again
    {"smtp", "EHLO a\r\nMAIL FROM:<a@b>\r\n", "250-mx.example\r\n"},
    {"imap", "a3 CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\n"},
    {"imap", "a3 LOGIN juliet x\r\n", "a3 OK done\r\n"},
    {"pop3", "USER juliet\r\n", "+OK\r\n"},
    {"ftp", "USER juliet\r\n", "331 password\r\n"},
    {"ftp", "PBSZ 0\r\n", "200 PBSZ set to 0.\r\n"},
    {"nntp", "AUTHINFO USER juliet\r\n", "381 more\r\n"},
    {"managesieve", "", "\"IMPLEMENTATION\" \"Sieve\"\r\nOK\r\n"},
    {"nats", "CONNECT {\"verbose\":false}\r\n", ""},
    {"mysql", hex("60 0000 02 8da6ff00 00000001 2d") + std::string(23, '\0') + "romeo", ""},
    {"postgresql", hex("00000010 00030000") + "user" + hex("00") + "a" + hex("00 00"), ""},
    {"ldap", hex("30 0c 02 01 01 60 07 02 01 03 04 00 80 00"), ""},
    {"rdp", hex("0300 01c4 02 f0 80 7f 65 82 01b8"), ""},
    {"amqp", "AMQP" + hex("00000901"), ""},
    // by itself
    {"irc", "NICK romeo\r\n", ""},
    {"xmpp", "<?xml version='1.0'?><stream:stream ", ""},
    {"mqtt", hex("10 0e 0004") + "MQTT" + hex("04 02 003c 0002") + "id", ""},
    {"sip", "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TLS a\r\n", ""},
    {"stomp", "CONNECT\naccept-version:1.2\n\n", ""},
    {"msrp", "MSRP a786hjs2 SEND\r\nTo-Path: msrps://a\r\n", ""},
    {"http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
    {"http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
    {"dns", hex("001d 1234 0100 0001 0000 0000 0000 01 61 02 696f 00 0001 0001"), ""},
    {"stun", hex("0001 0000 2112a442 0102030405060708090a0b0c"), ""},
    {"socks", hex("05 01 00"), ""},
    {"proxy-protocol", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", ""},
    {"tls", hex("16 0301 0080 01 00007c 0303"), ""},
    {"ssh", "SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2\r\n"},
    {"redis", "*1\r\n$4\r\nPING\r\n", ""},
    {"syslog", "<34>1 2026-11-24T16:00:00Z a b - - -\n", ""},
};

TEST(InsideTls, signatures_find_what_may_be_there) {
  for (const Opening& each : kOpenings) {
    EXPECT_THAT(found_on(Carrier::tls, each.from_client, each.from_server),
                testing::Contains(each.protocol));
  }
}

TEST(InsideTls, dns_answers_are_joined_to_flows) {
  const std::string question = hex("01 61 02 696f 00 0001 0001");
  const std::string query = hex("1234 0100 0001 0000 0000 0000") + question;
  const std::string answer = hex("1234 8180 0001 0001 0000 0000") + question +
                             hex("c00c 0001 0001 0000003c 0004 c0000201");
  const auto with_length = [](const std::string& message) {
    return std::string({'\0', static_cast<char>(message.size())}) + message;
  };
  Start start;
  start.carrier = Carrier::tls;
  const auto found =
      run_parser("dns_tcp", {client(with_length(query)), server(with_length(answer))}, 0, start);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->resolutions.size(), 1U);
  EXPECT_EQ(found->resolutions[0].first, "a.io");
  EXPECT_EQ(to_text(found->resolutions[0].second), "192.0.2.1");
}

}  // namespace
}  // namespace parlance::test
