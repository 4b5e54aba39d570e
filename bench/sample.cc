#include "sample.h"

#include <algorithm>
#include <cstdlib>

#include "protocols/support/hkdf.h"
#include "protocols/support/tls_nonce.h"
#include "setup.h"

namespace parlance::bench {
namespace {

void append_be(std::vector<uint8_t>& octets, uint64_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    octets.push_back(static_cast<uint8_t>(value >> shift));
  }
}
void append_le(std::vector<uint8_t>& octets, uint64_t value, int width) {
  for (int i = 0; i < width; ++i) octets.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// A text frame (RFC 6455 section 5.2); masked with zeros if a client sends it.
std::string text_frame(const std::string& text, bool masked) {
  std::string frame = "\x81";
  frame += static_cast<char>(text.size() | (masked ? 0x80U : 0U));
  if (masked) frame += std::string(4, '\0');
  return frame + text;
}

/// Octets behind their length.
std::string sized(int width, const std::string& octets) {
  std::vector<uint8_t> length;
  append_be(length, octets.size(), width);
  return std::string(length.begin(), length.end()) + octets;
}

/// A TLS record (RFC 8446 section 5.1) with one handshake message (section 4).
std::string handshake_record(char type, const std::string& body) {
  return std::string("\x16\x03\x03", 3) + sized(2, std::string(1, type) + sized(3, body));
}

/// RFC 6066 section 3.
std::string server_name(const std::string& name) {
  return std::string("\0\0", 2) + sized(2, sized(2, '\0' + sized(2, name)));
}

/// One record's body (RFC 8446 section 5.2): content, type and tag. The cipher has its key.
std::vector<uint8_t> sealed(EVP_CIPHER_CTX* context, const AeadNonce& nonce, Bytes header,
                            std::vector<uint8_t> content) {
  constexpr uint8_t kApplicationData = 23;
  constexpr int kTag = 16;
  content.push_back(kApplicationData);
  const auto size = static_cast<int>(content.size());
  int length = 0;
  EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr);
  EVP_EncryptUpdate(context, nullptr, &length, header.data(), static_cast<int>(header.size()));
  EVP_EncryptUpdate(context, content.data(), &length, content.data(), size);
  content.resize(content.size() + kTag);
  EVP_EncryptFinal_ex(context, content.data() + size, &length);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTag, content.data() + size);
  return content;
}

}  // namespace

TlsRecords tls_records(const TlsCipherSuite& suite, size_t count, size_t octets) {
  const char* const cipher = suite.aead == AeadKind::aes_128_gcm   ? "AES-128-GCM"
                             : suite.aead == AeadKind::aes_256_gcm ? "AES-256-GCM"
                                                                   : "ChaCha20-Poly1305";
  TlsRecords records;
  records.secret = noise(digest_octets(suite.prf));
  records.header = {23, 3, 3};
  append_be(records.header, octets + 17, 2);
  const auto key = hkdf_expand_label(suite.prf, records.secret, "key", {}, suite.key_octets);
  const auto iv = hkdf_expand_label(suite.prf, records.secret, "iv", {}, kAeadNonceOctets);
  AeadNonce nonce{};
  std::copy(iv.begin(), iv.end(), nonce.begin());
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_EncryptInit_ex2(context.get(), cipher_named(cipher), key.data(), nullptr, nullptr);
  for (uint64_t number = 0; number < count; ++number) {
    records.bodies.push_back(
        sealed(context.get(), nonce_of(nonce, number), records.header, noise(octets)));
  }
  return records;
}

std::vector<Said> websocket_talk() {
  std::vector<Said> talk = {
      {Direction::to_server,
       "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
       "Origin: http://example.com\r\nSec-WebSocket-Version: 13\r\n\r\n"},
      {Direction::to_client,
       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"}};
  for (int i = 0; i < 10; ++i) {
    talk.push_back({Direction::to_server, text_frame("{\"say\":\"hello\"}", true)});
    talk.push_back({Direction::to_client, text_frame("{\"said\":\"hello\"}", false)});
  }
  return talk;
}

std::vector<Said> http_talk(size_t body) {
  std::vector<Said> talk = {
      {Direction::to_server, "GET /large HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\n\r\n"},
      {Direction::to_client,
       "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
       "Content-Length: " +
           std::to_string(body) + "\r\n\r\n"}};
  for (; body > 0; body -= std::min<size_t>(body, 1400)) {
    talk.push_back({Direction::to_client, std::string(std::min<size_t>(body, 1400), 'x')});
  }
  return talk;
}

std::vector<Said> tls_talk() {
  const std::string version("\x03\x03", 2), random(32, 'r'), no_compression("\x01\0", 2);
  const std::string versions("\0\x2b\0\x03\x02\x03\x04", 7), chosen("\0\x2b\0\x02\x03\x04", 6);
  const std::string ciphers("\x13\x01\x13\x02\xc0\x2f\xc0\x30", 8), cipher("\x13\x01", 2);
  const std::string client = version + random + sized(1, random) + sized(2, ciphers) +
                             no_compression + sized(2, server_name("chat.example") + versions);
  const std::string server = version + random + sized(1, random) + cipher + '\0' + sized(2, chosen);
  return {{Direction::to_server, handshake_record(1, client)},
          {Direction::to_client, handshake_record(2, server)}};
}

std::vector<uint8_t> noise(size_t octets) {
  std::vector<uint8_t> all(octets);
  uint32_t state = 1;
  for (uint8_t& each : all) {
    each = static_cast<uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  }
  return all;
}

std::vector<uint8_t> tcp_frame(uint32_t client, uint32_t sequence, uint8_t flags, Bytes payload) {
  std::vector<uint8_t> frame;
  append_be(frame, 0x020000000002, 6);
  append_be(frame, 0x020000000001, 6);
  append_be(frame, 0x0800, 2);
  append_be(frame, 0x4500, 2);  // version, header length, no service class
  append_be(frame, 40 + payload.size(), 2);
  append_be(frame, 0x00004000, 4);  // no fragment
  append_be(frame, 0x40060000, 4);  // TTL, TCP, no checksum
  append_be(frame, 0x0a000000 + client, 4);
  append_be(frame, 0xc0000201, 4);
  append_be(frame, 40000 + client % 20000, 2);
  append_be(frame, 80, 2);
  append_be(frame, sequence, 4);
  append_be(frame, 1, 4);
  append_be(frame, 0x5000U | flags, 2);
  append_be(frame, 0xffff0000, 4);  // window, no checksum
  append_be(frame, 0, 2);
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

std::vector<uint8_t> pcap_file(size_t count, uint32_t clients) {
  std::vector<uint8_t> file;
  append_le(file, 0xa1b2c3d4, 4);
  append_le(file, 0x00040002, 4);  // version 2.4
  append_le(file, 0, 8);
  append_le(file, 262144, 4);
  append_le(file, 1, 4);  // Ethernet
  const std::vector<uint8_t> payload(120, 'x');
  for (size_t i = 0; i < count; ++i) {
    const auto turn = static_cast<uint32_t>(i / clients);
    const auto frame = tcp_frame(static_cast<uint32_t>(i % clients), 1 + turn * 120,
                                 tcp_flag::kAck | tcp_flag::kPush, payload);
    append_le(file, 1'700'000'000 + i / 1'000'000, 4);
    append_le(file, i % 1'000'000, 4);
    append_le(file, frame.size(), 4);
    append_le(file, frame.size(), 4);
    file.insert(file.end(), frame.begin(), frame.end());
  }
  return file;
}

DecodedPacket packet_of(uint32_t client, uint64_t ordinal) {
  DecodedPacket packet;
  const uint8_t source[] = {10, static_cast<uint8_t>(client >> 16),
                            static_cast<uint8_t>(client >> 8), static_cast<uint8_t>(client)};
  const uint8_t target[] = {192, 0, 2, 1};
  packet.tuple.source = {IpAddress::v4(source), static_cast<uint16_t>(40000 + client % 20000)};
  packet.tuple.destination = {IpAddress::v4(target), 80};
  packet.time = {static_cast<int64_t>(ordinal) * 1000};
  packet.clock = packet.time;
  packet.frame = packet.ordinal = ordinal;
  packet.flags = tcp_flag::kAck;
  packet.ttl = 64;
  return packet;
}

const SignatureSet& signatures() {
  static const std::unique_ptr<SignatureSet> kSet = [] {
    Loaded loaded = load_signatures({PARLANCE_SOURCE_DIR "/signatures"}, loader_context());
    auto built = SignatureSet::build(std::move(loaded.signatures), PARLANCE_BENCH_CACHE);
    if (!built) std::abort();
    return std::move(*built);
  }();
  return *kSet;
}

}  // namespace parlance::bench
