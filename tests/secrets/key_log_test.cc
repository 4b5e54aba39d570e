#include "secrets/key_log.h"

#include <gtest/gtest.h>

namespace parlance::test {
namespace {

const std::string kRandom(64, 'a');
const std::string kMaster(96, '1');
const std::string kTraffic(64, '2');

Bytes random_octets() {
  static const std::string kOctets(32, '\xaa');
  return as_bytes(kOctets);
}

struct Log {
  TlsSecrets secrets;
  KeyLogReader reader{secrets};
  explicit Log(std::string_view text) {
    reader.read(text);
    reader.end();
  }
  size_t length_of(TlsSecretKind kind, Bytes name = random_octets()) const {
    const auto found = secrets.find(kind, name);
    return found ? found->octets().size() : 0;
  }
};

TEST(KeyLog, reads_a_master_secret_and_traffic_secrets) {
  const Log log("# a comment\r\nCLIENT_RANDOM " + kRandom + " " + kMaster + "\r\n\n" +
                "CLIENT_TRAFFIC_SECRET_0 " + kRandom + " " + kTraffic + "\n" +
                "SERVER_HANDSHAKE_TRAFFIC_SECRET " + kRandom + " " + std::string(96, 'F'));
  EXPECT_EQ(log.reader.bad_lines(), 0u);
  EXPECT_EQ(log.length_of(TlsSecretKind::master), 48u);
  EXPECT_EQ(log.length_of(TlsSecretKind::client_application), 32u);
  EXPECT_EQ(log.length_of(TlsSecretKind::server_handshake), 48u);
  EXPECT_EQ(log.length_of(TlsSecretKind::server_application), 0u);
}

TEST(KeyLog, reads_the_old_forms_of_rsa) {
  const Log log("RSA 0102030405060708 " + kMaster + "\nRSA Session-ID:0A0b Master-Key:" + kMaster);
  EXPECT_EQ(log.reader.bad_lines(), 0u);
  EXPECT_EQ(log.length_of(TlsSecretKind::encrypted_premaster,
                          as_bytes("\x01\x02\x03\x04\x05\x06\x07\x08")),
            48u);
  EXPECT_EQ(log.length_of(TlsSecretKind::session_master, as_bytes("\x0a\x0b")), 48u);
}

TEST(KeyLog, is_the_same_however_it_is_cut) {
  const std::string text = "CLIENT_RANDOM " + kRandom + " " + kMaster + "\nno such line\n";
  TlsSecrets secrets;
  KeyLogReader reader(secrets);
  for (const char c : text) reader.read({&c, 1});
  EXPECT_TRUE(secrets.find(TlsSecretKind::master, random_octets()));
  EXPECT_EQ(reader.lines(), 2u);
}

TEST(KeyLog, names_bad_lines_and_goes_on) {
  const Log log("CLIENT_RANDOM " + kRandom + "\n" + "CLIENT_RANDOM xyz " + kMaster + "\n" +
                "CLIENT_RANDOM " + kRandom + " 0102\n" + std::string(9000, 'x') + "\n" +
                "EXPORTER_SECRET " + kRandom + " " + kTraffic + "\n" +  // of something else
                "CLIENT_RANDOM " + kRandom + " " + kMaster + "\n");
  EXPECT_EQ(log.reader.bad_lines(), 4u);
  ASSERT_EQ(log.reader.problems().size(), 4u);
  EXPECT_EQ(log.reader.problems()[0].line, 1u);
  EXPECT_EQ(log.reader.problems()[3].line, 4u);
  EXPECT_EQ(log.reader.problems()[3].what, "the line is too long");
  EXPECT_EQ(log.length_of(TlsSecretKind::master), 48u);
}

TEST(KeyLog, keeps_the_first_of_two_secrets) {
  const Log log("CLIENT_RANDOM " + kRandom + " " + kMaster + "\nCLIENT_RANDOM " + kRandom + " " +
                std::string(96, '9') + "\n");
  EXPECT_EQ(log.secrets.find(TlsSecretKind::master, random_octets())->octets()[0], 0x11);
  EXPECT_EQ(log.secrets.revision(), 1u);
}

}  // namespace
}  // namespace parlance::test
