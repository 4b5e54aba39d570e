#include <gtest/gtest.h>

#include "protocols/support/quic_packet.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// A client's Initial (not to be opened: its payload is zeroes) of 1,200 octets.
std::string client_initial(const std::string& version = "00000001") {
  const std::string header = hex("c3" + version +       // long header, Initial
                                 "08 8394c8f03e515708"  // destination
                                 "05 6162636465"        // source
                                 "00 4499");            // no token, 1,177 octets follow
  return header + std::string(0x499, '\0');
}
// RFC 9001 appendix A.3 with the client's identifier empty.
const std::string kServerInitial =
    hex("cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554"
        "780bb3"
        "8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb"
        "19fb84"
        "022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee");
std::string server_handshake() {
  return hex("e3 00000001 05 6162636465 04 51525354 4020") + std::string(0x20, '\x7a');
}

TEST(Quic, long_header_that_fits_is_strong) {
  const auto found = run_parser("quic", {client(client_initial())});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->has("long-header"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("quic.version")), "1");
}

TEST(Quic, identifiers_that_agree_are_proof) {
  const auto found = run_parser("quic", {client(client_initial()), server(server_handshake())});
  EXPECT_TRUE(found->has("connection-ids"));
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Quic, initial_of_the_rfc_opens_and_tells_the_cipher) {
  const auto found = run_parser("quic", {client(client_initial()), server(kServerInitial)});
  EXPECT_TRUE(found->has("initial-opened"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("tls.cipher")), "0x1301");
  EXPECT_EQ(std::get<std::string>(found->notes.at("tls.version")), "TLSv1.3");
}

// RFC 9287: only what follows a packet that was opened may have its second bit cleared.
TEST(Quic, the_fixed_bit_may_vary_once_the_connection_is_known) {
  std::string varied = server_handshake();
  varied[0] = static_cast<char>(varied[0] & ~0x40);
  ByteReader strict(as_bytes(varied));
  EXPECT_FALSE(read_quic_packet(strict));
  ByteReader lenient(as_bytes(varied));
  EXPECT_TRUE(read_quic_packet(lenient, true));
}

TEST(Quic, keys_that_never_fit_are_given_up_after_eight_packets) {
  const auto opened = [](int forged) {
    std::vector<Said> talk(static_cast<size_t>(forged), client(client_initial()));
    talk.push_back(server(kServerInitial));
    return run_parser("quic", talk)->has("initial-opened");
  };
  EXPECT_TRUE(opened(7));
  EXPECT_FALSE(opened(8));
}

TEST(Quic, packets_of_a_version_without_keys_are_no_failures) {
  std::vector<Said> talk(10, client(client_initial("51303530")));  // Q050
  talk.push_back(server(kServerInitial));
  EXPECT_TRUE(run_parser("quic", talk)->has("initial-opened"));
}

// Each change of version derives keys anew.
TEST(Quic, keys_are_derived_eight_times_at_most) {
  const auto opened = [](int changes) {
    std::vector<Said> talk;
    for (int i = 0; i < changes; ++i) {
      // A server's packet must not be padded, but is no longer than this either.
      std::string other = kServerInitial;
      other.replace(1, 4, hex(i % 2 == 0 ? "51303530" : "54303530"));
      talk.push_back(server(other));
    }
    talk.insert(talk.begin(), client(client_initial("51303530")));
    talk.push_back(server(kServerInitial));
    return run_parser("quic", talk)->has("initial-opened");
  };
  EXPECT_TRUE(opened(6));
  EXPECT_FALSE(opened(8));
}

TEST(Quic, version_negotiation_with_exchanged_identifiers_is_proof) {
  const std::string list = hex("80 00000000 05 6162636465 08 8394c8f03e515708 00000001 6b3343cf");
  EXPECT_TRUE(
      run_parser("quic", {client(client_initial()), server(list)})->has("version-negotiation"));
  EXPECT_EQ(run_parser("quic", {server(list)})->best(), Strength::none);
}

TEST(Quic, client_initial_must_be_padded) {
  const std::string small =
      hex("c3 00000001 08 8394c8f03e515708 00 00 4020") + std::string(32, 'x');
  EXPECT_EQ(run_parser("quic", {client(small)})->best(), Strength::none);
}

TEST(Quic, google_hello_is_strong) {
  const std::string hello = hex("0d 0102030405060708") + "Q043" + hex("01") + std::string(12, 'h') +
                            hex("a0 01 0400") + "CHLO" + std::string(1000, '\0');
  const auto found = run_parser("quic", {client(hello)});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(std::get<std::string>(found->notes.at("quic.version")), "Q043");
}

TEST(Quic, google_hello_of_q046_has_its_version_second) {
  const std::string hello = hex("c3") + "Q046" + hex("50 b4a4f9f5f42edd39 00000001") +
                            std::string(12, 'h') + hex("a0 01 0400") + "CHLO" +
                            std::string(1000, '\0');
  EXPECT_EQ(run_parser("quic", {client(hello)})->best(), Strength::strong);
}

TEST(Quic, what_is_not_quic_is_refused) {
  const std::string rtp = hex("8060 0001 00000000 11111111") + std::string(160, 'a');
  EXPECT_FALSE(run_parser("quic", std::vector<Said>(10, client(rtp)))->refuted.empty());
  EXPECT_EQ(run_parser("quic", {client(client_initial("00000007"))})->best(), Strength::none);
  const std::string longer = client_initial().substr(0, 1199);  // the length says more
  EXPECT_EQ(run_parser("quic", {client(longer)})->best(), Strength::none);
}

TEST(Quic, has_the_habits_of_a_parser) {
  expect_parser_habits("quic", {client(client_initial()), server(kServerInitial)});
}

}  // namespace
}  // namespace parlance::test
