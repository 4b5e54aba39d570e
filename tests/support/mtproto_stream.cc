#include "support/mtproto_stream.h"

#include <algorithm>

#include <openssl/sha.h>
#include <zlib.h>

namespace parlance::test {
namespace {

std::string sha256(const std::string& text) {
  std::string digest(32, '\0');
  SHA256(as_bytes(text).data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace

std::string noise(size_t count, uint32_t seed) {
  std::string octets;
  for (uint32_t part = 0; octets.size() < count; ++part) {
    octets += sha256(std::to_string(seed) + "/" + std::to_string(part));
  }
  octets.resize(count);
  return octets;
}

std::string little_endian(uint64_t number, size_t octets) {
  std::string text;
  for (size_t i = 0; i < octets; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

std::string encrypted_message(const std::string& key_id, size_t blocks, uint32_t seed) {
  return key_id + noise(16 + 16 * blocks, seed);
}

std::string plain_message(uint32_t constructor, const std::string& nonce, const std::string& rest) {
  const std::string body = little_endian(constructor, 4) + nonce + rest;
  const bool from_server = constructor == 0x05162463 || constructor == 0xd0e8075c || constructor == 0x3bcbf734;
  const uint64_t id = 0x65a1b2c3'00000000 + (from_server ? 1 : 0);
  return little_endian(0, 8) + little_endian(id, 8) + little_endian(body.size(), 4) + body;
}

std::string request_pq(const std::string& nonce) { return plain_message(0xbe7e8ef1, nonce); }

std::string answer_pq(const std::string& nonce) {
  return plain_message(0x05162463, nonce,
                       noise(16, 77) + hex("08 17ed48941a08f981 000000 15c4b51c 01000000 d09d1d85de64fd85"));
}

std::string abridged(const std::string& message) {
  const size_t words = message.size() / 4;
  if (words < 0x7f) return static_cast<char>(words) + message;
  return "\x7f" + little_endian(words, 3) + message;
}

std::string intermediate(const std::string& message) {
  return little_endian(message.size(), 4) + message;
}

std::string full(const std::string& message, uint32_t number) {
  const std::string covered = little_endian(message.size() + 12, 4) + little_endian(number, 4) + message;
  return covered + little_endian(crc32(0, as_bytes(covered).data(), static_cast<uInt>(covered.size())), 4);
}

ObfuscatedStream::ObfuscatedStream(uint8_t mark, const std::string& secret, uint16_t data_centre) {
  header_ = noise(56, 5 + mark) + std::string(4, static_cast<char>(mark)) + little_endian(data_centre, 2) + noise(2, 6);
  const auto key_of = [&](const std::string& from) {
    const std::string key = from.substr(8, 32);
    return secret.empty() ? key : sha256(key + secret);
  };
  to_server_ = std::make_unique<AesCtr>(as_bytes(key_of(header_)), as_bytes(header_.substr(40, 16)));
  const std::string end = apply(*to_server_, client_offset_, header_).substr(56);
  header_.replace(56, 8, end);
  const std::string reversed(header_.rbegin(), header_.rend());
  to_client_ = std::make_unique<AesCtr>(as_bytes(key_of(reversed)), as_bytes(reversed.substr(40, 16)));
}

std::string ObfuscatedStream::apply(const AesCtr& cipher, uint64_t& offset, const std::string& clear) {
  std::vector<uint8_t> octets(clear.size());
  cipher.apply(offset, as_bytes(clear), octets);
  offset += clear.size();
  return std::string(as_text(octets));
}

Said ObfuscatedStream::from_client(const std::string& clear) {
  return client(apply(*to_server_, client_offset_, clear));
}
Said ObfuscatedStream::from_server(const std::string& clear) {
  return server(apply(*to_client_, server_offset_, clear));
}

}  // namespace parlance::test
