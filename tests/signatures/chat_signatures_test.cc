// What messengers' apps said in the clear: patterns without a parser, each with what must not fit.
#include <gtest/gtest.h>

#include "inspect/conversation.h"
#include "protocols/parser.h"
#include "signatures/loader.h"
#include "support/checkout.h"

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

/// What is said of a connection whose client begins so.
Verdict verdict_of(std::string_view from_client) {
  const Limits limits;
  inspect::Workbench bench(own_signatures(), limits);
  inspect::FlowFacts facts;
  facts.tuple = {
      {IpAddress{{10, 0, 0, 1}, 4}, 40000}, {IpAddress{{10, 0, 0, 2}, 4}, 80}, Transport::tcp};
  facts.direction_known = true;
  inspect::Conversation conversation(bench, facts);
  conversation.deliver(Direction::to_server, as_bytes(from_client), {1, 1, {1}});
  return conversation.conclude().verdict;
}

std::string request(const std::string& target, const std::string& host, const std::string& agent) {
  return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: " + agent + "\r\n\r\n";
}

void expect_app(const std::string& octets, std::string_view name, Strength strength) {
  const Verdict verdict = verdict_of(octets);
  ASSERT_TRUE(verdict.app.has_value()) << octets;
  EXPECT_EQ(verdict.app->name, name) << octets;
  EXPECT_EQ(verdict.app->strength, strength) << octets;
  EXPECT_EQ(verdict.protocol, "http") << octets;  // the application, not the protocol
}

constexpr auto kInstagram = "Instagram 7.1.1 Android (19/4.4.2; 480dpi; 1080x1920)";
constexpr auto kBrowser = "Mozilla/4.0 (compatible; MSIE 7.0)";

TEST(ChatSignatures, instagrams_app_at_a_server_of_instagrams_is_strong) {
  expect_app(request("/a.jpg", "photos-e.ak.instagram.com", kInstagram), "instagram",
             Strength::strong);
  expect_app(request("/a.jpg", "photos-e.ak.instagram.com", kBrowser), "instagram", Strength::hint);
  EXPECT_FALSE(verdict_of(request("/a.jpg", "www.example.com", kInstagram)).app.has_value());
}

TEST(ChatSignatures, the_domain_of_an_xmpp_stream_is_a_hint_of_whose_it_is) {
  const auto stream_to = [](std::string_view domain) {
    return verdict_of("<?xml version='1.0'?><stream:stream to='" + std::string(domain) +
                      "' version='1.0' xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>");
  };
  constexpr std::pair<const char*, const char*> kKnown[] = {{"eu1.pvp.net", "riot-chat"}, {"nimbuzz.com", "nimbuzz"},
      {"gmail.com", "google-chat"}, {"chat.facebook.com", "messenger"}, {"chat.hipchat.com", "hipchat"},
      {"prod.ol.epicgames.com", "epic-games"}};
  for (const auto& [domain, app] : kKnown) {
    const Verdict verdict = stream_to(domain);
    ASSERT_TRUE(verdict.app.has_value()) << domain;
    EXPECT_EQ(verdict.app->name, app);
    EXPECT_EQ(verdict.app->strength, Strength::hint);
    EXPECT_EQ(verdict.protocol, "xmpp");
  }
  for (const char* other : {"notpvp.net", "pvp.net.example", "example.com"}) {
    EXPECT_FALSE(stream_to(other).app.has_value()) << other;
  }
}

TEST(ChatSignatures, skypes_question_for_its_newest_version_is_strong) {
  const std::string target = "/ui/2/1.2.0.18/en/getlatestversion?ver=1.2.0.18&uhash=0123";
  expect_app(request("http://ui.skype.com" + target, "ui.skype.com", kBrowser), "skype",
             Strength::strong);
  expect_app(request("/download", "ui.skype.com", kBrowser), "skype", Strength::hint);
  EXPECT_FALSE(verdict_of(request("/ui/", "www.example.com", kBrowser)).app.has_value());
}

TEST(ChatSignatures, yahoos_client_that_asks_for_advertisements_is_strong) {
  const std::string target = "/client_ad.php?p=81921&ver=9.0.0.2162&ts=1244618408605";
  expect_app(request(target, "in.insider.msg.yahoo.com", kBrowser), "yahoo", Strength::strong);
  expect_app(request("/", "in.insider.msg.yahoo.com", kBrowser), "yahoo", Strength::hint);
  EXPECT_FALSE(verdict_of(request(target, "www.example.com", kBrowser)).app.has_value());
  EXPECT_FALSE(verdict_of(request("/", "mail.yahoo.com", kBrowser)).app.has_value());
}

TEST(ChatSignatures, names_count_as_a_whole) {
  for (const char* const host : {"notslack.com", "slack.com.example", "xsignal.org", "facebook.com",
                                 "www.facebook.com", "teams.example"}) {
    EXPECT_FALSE(verdict_of(request("/", host, kBrowser)).app.has_value()) << host;
  }
  expect_app(request("/", "wss-primary.slack.com", kBrowser), "slack", Strength::hint);
  expect_app(request("/", "edge-mqtt.facebook.com", kBrowser), "messenger", Strength::hint);
}

}  // namespace
}  // namespace parlance::test
