#include <gtest/gtest.h>

#include "support/mtproto_stream.h"

namespace parlance::test {
namespace {

const std::string kKeyId = hex("a56feb66b6180bdf");
const std::string kNonce = noise(16, 1);
const std::string kSecret = hex("00112233445566778899aabbccddeeff");

std::string text_note(const RecordingFindings& findings, const std::string& key) {
  const auto found = findings.notes.find(key);
  return found == findings.notes.end() ? "" : std::get<std::string>(found->second);
}

std::string message(size_t blocks, uint32_t seed) { return encrypted_message(kKeyId, blocks, seed); }

void give_secret(RecordingFindings& findings) { findings.known_secrets.mtproxies().add(as_bytes(kSecret)); }

TEST(Telegram, abridged_frames_of_both_sides_with_one_key_are_proof) {
  const std::vector<Said> talk = {client("\xef" + abridged(message(10, 1))),
                                  server("\x82\xec\x62\xc8" + abridged(message(3, 2)) + abridged(message(40, 3))),
                                  client(abridged(message(9, 4)))};
  const auto found = run_parser("telegram", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("key-id"));
  EXPECT_EQ(text_note(*found, "telegram.transport"), "abridged");
  EXPECT_EQ(text_note(*found, "telegram.auth_key_id"), "a56feb66b6180bdf");
  expect_parser_habits("telegram", talk);
}

TEST(Telegram, another_key_of_the_server_is_no_proof) {
  const auto found = run_parser("telegram", {client("\xef" + abridged(message(10, 1))),
                                             server(abridged(encrypted_message(noise(8, 9), 3, 2)))});
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(Telegram, one_side_with_one_key_again_and_again_is_strong) {
  const std::vector<Said> talk = {client("\xef" + abridged(message(10, 1)) + abridged(message(4, 2)))};
  EXPECT_EQ(run_parser("telegram", talk)->best(), Strength::strong);
  expect_parser_habits("telegram", talk);
}

TEST(Telegram, what_repeats_itself_is_nothing) {
  const std::string same(400, '\x10');
  EXPECT_EQ(run_parser("telegram", {client("\xef" + same), server(same)})->best(), Strength::none);
  EXPECT_FALSE(run_parser("telegram", {client("\xef" + same), server(same)})->refuted.empty());
}

TEST(Telegram, intermediate_frames_have_four_octets_of_length) {
  const std::vector<Said> talk = {client("\xee\xee\xee\xee" + intermediate(message(10, 1))),
                                  server(intermediate(message(3, 2)))};
  const auto found = run_parser("telegram", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(text_note(*found, "telegram.transport"), "intermediate");
  expect_parser_habits("telegram", talk);
}

TEST(Telegram, padded_frames_may_have_any_length) {
  const std::vector<Said> talk = {client("\xdd\xdd\xdd\xdd" + intermediate(message(10, 1) + "abcdefg")),
                                  server(intermediate(message(3, 2) + "x"))};
  EXPECT_EQ(run_parser("telegram", talk)->best(), Strength::proof);
  expect_parser_habits("telegram", talk);
}

TEST(Telegram, full_frames_have_numbers_and_checksums) {
  const std::vector<Said> talk = {client(full(request_pq(kNonce), 0)), server(full(answer_pq(kNonce), 0))};
  const auto found = run_parser("telegram", talk);
  EXPECT_TRUE(found->has("checksum"));
  EXPECT_TRUE(found->has("nonce"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("telegram", talk);

  std::string damaged = full(request_pq(kNonce), 0);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_EQ(run_parser("telegram", {client(damaged)})->best(), Strength::none);
  EXPECT_EQ(run_parser("telegram", {client(full(request_pq(kNonce), 1))})->best(), Strength::none);
}

TEST(Telegram, a_nonce_that_comes_back_is_proof) {
  const std::vector<Said> talk = {client("\xef" + abridged(request_pq(kNonce))),
                                  server(abridged(answer_pq(kNonce)))};
  EXPECT_TRUE(run_parser("telegram", talk)->has("nonce"));
  EXPECT_EQ(run_parser("telegram", talk)->best(), Strength::proof);
  expect_parser_habits("telegram", talk);
  EXPECT_EQ(run_parser("telegram", {talk[0], server(abridged(answer_pq(noise(16, 2))))})->best(), Strength::strong);
  EXPECT_EQ(run_parser("telegram", {talk[0]})->best(), Strength::strong);
  EXPECT_EQ(run_parser("telegram", {talk[1]})->best(), Strength::strong);  // without the client
}

TEST(Telegram, obfuscated_streams_open_with_the_key_that_they_hold) {
  for (const uint8_t mark : {uint8_t{0xef}, uint8_t{0xee}, uint8_t{0xdd}}) {
    ObfuscatedStream stream(mark);
    const auto frame = mark == 0xef ? abridged : intermediate;
    std::vector<Said> talk = {client(stream.header()), stream.from_client(frame(message(10, 1))),
                              stream.from_server(frame(message(200, 2)) + frame(message(3, 3))),
                              stream.from_client(frame(message(1, 4)))};
    const auto found = run_parser("telegram", talk);
    EXPECT_TRUE(found->has("obfuscated-header"));
    EXPECT_TRUE(found->has("key-id"));
    EXPECT_EQ(found->best(), Strength::proof);
    EXPECT_TRUE(std::get<bool>(found->notes.at("telegram.obfuscated")));
    EXPECT_EQ(found->notes.count("telegram.proxied"), 0U);
    expect_parser_habits("telegram", talk);
  }
}

TEST(Telegram, an_obfuscated_client_alone_is_proof_when_its_frames_fit) {
  ObfuscatedStream stream(0xef);
  EXPECT_EQ(run_parser("telegram", {client(stream.header())})->best(), Strength::strong);
  const Said frames = stream.from_client(abridged(message(10, 1)) + abridged(message(2, 2)));
  EXPECT_EQ(run_parser("telegram", {client(stream.header()), frames})->best(), Strength::proof);
}

TEST(Telegram, a_hole_in_a_message_leaves_the_frames_where_they_are) {
  ObfuscatedStream stream(0xef);
  const std::string long_one = abridged(message(300, 1));
  const Said first = stream.from_client(long_one), second = stream.from_client(abridged(message(3, 2)));
  RecordingFindings findings;
  const auto parser = find_parser("telegram")->make({});
  parser->data(Direction::to_server, as_bytes(stream.header()), findings);
  parser->data(Direction::to_server, as_bytes(first.octets.substr(0, 1000)), findings);
  parser->gap(Direction::to_server, 2000, findings);
  parser->data(Direction::to_server, as_bytes(first.octets.substr(3000)), findings);
  parser->data(Direction::to_server, as_bytes(second.octets), findings);
  EXPECT_TRUE(findings.has("key-id-again"));
}

TEST(Telegram, a_proxys_stream_opens_with_its_secret_only) {
  ObfuscatedStream stream(0xdd, kSecret, 4);
  const std::vector<Said> talk = {client(stream.header()), stream.from_client(intermediate(message(4, 1) + "pad")),
                                  stream.from_server(intermediate(message(8, 2)))};
  EXPECT_FALSE(run_parser("telegram", talk)->refuted.empty());
  const auto found = run_parser("telegram", talk, 0, {}, give_secret);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(std::get<bool>(found->notes.at("telegram.proxied")));
  EXPECT_EQ(std::get<int64_t>(found->notes.at("telegram.data_centre")), 4);
  expect_parser_habits("telegram", talk, {}, give_secret);
  for (const Confirmation& each : found->confirmed) EXPECT_EQ(each.octets.find(kSecret), std::string::npos);
}

TEST(Telegram, an_error_of_the_server_is_a_message) {
  ObfuscatedStream stream(0xee);
  const std::vector<Said> talk = {client(stream.header()), stream.from_client(intermediate(message(4, 1))),
                                  stream.from_server(intermediate(little_endian(uint32_t(-404), 4)))};
  const auto found = run_parser("telegram", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("telegram.error")), -404);
}

TEST(Telegram, a_stream_without_its_beginning_is_told_by_its_key) {
  Start start;
  start.midstream = true;
  const std::vector<Said> talk = {client("\xa2" + message(7, 1)), server("\x82\xec\x62\xc8"),
                                  server(abridged(message(3, 2)) + abridged(message(4, 3)))};
  EXPECT_EQ(talk[0].octets.size(), 137U);  // 0x22 words, and a quick acknowledgement is asked for
  EXPECT_EQ(run_parser("telegram", talk, 0, start)->best(), Strength::proof);
  expect_parser_habits("telegram", talk, start);
  EXPECT_EQ(run_parser("telegram", talk)->best(), Strength::none);
  // One frame of each side may be a greeting that both sides have.
  EXPECT_EQ(run_parser("telegram", {talk[0], server(abridged(message(3, 2)))}, 0, start)->best(), Strength::none);
}

TEST(Telegram, full_frames_without_their_beginning_have_numbers_and_checksums) {
  Start start;
  start.midstream = true;
  const std::vector<Said> talk = {client(full(message(7, 1), 41) + full(message(7, 2), 42)),
                                  server(full(message(3, 3), 17))};
  EXPECT_EQ(run_parser("telegram", talk, 0, start)->best(), Strength::proof);
  expect_parser_habits("telegram", talk, start);
  const std::vector<Said> skipped = {client(full(message(7, 1), 41) + full(message(7, 2), 43))};
  EXPECT_LE(run_parser("telegram", skipped, 0, start)->best(), Strength::strong);
  std::string wrong = full(message(7, 1), 41);
  wrong.back() ^= 1;
  EXPECT_EQ(run_parser("telegram", {client(wrong)}, 0, start)->best(), Strength::none);
}

TEST(Telegram, the_key_exchange_has_the_senders_time) {
  const auto with_id = [](uint64_t id) {
    std::string request = request_pq(noise(16, 1));
    request.replace(8, 8, little_endian(id, 8));
    return run_parser("telegram", {client("\xef" + abridged(request))})->best();
  };
  EXPECT_EQ(with_id(0), Strength::strong);
  EXPECT_EQ(with_id(0x65a1b2c3'00000004), Strength::strong);
  EXPECT_EQ(with_id(0x65a1b2c3'00000001), Strength::none) << "a server's";
  EXPECT_EQ(with_id(0x00000002'00000004), Strength::none) << "before there was Telegram";
}

// "R" is a frame's length to the abridged transport, and both sides of RFB begin with the same words.
TEST(Telegram, a_greeting_that_both_sides_have_is_no_key) {
  Start start;
  start.midstream = true;
  const std::vector<Said> vnc = {server("RFB 003.008\n"), client("RFB 003.008\n\x02" + noise(16, 1)),
                                 server("\x01\x02" + noise(500, 2)), client(noise(500, 3))};
  EXPECT_EQ(run_parser("telegram", vnc, 0, start)->best(), Strength::none);
}

TEST(Telegram, random_heads_prove_nothing) {
  int strong = 0;
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    const auto found = run_parser("telegram", {client(noise(96, seed)), server(noise(96, ~seed))});
    strong += found->best() == Strength::none ? 0 : 1;
  }
  EXPECT_EQ(strong, 0);
}

TEST(Telegram, other_beginnings_are_refuted_at_64_octets_at_the_latest) {
  for (const std::string& each : {std::string(64, 'A'), std::string(64, '\0'), "\x16\x03\x01\x02" + noise(60, 3),
                                  "GET " + noise(60, 3), noise(4, 3) + std::string(4, '\0') + noise(56, 4)}) {
    EXPECT_FALSE(run_parser("telegram", {client(each)})->refuted.empty());
  }
}

}  // namespace
}  // namespace parlance::test
