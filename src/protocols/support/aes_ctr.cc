// As in sha256.cc: the functions that OpenSSL 3.0 marks as deprecated, because the contexts of EVP cost
// several times what the one or two blocks do that are asked for here.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "protocols/support/aes_ctr.h"

#include <algorithm>

#include <openssl/crypto.h>

namespace parlance {

AesCtr::AesCtr(Bytes key, Bytes counter) {
  std::array<uint8_t, kKey> whole_key{};
  std::copy_n(key.begin(), std::min(key.size(), kKey), whole_key.begin());
  AES_set_encrypt_key(whole_key.data(), 8 * kKey, &key_);
  OPENSSL_cleanse(whole_key.data(), whole_key.size());
  counter_ = {};
  std::copy_n(counter.begin(), std::min(counter.size(), kCounter), counter_.begin());
}

AesCtr::~AesCtr() {
  OPENSSL_cleanse(&key_, sizeof key_);
}

AesCtr::Block AesCtr::key_stream(uint64_t block) const {
  Block input = counter_;
  uint64_t carry = block;
  for (size_t i = input.size(); i-- > 0 && carry != 0;) {
    carry += input[i];
    input[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  Block output;
  AES_encrypt(input.data(), output.data(), &key_);
  return output;
}

void AesCtr::apply(uint64_t offset, Bytes octets, std::span<uint8_t> clear) const {
  for (size_t done = 0; done < octets.size();) {
    const Block stream = key_stream((offset + done) / AES_BLOCK_SIZE);
    for (size_t at = (offset + done) % AES_BLOCK_SIZE; at < stream.size() && done < octets.size(); ++at) {
      clear[done] = static_cast<uint8_t>(octets[done] ^ stream[at]);
      ++done;
    }
  }
}

}  // namespace parlance
