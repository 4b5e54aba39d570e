// The block function is marked as deprecated since OpenSSL 3.0 in favour of EVP, in which it cannot
// be joined to libcrypto's GCM.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "protocols/support/camellia_gcm.h"

#include <openssl/camellia.h>
#include <openssl/modes.h>

namespace parlance {

struct CamelliaGcm::State {
  CAMELLIA_KEY key;
  struct Deleter {
    void operator()(GCM128_CONTEXT* context) const { CRYPTO_gcm128_release(context); }
  };
  std::unique_ptr<GCM128_CONTEXT, Deleter> gcm;
};

namespace {

void encrypt_block(const unsigned char in[16], unsigned char out[16], const void* key) {
  Camellia_encrypt(in, out, static_cast<const CAMELLIA_KEY*>(key));
}

}  // namespace

CamelliaGcm::CamelliaGcm(Bytes key) {
  if (key.size() != 16 && key.size() != 32) return;
  auto state = std::make_unique<State>();
  if (Camellia_set_key(key.data(), static_cast<int>(key.size()) * 8, &state->key) != 0) return;
  state->gcm.reset(CRYPTO_gcm128_new(&state->key, encrypt_block));
  if (state->gcm) state_ = std::move(state);
}

CamelliaGcm::CamelliaGcm(CamelliaGcm&&) noexcept = default;
CamelliaGcm& CamelliaGcm::operator=(CamelliaGcm&&) noexcept = default;
CamelliaGcm::~CamelliaGcm() = default;

bool CamelliaGcm::open(Bytes nonce, Bytes associated_data, Bytes text, Bytes tag, uint8_t* plain) {
  if (!state_) return false;
  GCM128_CONTEXT* const gcm = state_->gcm.get();
  CRYPTO_gcm128_setiv(gcm, nonce.data(), nonce.size());
  return CRYPTO_gcm128_aad(gcm, associated_data.data(), associated_data.size()) == 0 &&
         CRYPTO_gcm128_decrypt(gcm, text.data(), plain, text.size()) == 0 &&
         CRYPTO_gcm128_finish(gcm, tag.data(), tag.size()) == 0;
}

}  // namespace parlance
