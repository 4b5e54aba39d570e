#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

TEST(Nats, info_and_connect_are_proof) {
  const std::vector<Said> talk = {
      server(R"(INFO {"server_id":"NA","version":"2.10.0","max_payload":1048576} )"
             "\r\n"),
      client(R"(CONNECT {"verbose":false,"lang":"go"})"
             "\r\nPING\r\n"),
      server("PONG\r\n")};
  const auto found = run_parser("nats", talk);
  EXPECT_TRUE(found->has("info"));
  EXPECT_TRUE(found->has("connect"));
  expect_parser_habits("nats", talk);
}

TEST(Nats, tls_that_info_offers_takes_the_place_of_connect) {
  expect_switch_to_tls("nats", {server("INFO {\"server_id\":\"NA\",\"tls_required\":true}\r\n"),
                                client(kHello), server(kAnswer)});
  EXPECT_TRUE(run_parser("nats", {server("INFO {\"server_id\":\"NA\"}\r\n"), client(kHello)})
                  ->inner.empty());
}

TEST(Nats, inside_tls_connect_comes_first) {
  const std::vector<Said> talk = {client("CONNECT {\"verbose\":false,\"lang\":\"go\"}\r\nPING\r\n"),
                                  server("PONG\r\n")};
  EXPECT_EQ(run_parser("nats", talk)->best(), Strength::proof);
  expect_parser_habits("nats", talk);
  EXPECT_EQ(run_parser("nats", {talk[0], server("HTTP/1.1 400 Bad Request\r\n")})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("nats", {client("CONNECT example.com:443 HTTP/1.1\r\n\r\n")})->best(),
            Strength::none);
}

TEST(Nats, passwords_are_not_shown) {
  const auto found = run_parser("nats", {server("INFO {\"server_id\":\"NA\"}\r\n"),
                                         client(R"(CONNECT {"verbose":false,"pass":"secret"})"
                                                "\r\n")});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("secret"), std::string::npos);
  }
}

TEST(Nats, other_info_lines_are_refuted) {
  for (const char* const line : {"INFO\r\n", "INFO {\"a\":1}\r\n", "INFO {\r\n", "+OK POP3\r\n"}) {
    EXPECT_FALSE(run_parser("nats", {server(line)})->refuted.empty()) << line;
  }
}

TEST(Nats, floods_are_given_up) {
  expect_floods_are_given_up("nats", {});
}

}  // namespace
}  // namespace parlance::test
