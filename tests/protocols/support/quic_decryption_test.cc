// QUIC connections whose secrets are known, through the parser.
#include "protocols/support/quic_decryption.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "protocols/support/quic_packet.h"
#include "protocols/support/quic_stream_part.h"
#include "support/quic_sender.h"
#include "support/recording_findings.h"
#include "support/sealing.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

const std::string kFirstId = hex("8394c8f03e515708"), kClientId = "client", kServerId = "serv";

/// QUIC's variable-length integer, in two octets.
std::string number(size_t value) {
  return {static_cast<char>(0x40 | value >> 8), static_cast<char>(value)};
}
std::string crypto(const std::string& octets, size_t offset = 0) {
  return "\x06" + number(offset) + number(octets.size()) + octets;
}
std::string stream(char id, const std::string& octets, bool last = false, size_t offset = 0) {
  return std::string(1, last ? '\x0f' : '\x0e') + id + number(offset) + number(octets.size()) + octets;
}

/// Two endpoints that know their secrets, and a parser between them.
class QuicDecryptionTest : public testing::Test {
 protected:
  QuicDecryptionTest() {
    parser = find_parser("quic")->make({Carrier::udp, Unit::message, false, false, nullptr});
  }

  void know(TlsSecretKind kind) {
    findings.known_secrets.add(kind, as_bytes(std::string(32, 'R')), secret(kind));
  }
  void know_all() {
    for (const auto kind : {TlsSecretKind::client_handshake, TlsSecretKind::server_handshake,
                            TlsSecretKind::client_application, TlsSecretKind::server_application}) {
      know(kind);
    }
  }
  static std::vector<uint8_t> secret(TlsSecretKind kind) {
    return pattern(32, 1 + static_cast<uint32_t>(kind));
  }

  void give(Direction direction, const std::string& datagram) {
    if (!findings.is_over()) parser->data(direction, as_bytes(datagram), findings);
  }
  /// A packet with a long header; `first` is its first octet.
  std::string long_packet(Direction from, char first, Bytes with, std::string frames,
                          size_t at_least = 40) {
    if (frames.size() < at_least) frames.resize(at_least, '\0');
    const bool client = from == Direction::to_server;
    const bool initial = static_cast<uint8_t>(first) < 0xd0;
    const std::string& to = client ? (initial ? kFirstId : kServerId) : kClientId;
    const std::string& mine = client ? kClientId : kServerId;
    const std::string header = std::string(1, first) + hex("00000001") +
                               static_cast<char>(to.size()) + to + static_cast<char>(mine.size()) +
                               mine + (initial ? std::string(1, '\0') : std::string()) +
                               number(4 + frames.size() + 16);
    return sealed_quic_packet(suite, 1, with, header, next[index(from)]++, frames);
  }
  std::string initial(Direction from, const std::string& frames) {
    return long_packet(from, '\xc0', initial_quic_secret(as_bytes(kFirstId), from), frames,
                       from == Direction::to_server ? 1180 : 40);
  }
  std::string handshake(Direction from, const std::string& frames) {
    return long_packet(from, '\xe0',
                       secret(from == Direction::to_server ? TlsSecretKind::client_handshake
                                                           : TlsSecretKind::server_handshake),
                       frames);
  }
  std::string one_rtt(Direction from, const std::string& frames, const std::string& to = {}) {
    const bool client = from == Direction::to_server;
    const std::string id = !to.empty() ? to : client ? kServerId : kClientId;
    return sealed_quic_packet(suite, 1,
                              secret(client ? TlsSecretKind::client_application
                                            : TlsSecretKind::server_application),
                              std::string(1, '\x40') + id, next[index(from)]++,
                              frames + std::string(20, '\0'));
  }
  void hellos(const std::string& behind_servers = {}) {
    give(Direction::to_server,
         initial(Direction::to_server, crypto(handshake_message(1, client_hello_body()))));
    const std::string server_hello = hex("0303") + std::string(32, 'S') + hex("00 1301 00") +
                                     hex("0006 002b 0002 0304");
    give(Direction::to_client,
         initial(Direction::to_client, crypto(handshake_message(2, server_hello))) +
             behind_servers);
  }
  std::string extensions(const std::string& alpn) {
    const auto size = static_cast<char>(alpn.size());
    const std::string extension = std::string("\0\x10\0", 3) + static_cast<char>(size + 3) +
                                  std::string(1, '\0') + static_cast<char>(size + 1) + size + alpn;
    return crypto(handshake_message(
        8, std::string(1, '\0') + static_cast<char>(extension.size()) + extension));
  }
  int64_t unopened() {
    const auto found = findings.notes.find("quic.unopened_packets");
    return found == findings.notes.end() ? 0 : std::get<int64_t>(found->second);
  }

  TlsCipherSuite suite = tls_cipher_suite(0x1301).value();
  uint32_t next[2] = {0, 0};
  RecordingFindings findings;
  std::unique_ptr<Parser> parser;
};

TEST_F(QuicDecryptionTest, ends_with_the_hellos_where_no_secret_is_known) {
  hellos();
  EXPECT_TRUE(findings.finished);
  EXPECT_FALSE(findings.notes.contains("quic.unopened_packets"));
}

TEST_F(QuicDecryptionTest, secrets_of_other_connections_change_nothing) {
  findings.known_secrets.add(TlsSecretKind::client_application, as_bytes(std::string(32, 'X')),
                             secret(TlsSecretKind::client_application));
  hellos();
  EXPECT_TRUE(findings.finished);
}

TEST_F(QuicDecryptionTest, streams_of_http3_become_parts_in_one_channel) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("h3")));
  EXPECT_EQ(std::get<std::vector<std::string>>(findings.notes.at("tls.alpn")),
            std::vector<std::string>{"h3"});
  EXPECT_TRUE(findings.has("handshake-opened"));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "later", true, 6)));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "sooner")));
  give(Direction::to_client, one_rtt(Direction::to_client, stream(0, "answer", true)));
  EXPECT_TRUE(findings.has("application-opened"));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].parser, "http3");
  EXPECT_EQ(findings.inner[0].carrier, Carrier::quic);
  ASSERT_EQ(findings.inner[0].messages[0].size(), 2U);
  const auto part = read_quic_stream_part(as_bytes(findings.inner[0].messages[0][1]));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->kind, QuicStreamPart::Kind::last);
  EXPECT_EQ(as_text(part->octets), "later");
  EXPECT_EQ(findings.inner[0].messages[1].size(), 1U);
  EXPECT_EQ(unopened(), 0);
}

TEST_F(QuicDecryptionTest, streams_of_an_unknown_protocol_become_channels_a_few_of_them) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("xmpp-client")));
  for (char id = 0; id < 120; id = static_cast<char>(id + 4)) {
    give(Direction::to_server, one_rtt(Direction::to_server, stream(id, "<stream")));
  }
  ASSERT_EQ(findings.inner.size(), 16U);
  EXPECT_EQ(findings.inner[3].bytes[0], "<stream");
  EXPECT_EQ(findings.inner[3].unit, Unit::bytes);
}

TEST_F(QuicDecryptionTest, questions_of_dns_become_one_stream) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("doq")));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, std::string("\0\2q", 3))));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(4, std::string("\0\2xy", 4), true)));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "r", true, 3)));
  give(Direction::to_client, one_rtt(Direction::to_client, stream(4, std::string("\0\1a", 3), true)));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].parser, "dns_tcp");
  EXPECT_EQ(findings.inner[0].bytes[0], std::string("\0\2xy\0\2qr", 8));
  EXPECT_EQ(findings.inner[0].bytes[1], std::string("\0\1a", 3));
}

TEST_F(QuicDecryptionTest, what_follows_a_hole_in_a_message_of_dns_is_left_out) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("doq")));
  findings.limit_values.quic_reorder_octets = 0;  // holes are passed over at once
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "tail", true, 9)));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(4, std::string("\0\4ab", 4))));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(4, "d", true, 5)));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(8, std::string("\0\2xy", 4), true)));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].bytes[0], std::string("\0\2xy", 4));
}

// A secret says nothing of what a flow speaks.
TEST_F(QuicDecryptionTest, what_is_no_quic_is_refuted_as_soon_as_without_secrets) {
  know_all();
  for (int i = 0; i < 8; ++i) give(Direction::to_server, "Hello, this is another protocol.");
  EXPECT_FALSE(findings.refuted.empty());
  EXPECT_EQ(unopened(), 0);
}

TEST_F(QuicDecryptionTest, googles_first_version_is_told_as_without_secrets) {
  know_all();
  give(Direction::to_server, "\x0d" "12345678Q043" + std::string(20, 'h') + "CHLO");
  EXPECT_TRUE(findings.has("google-hello"));
}

TEST_F(QuicDecryptionTest, packets_with_identifiers_told_later_are_opened) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("h3")));
  const std::string other = "0123456789";  // longer than that of the handshake
  const std::string told = hex("18 01 00 0a") + other + std::string(16, 't');
  give(Direction::to_client, one_rtt(Direction::to_client, told));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "moved"), other));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(unopened(), 0);
}

TEST_F(QuicDecryptionTest, packets_that_come_before_the_hello_wait_for_it) {
  know_all();
  know(TlsSecretKind::client_early);
  const std::string early =
      long_packet(Direction::to_server, '\xd0', secret(TlsSecretKind::client_early), stream(0, "early"));
  give(Direction::to_server, early);
  EXPECT_TRUE(findings.inner.empty());
  hellos(handshake(Direction::to_client, extensions("h3")));
  EXPECT_TRUE(findings.has("early-opened"));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_NE(findings.inner[0].bytes[0].find("early"), std::string::npos);
}

TEST_F(QuicDecryptionTest, secrets_that_come_late_open_what_waited) {
  findings.known_secrets.set_may_grow(true);
  hellos(handshake(Direction::to_client, extensions("h3")));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "first")));
  EXPECT_FALSE(findings.finished);
  EXPECT_TRUE(findings.inner.empty());
  know_all();
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "second", false, 5)));
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_NE(findings.inner[0].bytes[0].find("first"), std::string::npos);
  EXPECT_NE(findings.inner[0].bytes[0].find("second"), std::string::npos);
  EXPECT_EQ(unopened(), 0);
}

TEST_F(QuicDecryptionTest, waiting_is_bounded) {
  findings.known_secrets.set_may_grow(true);
  hellos();
  for (int i = 0; i < 70 && !findings.finished; ++i) {
    give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "x")));
  }
  EXPECT_TRUE(findings.finished);
}

TEST_F(QuicDecryptionTest, what_does_not_open_is_counted_and_ends_at_last) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("h3")));
  std::string broken = one_rtt(Direction::to_server, stream(0, "x"));
  broken.back() = static_cast<char>(broken.back() ^ 1);
  give(Direction::to_server, broken);
  EXPECT_EQ(unopened(), 1);
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "x")));
  EXPECT_EQ(findings.inner.size(), 1U);
  for (int i = 0; i < 64; ++i) give(Direction::to_server, broken);
  EXPECT_TRUE(findings.finished);
}

TEST_F(QuicDecryptionTest, ends_when_nobody_listens_or_the_connection_closes) {
  know_all();
  hellos(handshake(Direction::to_client, extensions("h3")));
  give(Direction::to_server, one_rtt(Direction::to_server, stream(0, "behind a hole", false, 9)));
  give(Direction::to_server, one_rtt(Direction::to_server, hex("1d 00 00")));
  EXPECT_TRUE(findings.finished);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].messages[0].size(), 2U) << "a gap, then what was behind it";
}

}  // namespace
}  // namespace parlance::test
