#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kWelcome =
    ":irc.example.org 001 wiz :Welcome to the Internet Relay Network wiz!wiz@host.example\r\n"
    ":irc.example.org 002 wiz :Your host is irc.example.org, running version 2.11\r\n";

std::vector<Said> session() {
  return {client("PASS secretpasswordhere\r\nNICK wiz\r\nUSER wiz 0 * :Real Name\r\n"),
          server(":irc.example.org NOTICE * :*** Looking up your hostname...\r\n"),
          server(kWelcome),
          client("JOIN #test\r\n"),
          server(":wiz!wiz@host.example JOIN #test\r\nPING :irc.example.org\r\n"),
          client("PONG :irc.example.org\r\nPRIVMSG #test :what people say\r\n"),
          server(":dan!d@localhost PRIVMSG #test :what others say\r\n")};
}

Start midstream() {
  Start start;
  start.midstream = true;
  return start;
}

TEST(Irc, registration_and_numbers_are_proof) {
  const auto found = run_parser("irc", session());
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("registration"));
  EXPECT_TRUE(found->has("server-line"));
  EXPECT_TRUE(found->has("conversation"));
  EXPECT_EQ(std::get<std::string>(found->notes["irc.server"]), "irc.example.org");
  EXPECT_EQ(found->refuted, "");
}

TEST(Irc, neither_passwords_nor_conversations_are_given_out) {
  const auto found = run_parser("irc", session());
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("secret"), std::string::npos);
    EXPECT_EQ(each.octets.find("say"), std::string::npos);
    EXPECT_EQ(each.octets.find("Real"), std::string::npos);
  }
}

TEST(Irc, one_side_alone_is_strong) {
  struct Row {
    const char* what;
    Said said;
  };
  const std::vector<Row> rows = {
      {"server-line", server(kWelcome)},
      {"server-line", server(":tmi.example CAP * ACK :example/tags\r\n")},
      {"server-line", server("NOTICE AUTH :*** Looking up your hostname...\r\n")},
      {"server-line", server("@time=2025-07-28T20:48:30.026Z :ircd1.local NOTICE * :*** x\r\n")},
      {"user-line", server(":dan!d@localhost PRIVMSG #test :hi\r\n")},
      {"registration", client("NICK wiz\r\nUSER wiz 0 * :Real\r\n")},
      {"registration", client("user foo\nnick foo\n")},
      {"capabilities", client("CAP LS 302\r\n")},
      {"capabilities", client("cap req :multi-prefix\r\n")},
      {"message", client("PRIVMSG bob :\x01"
                         "DCC SEND hello.txt 167772161 5555 12\x01\r\n")},
      {"message", server("PRIVMSG bob :text\r\n")},
      {"commands", client("ISON Alice Bob\r\nWHO #channel\r\n")},
  };
  for (const Row& row : rows) {
    const auto found = run_parser("irc", {row.said});
    EXPECT_EQ(found->best(), Strength::strong) << row.said.octets;
    EXPECT_TRUE(found->has(row.what)) << row.said.octets;
    expect_parser_habits("irc", {row.said});
  }
}

TEST(Irc, spaces_and_blank_lines_that_some_programs_send_are_read) {
  const auto found = run_parser(
      "irc", {server(":s.example NOTICE * :*** Looking up\r\n"), client("USER b * * * * * \r\n"),
              client("\r\n    NICK  b\r\n"), server(":s.example  001  b :Welcome\r\n")});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("registration"));
}

TEST(Irc, a_late_start_is_recognised_and_a_cut_line_forgiven) {
  const auto found = run_parser("irc",
                                {server("ut off here\r\n:s.example 303 wiz :Alice\r\n"),
                                 client("ISON Alice Bob\r\n"), client("WHO #a\r\n")},
                                0, midstream());
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Irc, text_that_is_not_ascii_is_normal) {
  const auto found = run_parser("irc", {server(":d!d@h PRIVMSG #x :gr\xfc\xdf\x03"
                                               "4 dich\x0f\r\n")});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Irc, tls_begins_after_the_line_with_670) {
  const std::string hello("\x16\x03\x01\x00\x05hello", 10);
  const std::vector<Said> talk = {client("STARTTLS\r\n"),
                                  server(":irc.example 670  :STARTTLS successful, go ahead\r\n"),
                                  client(hello), server(hello)};
  const auto found = run_parser("irc", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "tls");
  EXPECT_EQ(found->inner[0].bytes[0], hello);
  EXPECT_EQ(found->inner[0].bytes[1], hello);
  expect_parser_habits("irc", talk);
}

TEST(Irc, a_message_of_websocket_is_a_line_without_its_end) {
  Start start;
  start.carrier = Carrier::websocket;
  start.unit = Unit::message;
  const auto found = run_parser("irc",
                                {client("CAP LS 302"), client("NICK wiz"),
                                 client("USER wiz 0 * :W"), server(":s.example 001 wiz :Welcome")},
                                0, start);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("registration"));
}

TEST(Irc, other_line_protocols_are_not_irc) {
  const std::vector<std::vector<Said>> others = {
      {client("USER anonymous\r\nPASS me@example\r\n"),
       server("331 Please specify the password.\r\n")},                           // FTP
      {client("USER a\r\nPASS b\r\n"), server("+OK Logged in.\r\n")},             // POP3
      {server("220 smtp.example ESMTP\r\n"), client("EHLO me\r\nSTARTTLS\r\n")},  // SMTP
      {server("* OK IMAP4rev1\r\n"), client("a CAPABILITY\r\n")},                 // IMAP
      {client("CAPA\r\nSTLS\r\n")},                                               // POP3
      {client("PING\r\n"), server("+PONG\r\n")},                                  // Redis
      {server("INFO {\"server_id\":\"N\"}\r\n"), client("CONNECT {}\r\nPING\r\n")},  // NATS
      {client("LIST\r\nQUIT\r\n"), server("200 news.example\r\n")},               // NNTP
      {client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
      {client("SSH-2.0-x\r\n")},
      {client("CAP THEFT\r\n")},
      {client("NOTICE\r\n")},
      {client(std::string("NICK a\0b\r\n", 10))},
      {client("STARTTLS\r\n"), server("220 go ahead\r\n")},
  };
  for (const auto& talk : others) {
    const auto found = run_parser("irc", talk);
    EXPECT_TRUE(found->confirmed.empty()) << talk[0].octets;
    EXPECT_FALSE(found->refuted.empty()) << talk[0].octets;
  }
}

TEST(Irc, names_and_passwords_alone_say_nothing) {
  EXPECT_TRUE(run_parser("irc", {client("PASS x\r\nUSER x\r\nQUIT\r\n")})->confirmed.empty());
  EXPECT_TRUE(run_parser("irc", {client("PASS x\r\nUSER x 0 * :x\r\n")})->confirmed.empty());
  EXPECT_TRUE(run_parser("irc", {client("STARTTLS\r\n")})->confirmed.empty());
}

TEST(Irc, endless_lines_and_conversations_are_bounded) {
  const std::string portion(4000, 'A');
  RecordingFindings found;
  auto parser = find_parser("irc")->make({});
  for (int i = 0; i < 4 && !found.is_over(); ++i)
    parser->data(Direction::to_server, as_bytes(portion), found);
  EXPECT_FALSE(found.refuted.empty());

  RecordingFindings known;
  parser = find_parser("irc")->make({});
  parser->data(Direction::to_server, as_bytes("NICK a\r\nUSER a\r\n"), known);
  for (int i = 0; i < 100; ++i) parser->data(Direction::to_server, as_bytes(portion), known);
  EXPECT_FALSE(known.is_over()) << "people paste anything";
  for (int i = 0; i < 300 && !known.is_over(); ++i)
    parser->data(Direction::to_server, as_bytes("\r\nPONG :a"), known);
  EXPECT_TRUE(known.finished);
}

TEST(Irc, a_hole_costs_one_line) {
  RecordingFindings found;
  const auto parser = find_parser("irc")->make({});
  parser->data(Direction::to_client, as_bytes(":s.example 001 a :Wel"), found);
  parser->gap(Direction::to_client, 10, found);
  parser->data(Direction::to_client, as_bytes("rest\r\n:s.example 002 a :Your host\r\n"), found);
  EXPECT_EQ(found.refuted, "");
  EXPECT_EQ(found.best(), Strength::strong);
}

TEST(Irc, has_the_habits_of_a_parser) {
  expect_parser_habits("irc", session());
}

TEST(Irc, offers_of_files_are_told_as_signs) {
  const auto found = run_parser(
      "irc", {client("NICK a\r\nUSER a 0 * :A\r\n"),
              client("PRIVMSG b :\1DCC SEND f.txt 167772167 59130 12\1\r\nPRIVMSG b :hello\r\n")});
  ASSERT_EQ(found->fields.count("call.sign"), 1U);
  EXPECT_EQ(found->fields.find("call.sign")->second, "announced 10.0.0.7:59130 irc-dcc");
}

TEST(Irc, what_is_not_known_as_irc_gives_no_signs) {
  const auto found = run_parser("irc", {client(":x PRIVMSG b :\1DCC SEND f.txt 167772167 59130 12\1\r\n")});
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_EQ(found->fields.count("call.sign"), 0U);
}

}  // namespace
}  // namespace parlance::test
