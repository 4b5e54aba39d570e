#include "protocols/support/tls_decryption.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

// Records tried after a gap: each try costs as much as opening one. So what is tried in vain is bounded,
// too, or who sends records that never open could make each of their octets cost as much as hundreds.
constexpr uint64_t kRecordsMissing = 64;
constexpr size_t kTriedForOpened = 8;    // octets more that may be tried, for each that opened
constexpr size_t kOctetsOfTry = 64;      // what a try costs besides its octets, in octets
constexpr int kDecryptionsAtMost = 8;    // by RSA, on one connection: each takes a millisecond or more
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
  decrypted_ = false;
}

void TlsDecryption::change_cipher(Direction direction) {
  Side& changed = side(direction);
  changed.changed = true;
  changed.uncertain = false;
  changed.epochs.clear();
  changed.inflater.reset();
  if (compressed_) changed.inflater.emplace(Inflater::Format::zlib);
  if (changed.pending) changed.epochs.push_back({TlsSecretKind::master, std::move(changed.pending)});
}

void TlsDecryption::refuse_early_data() {
  offers_early_data_ = false;
  std::erase_if(side(Direction::to_server).epochs,
                [](const Epoch& each) { return each.kind == TlsSecretKind::client_early; });
}

bool TlsDecryption::opens_early_data() const {
  const auto& epochs = side(Direction::to_server).epochs;
  return !epochs.empty() && epochs.front().kind == TlsSecretKind::client_early;
}

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
  if (offers_early_data_) add_epoch(Direction::to_server, TlsSecretKind::client_early, secrets);
  add_epoch(Direction::to_server, TlsSecretKind::client_handshake, secrets);
  add_epoch(Direction::to_server, TlsSecretKind::client_application, secrets);
  add_epoch(Direction::to_client, TlsSecretKind::server_handshake, secrets);
  add_epoch(Direction::to_client, TlsSecretKind::server_application, secrets);
  return has_keys(Direction::to_server) || has_keys(Direction::to_client);
}

/// Unless it is there, or behind us.
void TlsDecryption::add_epoch(Direction direction, TlsSecretKind kind, const TlsSecrets& secrets) {
  Side& to = side(direction);
  const auto place = std::ranges::lower_bound(to.epochs, kind, {}, &Epoch::kind);
  if (kind <= to.reached || (place != to.epochs.end() && place->kind == kind)) return;
  const auto secret = secrets.find(kind, client_random_);
  if (!secret) return;
  if (Opener opener = make_tls13_opener(*suite_, secret->octets(), version_)) {
    to.epochs.insert(place, Epoch{kind, std::move(opener)});
  }
}

bool TlsDecryption::has_all_keys() const {
  return !is_tls13_ || std::ranges::all_of(sides_, [](const Side& each) {
    return !each.epochs.empty() && each.epochs.back().kind >= TlsSecretKind::client_application;
  });
}

bool TlsDecryption::begins_application_data(Direction direction) const {
  const Side& from = side(direction);
  return from.reached >= TlsSecretKind::client_application && !from.updated && !from.epochs.empty() &&
         from.epochs.front().opener->number() == 1;
}

void TlsDecryption::update_keys(Direction direction) {
  Side& from = side(direction);
  if (is_tls13_ && !from.epochs.empty()) from.updated = from.epochs.front().opener->update();
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

std::optional<TlsMasterSecret> TlsDecryption::master_secret(const TlsSecrets& secrets) {
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

std::optional<TlsSecret> TlsDecryption::premaster_secret(const TlsSecrets& secrets) {
  if (auto known = secrets.find(TlsSecretKind::premaster, client_random_)) return known;
  if (encrypted_premaster_.size() < kNameOfPremaster) return std::nullopt;
  const Bytes encrypted = encrypted_premaster_;
  const Bytes name = encrypted.first(kNameOfPremaster);
  if (auto known = secrets.find(TlsSecretKind::encrypted_premaster, name)) return known;
  if (!decrypted_) decrypt_premaster(secrets.rsa_keys());
  return decrypted_premaster_;
}

/// Once for each that was received, however often keys are looked for.
void TlsDecryption::decrypt_premaster(const RsaKeys& keys) {
  decrypted_ = true;
  decrypted_premaster_.reset();
  if (keys.empty() || ++decryptions_ > kDecryptionsAtMost) return;
  const auto opened = keys.decrypt_premaster(encrypted_premaster_, client_version_, certificate_);
  if (opened) decrypted_premaster_.emplace(opened->octets);
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
      made.epochs.push_back({TlsSecretKind::master, std::move(made.pending)});
    }
  }
}

// ---- records

std::optional<OpenedRecord> TlsDecryption::open_with(TlsRecordOpener& opener, Side& from, Bytes header,
                                                     Bytes body) const {
  if (!from.uncertain) return opener.open(header, body);
  const size_t cost = body.size() + kOctetsOfTry;
  const uint64_t more = std::min<uint64_t>(kRecordsMissing, from.octets_to_try / cost);
  const uint64_t first = opener.number();
  auto opened = opener.open_after_gap(header, body, more);
  const uint64_t in_vain = opened ? opener.number() - first - 1 : more + 1;
  from.octets_to_try -= std::min<size_t>(from.octets_to_try, in_vain * cost);
  return opened;
}

/// The tag is the judge of which keys hold: that of the present keys, or of the next. So nothing depends
/// on whether the messages that announce a change could be read.
std::optional<OpenedRecord> TlsDecryption::try_open(Direction direction, Bytes header, Bytes body) {
  Side& from = side(direction);
  for (size_t i = 0; i < from.epochs.size(); ++i) {
    auto opened = open_with(*from.epochs[i].opener, from, header, body);
    if (!opened) continue;
    from.octets_to_try = std::min(kOctetsTried, from.octets_to_try + kTriedForOpened * body.size());
    from.reached = from.epochs[i].kind;
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
  if (opened || from.epochs.empty()) return opened;
  if (is_tls13_ && (from.epochs.size() > 1 || from.reached == TlsSecretKind::master)) {
    from.uncertain = true;  // nobody knows with which keys it was sealed, so which of them counted it
  } else {
    from.epochs.front().opener->lose_record(body);
  }
  lose_compression(from);
  return opened;
}

/// What follows refers to what is missing, and nothing would tell that it is wrong.
void TlsDecryption::lose_compression(Side& from) const {
  if (from.inflater) from.epochs.clear();
}

bool TlsDecryption::survives_gap(Direction direction) const {
  const Side& from = side(direction);
  return !from.epochs.empty() && !from.inflater && from.epochs.front().opener->survives_gap();
}

void TlsDecryption::lose_record(Direction direction) {
  Side& from = side(direction);
  if (from.epochs.empty()) return;
  from.epochs.front().opener->skip(1);
  from.uncertain = true;  // it may have been the last one with its keys
  lose_compression(from);
}

}  // namespace parlance
