#include <random>

#include <gtest/gtest.h>

#include "inspect/conversation.h"
#include "protocols/parser.h"
#include "signatures/loader.h"
#include "support/checkout.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Octets that look random, the same each time.
std::string noise(size_t length, unsigned seed) {
  std::mt19937 generator(seed);
  std::string octets;
  while (octets.size() < length) octets += static_cast<char>(generator() & 0xff);
  return octets;
}

std::string client_hello() {
  std::string hello = noise(48, 1);
  hello[31] = 0x11;  // the key's highest octet, below 0x80
  return hello;
}

std::string frame(size_t length) {
  return std::string{static_cast<char>(length & 0xff), static_cast<char>(length >> 8)} +
         noise(length, 7);
}

/// A login with the extensions of today's clients, then a message and its acknowledgement.
const std::vector<Said> kTalk = {
    client(client_hello()), server(noise(80, 2)),
    client(noise(191, 3)),  server(noise(32, 4) + frame(268) + frame(20)),
    client(frame(36)),      server(frame(36))};

TEST(Threema, handshake_and_frames_are_proof) {
  const auto findings = run_parser("threema", kTalk);
  EXPECT_EQ(findings->best(), Strength::proof);
  EXPECT_TRUE(findings->has("frames"));
  expect_parser_habits("threema", kTalk);
}

TEST(Threema, the_servers_cookie_is_not_the_clients) {
  auto talk = kTalk;
  talk[1].octets.replace(0, 16, talk[0].octets.substr(32));
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::none);
  EXPECT_FALSE(run_parser("threema", talk)->refuted.empty());
  talk[1].octets[15] = static_cast<char>(talk[1].octets[15] ^ 1);
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::proof);
}

const SignatureSet& own_signature() {
  static const auto kSet = [] {
    const LoaderContext context{[](std::string_view name) { return find_parser(name) != nullptr; }, {}};
    Loaded loaded = load_signatures({source_folder() + "/signatures"}, context);
    std::erase_if(loaded.signatures, [](const Signature& each) { return each.name != "threema"; });
    return *SignatureSet::build(std::move(loaded.signatures), "");
  }();
  return *kSet;
}

Verdict verdict_of(const std::vector<Said>& talk) {
  const Limits limits;
  inspect::Workbench bench(own_signature(), limits);
  inspect::FlowFacts facts;
  facts.tuple = {{IpAddress{{10, 0, 0, 1}, 4}, 40000}, {IpAddress{{10, 0, 0, 2}, 4}, 5222}, Transport::tcp};
  inspect::Conversation conversation(bench, facts);
  for (const Said& each : talk) conversation.deliver(each.direction, as_bytes(each.octets), {1, 1, {1}});
  return conversation.conclude().verdict;
}

// It begins with random octets: only what others would rightly claim is left out.
TEST(Threema, starts_behind_server_hellos_that_begin_with_text_or_control_characters) {
  for (const std::string begin : {"\x80", "\x0a\x80", "\x0d\x80", "\x14\x80", "\x17\x80", "a\x80", "ab\x80",
                                  "abc\x80"}) {
    auto talk = kTalk;
    talk[1].octets.replace(0, begin.size(), begin);
    EXPECT_EQ(verdict_of(talk).strength, Strength::proof) << begin;
  }
  for (const std::string begin : {"\x16\x03", "abcd"}) {
    auto talk = kTalk;
    talk[1].octets.replace(0, begin.size(), begin);
    EXPECT_EQ(verdict_of(talk).strength, Strength::none) << begin;
  }
}

TEST(Threema, one_frame_is_strong) {
  const std::vector<Said> talk = {kTalk[0], kTalk[1], client(noise(144, 3)),
                                  server(noise(32, 4) + frame(20))};
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::strong);
  expect_parser_habits("threema", talk);
}

TEST(Threema, a_frame_that_does_not_end_says_nothing) {
  std::vector<Said> talk = {kTalk[0], kTalk[1], kTalk[2],
                            server(noise(32, 4) + frame(20) + "\x14")};
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::none);
  talk.back().octets = noise(32, 4);
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::none);
}

TEST(Threema, other_sizes_and_orders_are_refuted) {
  const auto refuted = [](std::vector<Said> talk) {
    return !run_parser("threema", talk)->refuted.empty();
  };
  EXPECT_TRUE(refuted({client(client_hello() + "x"), kTalk[1]}));
  EXPECT_TRUE(refuted({client(client_hello().substr(1)), kTalk[1]}));
  EXPECT_TRUE(refuted({kTalk[0], server(noise(81, 2))}));
  EXPECT_TRUE(refuted({kTalk[0], server(noise(79, 2)), kTalk[2]}));
  EXPECT_TRUE(refuted({kTalk[0], kTalk[1], client(noise(143, 3)), kTalk[3]}));
  EXPECT_TRUE(refuted({kTalk[0], kTalk[1], client(noise(150, 3)), kTalk[3]}));
  EXPECT_TRUE(
      refuted({kTalk[0], kTalk[1], kTalk[2], server(noise(32, 4) + std::string(2, '\x13'))}) ||
      refuted({kTalk[0], kTalk[1], kTalk[2], server(noise(32, 4) + std::string("\x13\0", 2))}));
  std::string no_key = client_hello();
  no_key[31] = '\x80';
  EXPECT_TRUE(refuted({client(no_key)}));
}

TEST(Threema, the_server_alone_is_strong_by_its_acknowledgments) {
  const std::vector<Said> talk = {server(noise(112, 2) + frame(412) + frame(20) + frame(36)),
                                  server(frame(36))};
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::strong);
  expect_parser_habits("threema", talk);
  const std::vector<Said> two = {server(talk[0].octets + "\x24")};  // and does not end behind a frame
  EXPECT_EQ(run_parser("threema", two)->best(), Strength::none);
  const std::vector<Said> plain = {
      server(std::string(112, 'x') + frame(20) + frame(36) + frame(36))};
  EXPECT_EQ(run_parser("threema", plain)->best(), Strength::none);
}

TEST(Threema, the_server_alone_may_end_behind_a_frame) {
  const auto best = [](const std::string& frames) {
    return run_parser("threema", {server(noise(112, 2) + frames)})->best();
  };
  EXPECT_EQ(best(frame(539) + frame(20)), Strength::strong);
  EXPECT_EQ(best(frame(539) + frame(21)), Strength::none) << "none as short as acknowledgments";
  EXPECT_EQ(best(frame(20)), Strength::none) << "one frame";
  EXPECT_EQ(best(frame(20) + frame(36) + "\x14"), Strength::none) << "inside a frame";
}

TEST(Threema, the_server_s_packets_may_come_before_the_client_s) {
  const std::vector<Said> talk = {kTalk[1], kTalk[0], kTalk[3], kTalk[2],
                                  server(frame(36) + frame(36))};
  EXPECT_EQ(run_parser("threema", talk)->best(), Strength::strong);
  expect_parser_habits("threema", talk);
}

TEST(Threema, what_is_not_random_is_refuted) {
  const std::vector<Said> talk = {client(std::string(48, 'a')), server(std::string(80, 'b')),
                                  kTalk[2]};
  EXPECT_FALSE(run_parser("threema", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
