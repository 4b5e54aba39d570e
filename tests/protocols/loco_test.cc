#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string le32(size_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i, value >>= 8) out += static_cast<char>(value);
  return out;
}
// Identifier, status 0, method, type 0, length, BSON that is a document of one binary value or so.
std::string packet(uint32_t id, std::string method, size_t bson_octets) {
  method.resize(11, '\0');
  const std::string bson =
      le32(bson_octets) + std::string(bson_octets - 5, 'b') + std::string(1, '\0');
  return le32(id) + std::string(2, '\0') + method + std::string(1, '\0') + le32(bson_octets) + bson;
}
/// Octets without a pattern.
std::string noise(size_t count, uint32_t seed) {
  std::string out;
  while (out.size() < count) {
    seed = seed * 1664525 + 1013904223;
    out += static_cast<char>(seed >> 24);
  }
  return out;
}
std::string key(char way = 12, char cipher = 2) {
  return le32(256) + std::string{way, 0, 0, 0} + std::string{cipher, 0, 0, 0} +
         noise(256, 9);
}
std::string frame(const std::string& sealed) {
  return le32(sealed.size()) + sealed;
}
/// As sealed in 2015: the first packets of a connection meet the same keystream.
std::string old_frame(const std::string& clear) {
  const std::string stream = noise(clear.size(), 77);
  std::string sealed = clear;
  for (size_t i = 0; i < sealed.size(); ++i) sealed[i] = static_cast<char>(sealed[i] ^ stream[i]);
  return frame(sealed);
}
Start midstream() {
  Start start;
  start.midstream = true;
  return start;
}

TEST(Loco, packet_in_clear_is_strong_and_its_answer_proof) {
  EXPECT_EQ(run_parser("loco", {client(packet(1, "GETCONF", 40))})->best(), Strength::strong);
  const std::vector<Said> talk = {client(packet(1, "GETCONF", 40)),
                                  server(packet(1, "GETCONF", 300))};
  const auto found = run_parser("loco", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("kakaotalk.method")), "GETCONF");
  expect_parser_habits("loco", talk);
}

TEST(Loco, answer_under_another_identifier_is_no_proof) {
  EXPECT_EQ(run_parser("loco", {client(packet(1, "GETCONF", 40)), server(packet(2, "GETCONF", 40))})
                ->best(),
            Strength::strong);
}

TEST(Loco, key_and_frames_of_both_sides_are_proof) {
  EXPECT_EQ(run_parser("loco", {client(key())})->best(), Strength::strong);
  // The header alone is a length and two small numbers, as others have them.
  EXPECT_FALSE(run_parser("loco", {client(key().substr(0, 12) + std::string(256, '\x6e'))})->refuted.empty());
  const std::vector<Said> talk = {client(key() + frame(noise(120, 1))),
                                  server(frame(noise(700, 2))), client(frame(noise(60, 3)))};
  EXPECT_EQ(run_parser("loco", talk)->best(), Strength::proof);
  expect_parser_habits("loco", talk);
}

TEST(Loco, packets_under_one_keystream_are_proof_without_the_beginning) {
  const std::vector<Said> talk = {client(old_frame(packet(7, "PING", 5))),
                                  server(old_frame(packet(7, "PING", 21)))};
  const auto found = run_parser("loco", talk, 0, midstream());
  EXPECT_TRUE(found->has("keystream"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("loco", talk, midstream());
}

TEST(Loco, frames_that_only_begin_alike_are_no_proof) {
  const std::string a = noise(16, 5);
  EXPECT_EQ(run_parser("loco", {client(frame(a + noise(40, 6))), server(frame(a + noise(90, 7)))},
                       0, midstream())
                ->best(),
            Strength::none);
}

TEST(Loco, random_frames_in_the_middle_are_not_locos_alone) {
  std::string frames;
  for (uint32_t i = 0; i < 6; ++i) frames += frame(noise(60 + i, 100 + i));
  EXPECT_EQ(run_parser("loco", {server(frames)}, 0, midstream())->best(), Strength::none);
  EXPECT_EQ(run_parser("loco", {server(frames)})->best(), Strength::none);
  std::string clear;
  for (size_t i = 0; i < 6; ++i) clear += frame(std::string(60 + i, 'c'));
  EXPECT_EQ(run_parser("loco", {server(clear)}, 0, midstream())->best(), Strength::none);
}

TEST(Loco, look_alikes_are_refused) {
  std::string no_bson = packet(1, "GETCONF", 40);
  no_bson[22] = 41;
  for (const std::string& other : {key(32), key(12, 4), packet(1, "getconf", 40), no_bson,
                                   std::string("USER anonymous example example")}) {
    const auto found = run_parser("loco", {client(other)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
}

}  // namespace
}  // namespace parlance::test
