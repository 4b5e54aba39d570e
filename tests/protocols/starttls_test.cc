#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

const std::vector<Said> kSmtp = {server("220 mx.example ESMTP\r\n"),
                                 client("EHLO a.example\r\n"),
                                 server("250-mx.example\r\n250 STARTTLS\r\n"),
                                 client("STARTTLS\r\n"),
                                 server("220 go ahead\r\n"),
                                 client(kHello),
                                 server(kAnswer)};

void expect_switch(const std::vector<Said>& talk, std::string_view protocol) {
  expect_switch_to_tls("starttls", talk, protocol);
}

TEST(Starttls, what_follows_the_agreement_is_tls) {
  expect_switch(kSmtp, "smtp");
  expect_switch({server("* OK IMAP4rev1\r\n"), client("a1 CAPABILITY\r\n"),
                 server("* CAPABILITY STARTTLS\r\na1 OK done\r\n"), client("a2 STARTTLS\r\n"),
                 server("a2 OK begin\r\n"), client(kHello), server(kAnswer)},
                "imap");
  expect_switch({server("+OK ready\r\n"), client("STLS\r\n"), server("+OK begin\r\n"),
                 client(kHello), server(kAnswer)},
                "pop3");
  expect_switch({server("220 FTP\r\n"), client("AUTH TLS\r\n"), server("234 begin\r\n"),
                 client(kHello), server(kAnswer)},
                "ftp");
  expect_switch({client(hex("00000008 04d2162f")), server("S"), client(kHello), server(kAnswer)},
                "postgresql");
  expect_switch({client(hex("00000008 04d21630")), server("N"), client(hex("00000008 04d2162f")),
                 server("S"), client(kHello), server(kAnswer)},
                "postgresql");
}

TEST(Starttls, the_greeting_tells_whose_starttls_it_is) {
  expect_switch({server("200 news.example\r\n"), client("STARTTLS\r\n"), server("382 begin\r\n"),
                 client(kHello), server(kAnswer)},
                "nntp");
  expect_switch(
      {server("\"IMPLEMENTATION\" \"Sieve\"\r\n\"STARTTLS\"\r\nOK\r\n"), client("STARTTLS\r\n"),
       server("OK \"begin\"\r\n"), client(kHello), server(kAnswer)},
      "managesieve");
  EXPECT_TRUE(run_parser("starttls", {server("220 mx\r\n"), client("STARTTLS\r\n"),
                                      server("382 what\r\n"), client(kHello)})
                  ->inner.empty());
  EXPECT_TRUE(run_parser("starttls", {server("\"IMPLEMENTATION\" \"Sieve\"\r\nOK\r\n"),
                                      client("STARTTLS\r\n"), server("NO\r\n"), client(kHello)})
                  ->inner.empty());
}

TEST(Starttls, refusal_opens_nothing) {
  for (const std::vector<Said>& talk :
       {std::vector<Said>{client("STARTTLS\r\n"), server("454 not now\r\n"), client(kHello)},
        std::vector<Said>{client("a2 STARTTLS\r\n"), server("a2 NO\r\n"), client(kHello)},
        std::vector<Said>{client("STLS\r\n"), server("-ERR no\r\n"), client(kHello)},
        std::vector<Said>{client(hex("00000008 04d2162f")), server("N"), client(kHello)}}) {
    EXPECT_TRUE(run_parser("starttls", talk)->inner.empty());
  }
}

TEST(Starttls, client_alone_goes_on_and_its_octets_tell) {
  RecordingFindings findings;
  const auto parser = find_parser("starttls")->make({});
  parser->data(Direction::to_server, as_bytes("EHLO a\r\nSTARTTLS\r\n" + kHello), findings);
  EXPECT_TRUE(findings.inner.empty());
  parser->end(Direction::to_server, findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].parser, "");
  EXPECT_EQ(findings.inner[0].bytes[0], kHello);
  EXPECT_EQ(findings.best(), Strength::none);
}

TEST(Starttls, floods_are_given_up) {
  for (const Said& start : {client("STARTTLS\r\n"), server("220 mx\r\n")}) {
    std::vector<Said> talk = {server("220 mx\r\n"), start};
    for (int i = 0; i < 100; ++i) talk.push_back(client(std::string(1024, 'x')));
    EXPECT_TRUE(run_parser("starttls", talk)->is_over());
  }
}

TEST(Starttls, gap_inside_tls_is_handed_on) {
  RecordingFindings findings;
  const auto parser = find_parser("starttls")->make({});
  parser->data(Direction::to_server, as_bytes("STLS\r\n"), findings);
  parser->data(Direction::to_client, as_bytes("+OK\r\n"), findings);
  parser->gap(Direction::to_client, 100, findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].gaps, 1);
}

TEST(Starttls, finishes_where_nobody_listens_inside) {
  RecordingFindings findings;
  const auto parser = find_parser("starttls")->make({});
  parser->data(Direction::to_server, as_bytes("STLS\r\n"), findings);
  parser->data(Direction::to_client, as_bytes("+OK\r\n"), findings);
  findings.inner_listens = false;
  EXPECT_FALSE(findings.is_over());
  parser->data(Direction::to_server, as_bytes(kHello), findings);
  EXPECT_TRUE(findings.finished);
}

TEST(Starttls, has_the_habits_of_a_parser) {
  expect_parser_habits("starttls", kSmtp);
}

}  // namespace
}  // namespace parlance::test
