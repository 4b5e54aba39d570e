#include <utility>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string be32(size_t number) {
  std::string octets;
  for (int shift = 24; shift >= 0; shift -= 8) octets += static_cast<char>(number >> shift & 0xff);
  return octets;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string packed(const Pairs& pairs) {
  std::string octets;
  for (const auto& [name, value] : pairs) {
    octets += be32(name.size()) + name + be32(value.size()) + value;
  }
  return octets;
}

std::string framed(const std::string& content) {
  return "\xab" + be32(25 + content.size()) + hex("4e20 00000001") + std::string(10, '\0') +
         be32(content.size()) + content;
}

const std::string kAsk = packed({{"ver", "1"},
                                 {"weixinnum", "1234567890"},
                                 {"seq", "1"},
                                 {"clientversion", "654"},
                                 {"wxmsgflag", ""},
                                 {"fileid", std::string(200, 'f')}});
const std::string kAnswer =
    packed({{"ver", "1"}, {"seq", "1"}, {"retcode", "0"}, {"filedata", std::string(5000, 'x')}});

TEST(WechatCdn, the_layout_that_was_published) {
  EXPECT_EQ(packed({{"ver", "1"}, {"weixinnum", "14123412312"}}),
            hex("0000000376657200000001310000000977656978696e6e756d0000000b"
                "3134313233343132333132"));
  EXPECT_EQ(framed(packed({{"retcode", "0"}})).size(), 41U);
}

TEST(WechatCdn, asked_and_answered_is_proof) {
  for (const std::vector<Said>& talk :
       {std::vector<Said>{client(kAsk), server(kAnswer)},
        std::vector<Said>{client(framed(kAsk)), server(framed(kAnswer))}}) {
    EXPECT_EQ(run_parser("wechat_cdn", talk)->best(), Strength::proof);
    expect_parser_habits("wechat_cdn", talk);
  }
  const std::string shortest = framed(packed({{"retcode", "0"}}));
  EXPECT_EQ(
      run_parser("wechat_cdn", {client(framed(kAsk) + framed(kAsk)), server(shortest)})->best(),
      Strength::proof);
}

TEST(WechatCdn, a_request_alone_is_strong) {
  EXPECT_EQ(run_parser("wechat_cdn", {client(kAsk)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("wechat_cdn", {client(framed(kAsk))})->best(), Strength::strong);
  EXPECT_EQ(
      run_parser("wechat_cdn", {client(kAsk), server(packed({{"a", "1"}, {"b", "2"}, {"c", "3"}}))})
          ->best(),
      Strength::strong);
}

TEST(WechatCdn, a_name_counts_once_and_with_its_value) {
  const std::string same = packed({{"seq", "1"}, {"seq", "2"}, {"seq", "3"}, {"seq", "4"}});
  EXPECT_EQ(run_parser("wechat_cdn", {client(kAsk), server(same)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("wechat_cdn", {client(packed({{"weixinnum", "1"}}) + same)})->best(),
            Strength::none);
  const std::string two = packed({{"ver", "1"}, {"seq", "1"}});
  const std::string cut = two + packed({{"filedata", std::string(5000, 'x')}}).substr(0, 4000);
  EXPECT_EQ(run_parser("wechat_cdn", {client(kAsk), server(cut)})->best(), Strength::strong);
}

TEST(WechatCdn, values_are_not_shown) {
  const auto found = run_parser("wechat_cdn", {client(kAsk), server(kAnswer)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_LE(each.octets.size(), 28U);
    EXPECT_EQ(each.octets.find("123"), std::string::npos);
  }
}

TEST(WechatCdn, other_names_and_lengths_are_nothing) {
  std::string longer = framed(kAsk);
  longer[24] = static_cast<char>(longer[24] + 1);
  for (const std::string& each :
       {packed({{"ver", "1"}, {"seq", "1"}, {"name", "x"}, {"type", "y"}, {"filetype", "1"}}),
        longer, packed({{"ver!", "1"}}), hex("00000000 00000000"), hex("0000ffff"),
        framed(kAsk).substr(0, 24), "\xab" + std::string(40, '\0'), std::string(40, 'x')}) {
    EXPECT_EQ(run_parser("wechat_cdn", {client(each)})->best(), Strength::none);
  }
  Pairs many(200, {"name", "value"});
  EXPECT_FALSE(run_parser("wechat_cdn", {client(packed(many))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
