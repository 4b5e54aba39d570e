// Builds streams of Telegram's transports, from the published layout, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocols/support/aes_ctr.h"
#include "support/recording_findings.h"

namespace parlance::test {

/// Octets that look random and are always the same for a seed.
std::string noise(size_t count, uint32_t seed);
std::string little_endian(uint64_t number, size_t octets);

/// An encrypted message: the identifier of the key (8 octets), a message key, blocks of 16.
std::string encrypted_message(const std::string& key_id, size_t blocks, uint32_t seed);
/// A message of the key exchange: `constructor`, the client's nonce, and what follows.
std::string plain_message(uint32_t constructor, const std::string& nonce, const std::string& rest = {});
std::string request_pq(const std::string& nonce);
std::string answer_pq(const std::string& nonce);

std::string abridged(const std::string& message);
std::string intermediate(const std::string& message);
std::string full(const std::string& message, uint32_t number);

/// Both sides of an obfuscated stream.
class ObfuscatedStream {
 public:
  /// `mark`: 'ef', 'ee' or 'dd'; `secret` of a proxy: 16 octets or none.
  explicit ObfuscatedStream(uint8_t mark, const std::string& secret = {}, uint16_t data_centre = 2);
  const std::string& header() const { return header_; }
  /// The next octets of a side, obfuscated. The header goes first.
  Said from_client(const std::string& clear);
  Said from_server(const std::string& clear);

 private:
  std::string apply(const AesCtr& cipher, uint64_t& offset, const std::string& clear);
  std::string header_;
  std::unique_ptr<AesCtr> to_server_, to_client_;
  uint64_t client_offset_ = 0, server_offset_ = 0;
};

}  // namespace parlance::test
