// Opens every protected record of captures whose keys are known: all suites and versions in the
// field, without any of the program's own reading of TLS.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "base/byte_reader.h"
#include "secrets/rsa_keys.h"
#include "protocols/support/tls_key_schedule.h"
#include "support/capture_files.h"
#include "support/recording_findings.h"
#include "support/sealing.h"
#include "support/wire.h"

namespace parlance::test {
namespace {

constexpr uint8_t kChangeCipherSpec = 20, kHandshake = 22, kApplicationData = 23;

/// Secrets of a key log by label and client random, both as there.
using KeyLog = std::map<std::pair<std::string, std::string>, std::string>;

KeyLog read_key_log(const std::string& path) {
  KeyLog log;
  std::ifstream file(path);
  for (std::string label, random, secret; file >> label;) {
    if (label.starts_with("#")) {
      std::getline(file, label);
    } else if (file >> random >> secret) {
      log[{label, hex(random)}] = hex(secret);
    }
  }
  return log;
}

struct Talk {
  std::string octets[2];  ///< of the client, of the server
};

/// A ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2), which old clients send.
bool is_ssl2_hello(std::string_view octets) {
  return octets.size() > 11 && octets[0] == '\x80' && octets[2] == 1 && octets[3] == 3;
}

/// The segments of a direction put together, retransmissions left out, up to the first gap.
std::string joined_segments(const std::map<uint32_t, std::string>& segments) {
  std::string octets;
  for (uint32_t at = segments.begin()->first; const auto& [sequence, payload] : segments) {
    if (sequence > at) break;
    if (at - sequence >= payload.size()) continue;
    octets += payload.substr(at - sequence);
    at = sequence + static_cast<uint32_t>(payload.size());
  }
  return octets;
}

/// Both directions of every TCP connection that begins with a ClientHello.
std::vector<Talk> talks_of(const std::string& path) {
  std::map<std::string, std::map<uint32_t, std::string>> streams;  // by ends, by sequence number
  std::map<std::string, std::string> back;                         // the ends the other way round
  for (const Frame& frame : read_frames(path)) {
    const auto wire = Wire::of(frame);
    if (!wire || !wire->is_tcp() || wire->payload.empty()) continue;
    const std::string name = wire->source() + wire->destination();
    back[name] = wire->destination() + wire->source();
    std::string& place = streams[name][wire->sequence()];
    if (place.size() < wire->payload.size()) place = wire->payload;
  }
  std::vector<Talk> talks;
  for (const auto& [name, segments] : streams) {
    const std::string octets = joined_segments(segments);
    const bool hello = octets.size() > 5 && octets[0] == 22 && octets[1] == 3 && octets[5] == 1;
    if ((!hello && !is_ssl2_hello(octets)) || !streams.contains(back[name])) continue;
    talks.push_back({{octets, joined_segments(streams.at(back[name]))}});
  }
  return talks;
}

struct RecordView {
  Bytes header, body;
  uint8_t type() const { return header[0]; }
};

std::vector<RecordView> records_of(const std::string& octets) {
  std::vector<RecordView> records;
  ByteReader reader(as_bytes(octets));
  if (is_ssl2_hello(octets)) reader.skip(2U + static_cast<uint8_t>(octets[1]));
  while (reader.remaining() >= 5) {
    const Bytes header = first_of(reader.rest(), 5);
    reader.skip(3);
    const Bytes body = reader.bytes(reader.be16());
    if (!reader.ok() || header[1] != 3) break;
    records.push_back({header, body});
  }
  return records;
}

/// What the plain part of a handshake says.
struct Handshake {
  std::string messages[2];  ///< of each side, in the clear
  std::string client_random, server_random;
  uint16_t client_version = 0, version = 0, number = 0;
  bool extended_master = false, encrypt_then_mac = false, truncated_hmac = false;
  Bytes certificate, key_exchange;
  std::string up_to_key_exchange;
};

/// The random is at the end, and may be shorter: zeroes come before it.
void read_ssl2_hello(const std::string& octets, Handshake& handshake) {
  ByteReader reader(as_bytes(octets));
  reader.skip(3);
  handshake.client_version = reader.be16();
  const size_t before = size_t{reader.be16()} + reader.be16();
  const uint16_t length = reader.be16();
  reader.skip(before);
  handshake.client_random = as_text(reader.bytes(length));
  handshake.client_random.insert(0, 32U - std::min<size_t>(32, length), '\0');
}

void read_server_hello(ByteReader body, Handshake& handshake) {
  handshake.version = body.be16();
  handshake.server_random = as_text(body.bytes(32));
  if (handshake.version >> 8 != 0x7f) body.skip(body.u8());  // drafts had no session id
  handshake.number = body.be16();
  if (handshake.version >> 8 != 0x7f) body.skip(1);
  ByteReader extensions = body.sub(body.be16());
  while (extensions.ok() && !extensions.at_end()) {
    const uint16_t type = extensions.be16();
    ByteReader extension = extensions.sub(extensions.be16());
    if (type == 23) handshake.extended_master = true;
    if (type == 22) handshake.encrypt_then_mac = true;
    if (type == 4) handshake.truncated_hmac = true;
    if (type == 43) handshake.version = extension.be16();
  }
}

Handshake read_handshake(const std::vector<RecordView> (&records)[2]) {
  Handshake handshake;
  size_t hello_end = 0, key_exchange_end = 0;  // in the client's messages
  size_t hello_done_end = 0;                   // in the server's
  for (size_t side = 0; side < 2; ++side) {
    for (const RecordView& record : records[side]) {
      if (record.type() != kHandshake) break;
      handshake.messages[side] += as_text(record.body);
    }
    ByteReader reader(as_bytes(handshake.messages[side]));
    while (reader.ok() && !reader.at_end()) {
      const uint8_t type = reader.u8();
      ByteReader body = reader.sub(reader.be24());
      if (!reader.ok()) break;
      if (type == 1) {
        handshake.client_version = body.be16();
        handshake.client_random = as_text(body.bytes(32));
        hello_end = reader.position();
      } else if (type == 2) {
        read_server_hello(body, handshake);
      } else if (type == 11) {
        body.skip(3);
        handshake.certificate = body.bytes(body.be24());
      } else if (type == 14) {
        hello_done_end = reader.position();
      } else if (type == 16) {
        handshake.key_exchange = body.rest();
        key_exchange_end = reader.position();
      }
    }
  }
  const std::string& of_client = handshake.messages[0];
  if (key_exchange_end > hello_end) {
    handshake.up_to_key_exchange = of_client.substr(0, hello_end) +
                                   handshake.messages[1].substr(0, hello_done_end) +
                                   of_client.substr(hello_end, key_exchange_end - hello_end);
  }
  // SSL 3.0 has no length before it.
  if (handshake.version > 0x0300 && handshake.key_exchange.size() > 2) {
    handshake.key_exchange = handshake.key_exchange.subspan(2);
  }
  return handshake;
}

struct Score {
  size_t talks = 0;    ///< with keys
  size_t opened = 0;   ///< records
  size_t refused = 0;  ///< records
  std::string text;    ///< application data, all together
  std::string refused_suites;
};

void note(Score& score, const std::optional<OpenedRecord>& record, const Handshake& handshake) {
  if (record) {
    ++score.opened;
    if (record->type == kApplicationData) score.text += as_text(record->content);
  } else {
    ++score.refused;
    score.refused_suites += tls_cipher_suite(handshake.number)->name() + " ";
  }
}

std::optional<TlsMasterSecret> master_of(const Handshake& handshake, const TlsCipherSuite& suite,
                                         const KeyLog& log, const RsaKeys& keys) {
  if (const auto found = log.find({"CLIENT_RANDOM", handshake.client_random}); found != log.end()) {
    TlsMasterSecret master;
    if (found->second.size() != master.size()) return std::nullopt;
    std::copy(found->second.begin(), found->second.end(), master.begin());
    return master;
  }
  if (!suite.is_rsa_key_exchange() || handshake.key_exchange.empty()) return std::nullopt;
  const auto premaster = keys.decrypt_premaster(handshake.key_exchange, handshake.client_version,
                                                handshake.certificate);
  if (!premaster) return std::nullopt;
  EXPECT_TRUE(premaster->version_fits);
  if (handshake.extended_master) {
    return extended_master(
        handshake.version, suite, premaster->octets,
        handshake_hash(handshake.version, suite, as_bytes(handshake.up_to_key_exchange)));
  }
  return master_from_premaster(
      handshake.version, suite, premaster->octets,
      {as_bytes(handshake.client_random), as_bytes(handshake.server_random)});
}

/// Records between the first ChangeCipherSpec and a second one (a renegotiation).
void open_tls12(const std::vector<RecordView>& records, TlsRecordOpener& opener,
                const Handshake& handshake, Score& score) {
  bool protected_now = false;
  for (const RecordView& record : records) {
    if (record.type() == kChangeCipherSpec) {
      if (protected_now) return;
      protected_now = true;
    } else if (protected_now) {
      note(score, opener.open(record.header, record.body), handshake);
    }
  }
}

/// One secret after another, each until it does not fit any more.
void open_tls13(const std::vector<RecordView>& records, const TlsCipherSuite& suite,
                const std::vector<std::string>& secrets, const Handshake& handshake, Score& score) {
  size_t next = 0;
  std::unique_ptr<TlsRecordOpener> opener;
  for (const RecordView& record : records) {
    if (record.type() != kApplicationData) continue;
    auto result = opener ? opener->open(record.header, record.body) : std::nullopt;
    while (!result && next < secrets.size()) {
      auto other = make_tls13_opener(suite, as_bytes(secrets[next++]), handshake.version);
      result = other ? other->open(record.header, record.body) : std::nullopt;
      if (result) opener = std::move(other);
    }
    note(score, result, handshake);
  }
}

void open_talk(const Talk& talk, const KeyLog& log, const RsaKeys& keys, Score& score) {
  const std::vector<RecordView> records[2] = {records_of(talk.octets[0]),
                                              records_of(talk.octets[1])};
  Handshake handshake = read_handshake(records);
  if (is_ssl2_hello(talk.octets[0])) read_ssl2_hello(talk.octets[0], handshake);
  const auto suite = tls_cipher_suite(handshake.number);
  if (!suite) return;
  if (suite->is_tls13()) {
    for (size_t side = 0; side < 2; ++side) {
      std::vector<std::string> secrets;
      const std::string who = side == 0 ? "CLIENT" : "SERVER";
      for (const char* const label :
           {"_EARLY_TRAFFIC_SECRET", "_HANDSHAKE_TRAFFIC_SECRET", "_TRAFFIC_SECRET_0"}) {
        const auto found = log.find({who + label, handshake.client_random});
        if (found != log.end()) secrets.push_back(found->second);
      }
      if (secrets.empty()) return;
      score.talks += side;
      open_tls13(records[side], *suite, secrets, handshake, score);
    }
    return;
  }
  const auto master = master_of(handshake, *suite, log, keys);
  if (!master) return;
  ++score.talks;
  const TlsKeys both =
      tls12_keys(handshake.version, *suite, *master,
                 {as_bytes(handshake.client_random), as_bytes(handshake.server_random)});
  for (size_t side = 0; side < 2; ++side) {
    const auto opener =
        make_tls12_opener(*suite, handshake.version, side == 0 ? both.client : both.server,
                          {handshake.encrypt_then_mac, handshake.truncated_hmac});
    if (opener) open_tls12(records[side], *opener, handshake, score);
  }
}

struct Case {
  const char *capture, *keys;
  size_t talks, records;
  const char* text;  ///< in the application data; may be empty
};

class TlsProtectionCorpus : public ::testing::TestWithParam<Case> {};

TEST_P(TlsProtectionCorpus, every_record_opens) {
  const char* const corpus = std::getenv("PARLANCE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "PARLANCE_CORPUS names no folder";
  const std::string keys_path = std::string(corpus) + "/keys/" + GetParam().keys;
  RsaKeys keys;
  const bool rsa = keys_path.ends_with("rsasnakeoil2.key");
  if (rsa) {
    ASSERT_TRUE(keys.add_file(keys_path));
  }
  const KeyLog log = rsa ? KeyLog() : read_key_log(keys_path);
  Score score;
  for (const Talk& talk : talks_of(std::string(corpus) + "/pcaps/" + GetParam().capture)) {
    open_talk(talk, log, keys, score);
  }
  EXPECT_EQ(score.refused, 0U) << score.refused_suites;
  EXPECT_EQ(score.talks, GetParam().talks);
  EXPECT_EQ(score.opened, GetParam().records);
  EXPECT_NE(score.text.find(GetParam().text), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    , TlsProtectionCorpus,
    ::testing::Values(
        // RFC 8448's connections, 0-RTT among them; draft 20.
        Case{"debian-wireshark-4.0.17/tls13-rfc8446.pcap", "wsrc__tls13-rfc8446.keys", 2, 13,
             "GET /first"},
        Case{"debian-wireshark-4.0.17/tls13-20-chacha20poly1305.pcap",
             "wsrc__tls13-20-chacha20poly1305.keys", 2, 18, "GET "},
        Case{"syncsynchalt+illustrated-tls13/captures__capture.pcap", "illustrated__tls13.keylog",
             1, 9, "pingpong"},
        Case{"cisco+mercury/test__data__test_decrypt.pcap", "mercury__sslkeylogfile.log", 16, 457,
             "PRI * HTTP/2.0"},
        // TLS 1.2 and SSL 3.0: dozens of suites, AEADs, CBC, RC4, NULL. The data of the second one
        // are compressed.
        Case{"debian-wireshark-4.0.17/tls12-chacha20poly1305.pcap",
             "wsrc__tls12-chacha20poly1305.keys", 7, 35, "GET "},
        Case{"Lekensteyn+wireshark-notes/all__dump.pcapng", "Lekensteyn__all_premaster.txt", 68,
             335, ""},
        Case{"Lekensteyn+wireshark-notes/tls__all__dump.pcapng",
             "Lekensteyn__tls_all_premaster.txt", 36, 210, "GET "},
        Case{"Lekensteyn+wireshark-notes/ssl3__dump.pcapng", "Lekensteyn__ssl3_premaster.txt", 36,
             239, "GET "},
        Case{"Lekensteyn+wireshark-notes/tls__tls-null.pcapng",
             "Lekensteyn__tls__tls-null.pcapng.keylog", 1, 5, "GET "},
        Case{"fkie-cad+pcapFS/tests__crypto__all_ciphers_test__all_ciphers.pcap",
             "pcapfs__all_ciphers.key", 31, 150, "GET "},
        // RSA key exchange; the first one with a hello of SSL 2.0's form, up to a renegotiation,
        // whose session the other connection there resumes.
        Case{"debian-wireshark-4.0.17/rsasnakeoil2.pcap", "wsrc__rsasnakeoil2.key", 1, 9, "GET "},
        Case{"debian-wireshark-4.0.17/tls-renegotiation.pcap", "wsrc__rsasnakeoil2.key", 1, 9,
             "GET "}),
    [](const auto& each) {
      std::string name = each.param.capture;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      return name;
    });

}  // namespace
}  // namespace parlance::test
