#include "protocols/support/tls_decryption.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

// Records tried after a gap: each try costs as much as opening one.
constexpr uint64_t kRecordsMissing = 64;
constexpr size_t kTranscriptOctets = 64 * 1024;
constexpr size_t kEncryptedAtMost = 2048;  // RSA of 16384 bits
constexpr size_t kNameOfPremaster = 8;     // octets, in a key log
constexpr size_t kContentOctets = 16384;   // of a record (RFC 5246 section 6.2.1)

void copy_random(Bytes from, std::array<uint8_t, 32>& to) {
  if (from.size() == to.size()) std::copy(from.begin(), from.end(), to.begin());
}

}  // namespace

void TlsDecryption::take_client_hello(const ClientHello& hello, Bytes message) {
  copy_random(hello.random, client_random_);
  client_version_ = hello.legacy_version;
  offers_early_data_ = hello.early_data;
  encrypted_premaster_.clear();
  transcript_.clear();
  take_message(message);
}

void TlsDecryption::take_ssl2_hello(uint16_t version, Bytes challenge) {
  client_version_ = version;
  client_random_ = {};
  if (challenge.size() > client_random_.size()) return;
  std::copy(challenge.begin(), challenge.end(), client_random_.end() - static_cast<ptrdiff_t>(challenge.size()));
}

void TlsDecryption::take_server_hello(const ServerHello& hello) {
  if (hello.retry) {
    offers_early_data_ = false;  // what was sent early is not accepted (RFC 8446 section 4.2.10)
    return;
  }
  copy_random(hello.random, server_random_);
  session_id_.assign(hello.session_id.begin(), hello.session_id.end());
  suite_ = tls_cipher_suite(hello.cipher);
  version_ = hello.version;
  is_tls13_ = parlance::is_tls13(hello.version);
  encrypt_then_mac_ = hello.encrypt_then_mac;
  truncated_hmac_ = hello.truncated_hmac;
  extended_master_ = hello.extended_master_secret;
  compressed_ = hello.compression != 0;
}

/// Up to and with the ClientKeyExchange: what the extended master secret is made of (RFC 7627 section 4).
void TlsDecryption::take_message(Bytes message) {
  const bool is_hello_request = !message.empty() && message[0] == tls_handshake::kHelloRequest;
  const size_t room = kTranscriptOctets - std::min(kTranscriptOctets, transcript_.size());
  if (!keeps_transcript_ || is_tls13_ || is_hello_request || !encrypted_premaster_.empty() ||
      message.size() > room) {
    return;
  }
  transcript_.insert(transcript_.end(), message.begin(), message.end());
}

void TlsDecryption::take_certificate(Bytes certificate) {
  certificate_.assign(certificate.begin(), certificate.end());
}

/// RFC 5246 section 7.4.7.1; SSL 3.0 has no length before it.
void TlsDecryption::take_client_key_exchange(Bytes body) {
  ByteReader reader(body);
  const Bytes encrypted = version_ == 0x0300 ? body : reader.bytes(reader.be16());
  if (!reader.ok() || encrypted.size() > kEncryptedAtMost) return;
  encrypted_premaster_.assign(encrypted.begin(), encrypted.end());
}

void TlsDecryption::change_cipher(Direction direction) {
  Side& changed = side(direction);
  changed.changed = true;
  changed.uncertain = false;
  changed.epochs.clear();
  changed.inflater.reset();
  if (compressed_) changed.inflater.emplace(Inflater::Format::zlib);
  if (changed.pending) changed.epochs.push_back(std::move(changed.pending));
}

void TlsDecryption::refuse_early_data() { offers_early_data_ = false; }

bool TlsDecryption::protects(Direction direction) const {
  return is_tls13_ ? suite_.has_value() : side(direction).changed;
}

bool TlsDecryption::waits_for_key_exchange(const TlsSecrets& secrets) const {
  return suite_ && suite_->is_rsa_key_exchange() && encrypted_premaster_.empty() &&
         secrets.may_open_rsa();
}

bool TlsDecryption::find_keys(const TlsSecrets& secrets) {
  if (!suite_ || secrets.empty()) return false;
  return is_tls13_ ? find_traffic_secrets(secrets) : find_master_secret(secrets);
}

// ---- TLS 1.3

bool TlsDecryption::find_traffic_secrets(const TlsSecrets& secrets) {
  for (Side& each : sides_) each.epochs.clear();
  if (offers_early_data_) add_epoch(Direction::to_server, TlsSecretKind::client_early, secrets);
  add_epoch(Direction::to_server, TlsSecretKind::client_handshake, secrets);
  add_epoch(Direction::to_server, TlsSecretKind::client_application, secrets);
  add_epoch(Direction::to_client, TlsSecretKind::server_handshake, secrets);
  add_epoch(Direction::to_client, TlsSecretKind::server_application, secrets);
  return has_keys(Direction::to_server) || has_keys(Direction::to_client);
}

void TlsDecryption::add_epoch(Direction direction, TlsSecretKind kind, const TlsSecrets& secrets) {
  const auto secret = secrets.find(kind, client_random_);
  if (!secret) return;
  if (Opener opener = make_tls13_opener(*suite_, secret->octets(), version_)) {
    side(direction).epochs.push_back(std::move(opener));
  }
}

void TlsDecryption::update_keys(Direction direction) {
  if (is_tls13_ && has_keys(direction)) side(direction).epochs.front()->update();
}

// ---- up to TLS 1.2

bool TlsDecryption::find_master_secret(const TlsSecrets& secrets) {
  const auto master = master_secret(secrets);
  if (!master) return false;
  use_master_secret(*master);
  last_master_ = TlsSecret(*master);
  // libcrypto may not have the cipher.
  return std::all_of(sides_.begin(), sides_.end(),
                     [](const Side& each) { return each.pending || !each.epochs.empty(); });
}

std::optional<TlsMasterSecret> TlsDecryption::master_secret(const TlsSecrets& secrets) const {
  auto known = secrets.find(TlsSecretKind::master, client_random_);
  if (!known && !session_id_.empty()) known = secrets.find(TlsSecretKind::session_master, session_id_);
  TlsMasterSecret master{};
  if (known && known->octets().size() == master.size()) {
    std::copy(known->octets().begin(), known->octets().end(), master.begin());
    return master;
  }
  const auto premaster = premaster_secret(secrets);
  if (!premaster) {
    if (!last_master_) return std::nullopt;
    std::copy(last_master_->octets().begin(), last_master_->octets().end(), master.begin());
    return master;
  }
  if (extended_master_) {
    const auto hash = handshake_hash(version_, *suite_, transcript_);
    return extended_master(version_, *suite_, premaster->octets(), hash);
  }
  return master_from_premaster(version_, *suite_, premaster->octets(),
                               {client_random_, server_random_});
}

std::optional<TlsSecret> TlsDecryption::premaster_secret(const TlsSecrets& secrets) const {
  if (auto known = secrets.find(TlsSecretKind::premaster, client_random_)) return known;
  if (encrypted_premaster_.size() < kNameOfPremaster) return std::nullopt;
  const Bytes encrypted = encrypted_premaster_;
  const Bytes name = encrypted.first(kNameOfPremaster);
  if (auto known = secrets.find(TlsSecretKind::encrypted_premaster, name)) return known;
  const auto opened = secrets.rsa_keys().decrypt_premaster(encrypted, client_version_, certificate_);
  if (!opened) return std::nullopt;
  return TlsSecret(opened->octets);
}

void TlsDecryption::use_master_secret(const TlsMasterSecret& master) {
  TlsKeys keys = tls12_keys(version_, *suite_, master, {client_random_, server_random_});
  const Tls12Options options{encrypt_then_mac_, truncated_hmac_};
  for (const Direction each : {Direction::to_server, Direction::to_client}) {
    const TlsDirectionKeys& of = each == Direction::to_server ? keys.client : keys.server;
    Side& made = side(each);
    made.pending = make_tls12_opener(*suite_, version_, of, options);
    // Ciphers were changed before the keys were known.
    if (made.pending && made.changed && made.epochs.empty()) {
      made.epochs.push_back(std::move(made.pending));
    }
  }
}

// ---- records

std::optional<OpenedRecord> TlsDecryption::open_with(TlsRecordOpener& opener, bool uncertain,
                                                     Bytes header, Bytes body) const {
  return uncertain ? opener.open_after_gap(header, body, kRecordsMissing) : opener.open(header, body);
}

/// The tag is the judge of which keys hold: that of the present keys, or of the next. So nothing depends
/// on whether the messages that announce a change could be read.
std::optional<OpenedRecord> TlsDecryption::try_open(Direction direction, Bytes header, Bytes body) {
  Side& from = side(direction);
  for (size_t i = 0; i < from.epochs.size(); ++i) {
    auto opened = open_with(*from.epochs[i], from.uncertain, header, body);
    if (!opened) continue;
    from.epochs.erase(from.epochs.begin(), from.epochs.begin() + static_cast<ptrdiff_t>(i));
    from.uncertain = false;
    if (from.inflater && !inflate(from, *opened)) return std::nullopt;
    return opened;
  }
  return std::nullopt;
}

/// One stream for all records of a direction. False if it is damaged, as it is behind a hole.
bool TlsDecryption::inflate(Side& from, OpenedRecord& record) const {
  from.inflated.clear();
  const auto answer = from.inflater->inflate(record.content, from.inflated, kContentOctets);
  record.content = from.inflated;
  return answer == Inflater::Answer::ok;
}

std::optional<OpenedRecord> TlsDecryption::open(Direction direction, Bytes header, Bytes body) {
  auto opened = try_open(direction, header, body);
  Side& from = side(direction);
  if (!opened && !from.epochs.empty()) from.epochs.front()->lose_record(body);
  return opened;
}

bool TlsDecryption::survives_gap(Direction direction) const {
  const Side& from = side(direction);
  return !from.epochs.empty() && from.epochs.front()->survives_gap();
}

void TlsDecryption::lose_record(Direction direction) {
  Side& from = side(direction);
  if (from.epochs.empty()) return;
  from.epochs.front()->skip(1);
  from.uncertain = true;  // it may have been the last one with its keys
}

}  // namespace parlance
