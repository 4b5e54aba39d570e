#include "verdict/judge.h"

#include <gtest/gtest.h>

namespace parlance::verdict {
namespace {

ChannelSummary channel(uint32_t id, std::optional<uint32_t> parent,
                       std::vector<FoundProtocol> found) {
  ChannelSummary summary;
  summary.id = id;
  summary.parent = parent;
  summary.found = std::move(found);
  return summary;
}

FoundProtocol http(Strength strength = Strength::proof) {
  return {"http", ProtocolClass::other, strength, true, false};
}
FoundProtocol websocket() {
  return {"websocket", ProtocolClass::websocket, Strength::proof, true, false};
}
FoundProtocol xmpp(Strength strength = Strength::proof) {
  return {"xmpp", ProtocolClass::xmpp, strength, true, false};
}

/// Two applications, so that names of evidence mean something. They live as long as any verdict.
const SignatureSet& two_applications() {
  static const auto kSet = [] {
    std::vector<Signature> signatures(2);
    signatures[0].name = signatures[0].app = "signal";
    signatures[1].name = signatures[1].app = "whatsapp";
    return std::move(*SignatureSet::build(std::move(signatures), ""));
  }();
  return *kSet;
}

Verdict judged(std::vector<ChannelSummary> channels, std::vector<Evidence> evidence = {}) {
  return judge(channels, std::move(evidence), two_applications(), Transport::tcp);
}

using Stack = std::vector<std::string_view>;

TEST(Judge, the_stack_is_the_path_down_to_the_innermost_protocol) {
  const Verdict verdict = judged({channel(0, {}, {http()}), channel(1, 0, {websocket()}),
                                  channel(2, 1, {xmpp()})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "http", "websocket", "xmpp"}));
  EXPECT_EQ(verdict.protocol, "xmpp");
  EXPECT_EQ(verdict.protocol_class, ProtocolClass::xmpp);
  EXPECT_EQ(verdict.strength, Strength::proof);
}

TEST(Judge, the_label_is_the_innermost_messaging_protocol) {
  const FoundProtocol tls{"tls", ProtocolClass::other, Strength::proof, true, false};
  const Verdict verdict = judged({channel(0, {}, {xmpp()}), channel(1, 0, {tls})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "xmpp", "tls"}));
  EXPECT_EQ(verdict.protocol, "xmpp");
}

/// A tunnel's content may be met from outside, too, when the tunnel's beginning is missing.
TEST(Judge, the_way_to_an_inner_channel_is_by_the_protocol_that_opened_it) {
  const FoundProtocol socks{"socks", ProtocolClass::other, Strength::strong, true, false};
  ChannelSummary inside = channel(1, 0, {http()});
  inside.opened_by = "socks";
  EXPECT_EQ(judged({channel(0, {}, {socks, http()}), inside}).stack, (Stack{"tcp", "socks", "http"}));
}

TEST(Judge, nothing_found_is_unknown) {
  const Verdict verdict = judged({channel(0, {}, {})});
  EXPECT_EQ(verdict.stack, Stack{"tcp"});
  EXPECT_EQ(verdict.protocol, "unknown");
  EXPECT_EQ(verdict.protocol_class, ProtocolClass::unknown);
  EXPECT_EQ(verdict.strength, Strength::none);
}

TEST(Judge, of_several_protocols_in_a_channel_the_strongest_stands) {
  const Verdict verdict = judged({channel(0, {}, {http(Strength::strong), xmpp(Strength::proof)})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "xmpp"}));
}

TEST(Judge, protocols_that_share_a_channel_all_stand_in_the_order_of_finding) {
  const FoundProtocol stun{"stun", ProtocolClass::other, Strength::proof, true, true};
  const FoundProtocol rtp{"rtp", ProtocolClass::other, Strength::strong, true, true};
  const Verdict verdict = judged({channel(0, {}, {stun, rtp})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "stun", "rtp"}));
}

TEST(Judge, of_several_inner_channels_one_with_messaging_is_followed) {
  const Verdict verdict = judged({channel(0, {}, {http()}), channel(1, 0, {}),
                                  channel(2, 0, {websocket()}), channel(3, 0, {})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "http", "websocket"}));
}

TEST(Judge, a_weaker_protocol_inside_still_stands_in_the_stack) {
  const Verdict verdict = judged({channel(0, {}, {http()}), channel(1, 0, {websocket()}),
                                  channel(2, 1, {xmpp(Strength::strong)})});
  EXPECT_EQ(verdict.stack, (Stack{"tcp", "http", "websocket", "xmpp"}));
  EXPECT_EQ(verdict.strength, Strength::strong);
}

Evidence evidence(const char* supports, Strength strength, Basis basis) {
  Evidence each;
  each.supports = supports;
  each.what = "test";
  each.strength = strength;
  each.basis = basis;
  return each;
}

TEST(Judge, a_hint_names_an_application_but_no_protocol) {
  const Verdict verdict =
      judged({channel(0, {}, {})}, {evidence("whatsapp", Strength::hint, Basis::sni)});
  EXPECT_EQ(verdict.stack, Stack{"tcp"});
  EXPECT_EQ(verdict.protocol, "unknown");
  ASSERT_TRUE(verdict.app);
  EXPECT_EQ(verdict.app->name, "whatsapp");
  EXPECT_EQ(verdict.app->strength, Strength::hint);
  EXPECT_EQ(verdict.app->basis, Basis::sni);
}

TEST(Judge, the_strongest_evidence_names_the_application_then_the_nearest_basis) {
  EXPECT_EQ(judged({channel(0, {}, {})}, {evidence("signal", Strength::hint, Basis::sni),
                                          evidence("whatsapp", Strength::proof, Basis::payload)})
                .app->name,
            "whatsapp");
  EXPECT_EQ(judged({channel(0, {}, {})}, {evidence("signal", Strength::hint, Basis::dns),
                                          evidence("whatsapp", Strength::hint, Basis::sni)})
                .app->name,
            "whatsapp");
}

TEST(Judge, of_equal_applications_in_the_payload_the_inner_one_counts) {
  EXPECT_EQ(judged({channel(0, {}, {})}, {evidence("signal", Strength::proof, Basis::payload),
                                          evidence("whatsapp", Strength::proof, Basis::payload)})
                .app->name,
            "whatsapp");
  EXPECT_EQ(judged({channel(0, {}, {})}, {evidence("signal", Strength::hint, Basis::sni),
                                          evidence("whatsapp", Strength::hint, Basis::sni)})
                .app->name,
            "signal")
      << "a name is not inside another";
}

/// Signal here speaks WhatsApp's protocol, too.
std::optional<Application> of_two_that_speak_it(const std::vector<Evidence>& all) {
  std::vector<Signature> signatures(2);
  signatures[0].name = signatures[0].app = "signal";
  signatures[0].also_speaks = {"whatsapp"};
  signatures[1].name = signatures[1].app = "whatsapp";
  const auto set = SignatureSet::build(std::move(signatures), "");
  auto application = application_of(all, **set);
  if (application) application->name = application->name == "signal" ? "signal" : "whatsapp";
  return application;
}

TEST(Judge, between_applications_of_one_protocol_the_name_that_was_asked_for_decides) {
  const Evidence proven = evidence("whatsapp", Strength::proof, Basis::payload);
  const auto other = of_two_that_speak_it({proven, evidence("signal", Strength::hint, Basis::sni)});
  EXPECT_EQ(other->name, "signal");
  EXPECT_EQ(other->strength, Strength::hint);
  EXPECT_EQ(other->basis, Basis::sni);
  const std::vector<Evidence> itself = {proven, evidence("signal", Strength::hint, Basis::sni),
                                        evidence("whatsapp", Strength::hint, Basis::sni)};
  EXPECT_EQ(of_two_that_speak_it(itself)->name, "whatsapp") << "its own name was asked for, too";
}

TEST(Judge, names_that_servers_share_do_not_decide) {
  const Evidence proven = evidence("whatsapp", Strength::proof, Basis::payload);
  for (const Basis basis : {Basis::payload, Basis::certificate, Basis::dns, Basis::address}) {
    const auto found = of_two_that_speak_it({proven, evidence("signal", Strength::hint, basis)});
    EXPECT_EQ(found->name, "whatsapp");
    EXPECT_EQ(found->strength, Strength::proof);
  }
  const Evidence spoken = evidence("signal", Strength::proof, Basis::payload);
  EXPECT_EQ(of_two_that_speak_it({spoken, evidence("whatsapp", Strength::hint, Basis::sni)})->name,
            "signal")
      << "WhatsApp does not speak Signal's";
  EXPECT_EQ(judged({channel(0, {}, {})}, {proven, evidence("signal", Strength::hint, Basis::sni)})
                .app->name,
            "whatsapp")
      << "nobody says that it speaks it";
}

TEST(Judge, evidence_comes_strongest_first) {
  const Verdict verdict =
      judged({channel(0, {}, {})}, {evidence("signal", Strength::hint, Basis::dns),
                                    evidence("whatsapp", Strength::proof, Basis::payload)});
  EXPECT_EQ(verdict.evidence.front().supports, "whatsapp");
}

}  // namespace
}  // namespace parlance::verdict
