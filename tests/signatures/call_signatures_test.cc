// Whose calls they are: realms of relays and openings of media, each with what must not fit.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inspect/conversation.h"
#include "protocols/parser.h"
#include "signatures/loader.h"
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

struct Heard {
  Verdict verdict;
  std::vector<CallFact> facts;
};

/// What is said of datagrams from a client to that port of a server.
Heard heard(const std::vector<std::string>& datagrams, uint16_t port) {
  const Limits limits;
  inspect::Workbench bench(own_signatures(), limits);
  inspect::FlowFacts facts;
  facts.tuple = {
      {IpAddress{{10, 0, 0, 1}, 4}, 40000}, {IpAddress{{10, 0, 0, 2}, 4}, port}, Transport::udp};
  inspect::Conversation conversation(bench, facts);
  uint64_t number = 0;
  for (const std::string& each : datagrams) {
    ++number;
    conversation.deliver(Direction::to_server, as_bytes(each), {number, number, {1}});
  }
  return {conversation.conclude().verdict, bench.call_facts};
}

/// An Allocate request with that realm and nothing else.
std::string with_realm(const std::string& realm) {
  std::string padded = realm;
  while (padded.size() % 4 != 0) padded += '\0';
  return hex("0003 00") + static_cast<char>(padded.size() + 4) + hex("2112a442") + "transaction1" +
         hex("0014 00") + static_cast<char>(realm.size()) + padded;
}

std::optional<Application> application(const std::string& realm) {
  return heard({with_realm(realm)}, 3478).verdict.app;
}

TEST(CallSignatures, realm_of_a_relay_is_a_hint_of_its_application) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"signal.org", "signal"},
      {"whispersystems.org", "signal"},
      {"telegram.org", "telegram"},
      {"turner.facebook", "messenger"},
      {"viber.com", "viber"},
      {"ring", "jami"},
      {"turn.l.google.com", "google-meet"},
  };
  for (const auto& [realm, name] : expected) {
    const auto app = application(realm);
    ASSERT_TRUE(app) << realm;
    EXPECT_EQ(app->name, name);
    EXPECT_EQ(app->strength, Strength::hint);
  }
}

TEST(CallSignatures, realms_count_as_a_whole) {
  for (const char* const realm : {"signal.org.example", "notsignal.org", "my-viber.com", "string",
                                  "facebook", "turner.facebook.example", "l.google.com"}) {
    EXPECT_FALSE(application(realm)) << realm;
  }
}

TEST(CallSignatures, call_is_told_its_application_by_each_flow_that_shows_it) {
  const std::vector<CallFact> facts = heard({with_realm("signal.org")}, 3478).facts;
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].sign + facts[1].sign, "socket 10.0.0.1:40000");
  EXPECT_EQ(facts[0].supports.empty() ? facts[1].supports : facts[0].supports, "signal");
}

TEST(CallSignatures, facetimes_opening_is_a_hint_on_its_ports_alone) {
  const std::string opening = hex("0001 0002") + std::string(12, 'f');
  const auto app = heard({opening}, 16385).verdict.app;
  ASSERT_TRUE(app);
  EXPECT_EQ(app->name, "facetime");
  EXPECT_EQ(app->strength, Strength::hint);
  EXPECT_FALSE(heard({opening}, 16500).verdict.app);
  EXPECT_FALSE(heard({opening + "x"}, 16385).verdict.app);
}

}  // namespace
}  // namespace parlance::test
