// TLS and SSL 3 (RFC 8446, RFC 5246, RFC 6101): records, what of the handshake is in the clear, and
// with keys what is inside.
//
// Without keys the parser ends as soon as both hellos (and, up to TLS 1.2, the server's certificate)
// are known; what follows is encrypted. With keys the records are opened, and what they carry is a
// channel of its own; where keys may still come, records wait for them. A connection whose beginning
// is missing is told from its chain of records. SSL 2 hellos that offer SSL 3 or later (RFC 5246
// appendix E.2) are read, too.
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/mtproxy_hello.h"
#include "protocols/support/tls_alerts.h"
#include "protocols/support/tls_decryption.h"
#include "protocols/support/tls_handshake.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_records.h"
#include "protocols/support/tls_report.h"
#include "protocols/support/tls_watch.h"
#include "secrets/tls_secrets.h"

namespace parlance {
namespace {

constexpr int kChain = 3;            // records of both directions that count as a chain
constexpr int kOneSidedChain = 8;    // of one direction, if the other is missing
constexpr int kRecordsAtMost = 64;   // of both directions, when the handshake does not end; or in the clear
constexpr int kMessagesAtMost = 64;  // of the server's handshakes: hellos, extensions, certificates
constexpr int kRenegotiationsAtMost = 16;  // each makes new keys
constexpr int kUnopenedAtMost = 32;  // records on end: keys that fit so few never will

/// Whether the keys of the connection are known.
enum class Keys : uint8_t { unasked, awaited, known };

class Tls : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = side(direction);
    if (over_ || from.lost) return;
    look_for_new_secrets(findings);
    const Bytes view = from.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), from.input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    from.input.consume(over_ ? view.size() : used);
    if (keys_ == Keys::known) open_withheld(findings);  // early data, before the server had answered
  }

  /// A hole inside a record that is passed over does no harm. With keys the next record is searched for;
  /// after any other hole the chain is lost.
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    Side& from = side(direction);
    if (over_ || from.lost) return;
    if (length == 0 || length > from.left) stop_waiting(findings);
    if (over_) return;
    const bool opens = opens_records(direction);
    const size_t missing = opens ? missing_of_record(direction) : from.left;
    from.input.skip_gap(length);
    if (opens) from.messages = {};  // what follows is not the rest of what was begun
    if (direction == Direction::to_client) answered_early_data_ = true;  // as far as anybody can tell
    if (length > 0 && length <= missing) {
      if (from.left == 0) decryption_->lose_record(direction);
      from.left = static_cast<uint32_t>(missing - length);
      if (opens) state_gap(direction, findings);
      return;
    }
    from.left = 0;
    if (opens && decryption_->survives_gap(direction)) {
      from.search.begin();
      decryption_->take_gap(direction);
      return state_gap(direction, findings);
    }
    lose(direction, findings);
  }

  /// No more records may come that would make anybody look at those that wait.
  void end(Direction, Findings& findings) override {
    if (over_) return;
    look_for_new_secrets(findings);
    stop_waiting(findings);
  }

 private:
  struct Side {
    InputBuffer input;
    HandshakeAssembler messages;
    uint32_t left = 0;  // octets of the record being passed over
    int records = 0;
    int unopened = 0;     // records on end that did not open
    bool opened = false;  // some did
    bool owes_gap = false;  // the inner channel, which is not there yet, misses something
    bool lost = false;
    bool opaque = false;  // handshake records are encrypted, or not wanted any more
    TlsRecordSearch search;  // behind a hole
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }
  Side& server() { return side(Direction::to_client); }

  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    if (from.left > 0) {
      const size_t step = std::min<size_t>(from.left, view.size());
      from.left -= static_cast<uint32_t>(step);
      return step;
    }
    if (from.search.active()) return search_record(direction, view, offset, findings);
    if (direction == Direction::to_server && from.records == 0 && (view[0] & 0x80) != 0) {
      return read_ssl2_hello(view, findings);
    }
    return read_record(direction, view, offset, findings);
  }

  size_t read_record(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    if (view.size() < kTlsHeaderOctets) return 0;
    ByteReader reader(view);
    const auto header = read_tls_record_header(reader);
    if (!header) return give_up("no record where one should start", findings);
    if (watch_.watching()) {
      watch_.observe(header->type, header->length, {direction, offset, view.first(kTlsHeaderOctets)},
                     findings);
      if (passing_over_ && !watch_.watching()) finish(findings);
      if (over_) return kTlsHeaderOctets;
    }
    if (!is_wanted(direction, header->type)) {
      from.left = header->length;
      count_record(direction, view.first(kTlsHeaderOctets), offset, findings);
      return kTlsHeaderOctets;
    }
    reader.skip(header->length);
    if (!reader.ok()) return 0;
    const TlsRecord record{direction, header->type, view.first(reader.position()), offset};
    count_record(direction, record.octets, offset, findings);
    if (!over_) take_record(record, findings);
    return reader.position();
  }

  bool is_wanted(Direction direction, uint8_t type) {
    if (is_early(direction, type)) return true;
    if (is_protected(direction, type)) return keys_ != Keys::known || decryption_->has_keys(direction);
    return type == tls_content::kAlert || type == tls_content::kChangeCipher ||
           (type == tls_content::kHandshake && !side(direction).opaque);
  }

  void take_record(const TlsRecord& record, Findings& findings) {
    const bool may_be_hello = !client_hello_ && record.direction == Direction::to_server &&
                              record.offset == 0 && record.type == tls_content::kHandshake;
    if (may_be_hello && find_mtproxy_secret(record.octets, findings.secrets().mtproxies()) != nullptr) {
      return give_up_void("a proxy of Telegram's (mtproxy_tls.cc)", findings);
    }
    if (is_early(record.direction, record.type)) return withhold_early(record, findings);
    if (is_protected(record.direction, record.type)) return take_protected(record, findings);
    const Bytes content = record.content();
    switch (record.type) {
      case tls_content::kHandshake:
        return read_handshake(record.direction, content, record.offset + kTlsHeaderOctets, findings);
      case tls_content::kAlert:
        return read_alert(record.direction, content, record.offset, findings);
      case tls_content::kChangeCipher:
        return read_change_cipher(record.direction, content, findings);
      default:
        return;
    }
  }

  // ---- handshake

  void read_handshake(Direction direction, Bytes content, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    from.messages.append(content, offset);
    while (!over_ && !from.opaque) {
      const auto message = from.messages.next();
      if (!message) break;
      read_message(direction, *message, findings);
      // It ends its record (RFC 8446 section 5.1). More of them would be many derivations of keys.
      if (message->type == tls_handshake::kKeyUpdate && decryption_) {
        from.messages = {};
        return;
      }
    }
    if (from.messages.claims_more_than(findings.limits().handshake_octets)) from.opaque = true;
    if (over_ || from.opaque) {
      from.messages = {};  // no more is read
    } else {
      from.messages.settle();
    }
  }

  void read_message(Direction direction, const HandshakeAssembler::Message& message,
                    Findings& findings) {
    const Place place{direction, message.offset, message.octets};
    if (decryption_ && message.type != tls_handshake::kClientHello) {
      decryption_->take_message(message.octets);
    }
    if (message.type == tls_handshake::kKeyUpdate) {
      if (decryption_) decryption_->update_keys(direction);
      return;
    }
    if (direction == Direction::to_server) return read_client_message(message, place, findings);
    if (is_read(message.type) && ++server_messages_ > kMessagesAtMost) return;
    switch (message.type) {
      case tls_handshake::kServerHello:
        read_server(message.body(), place, findings);
        break;
      case tls_handshake::kCertificate:
        read_certificate(message.body(), place, findings);
        break;
      case tls_handshake::kEncryptedExtensions:
        read_extensions(message.body(), place, findings);
        break;
      case tls_handshake::kServerHelloDone:
        if (server_hello_ && !server_ended_) end_server(false, findings);
        break;
      default:
        // Mid-stream these are encrypted octets that look like some type.
        if (!server_hello_) server().opaque = true;
        break;
    }
  }

  /// Messages of the server that cost something.
  static bool is_read(uint8_t type) {
    return type == tls_handshake::kServerHello || type == tls_handshake::kCertificate ||
           type == tls_handshake::kEncryptedExtensions;
  }

  void read_client_message(const HandshakeAssembler::Message& message, const Place& place,
                           Findings& findings) {
    if (message.type == tls_handshake::kClientHello) {
      read_client(message.body(), place, findings);
    } else if (message.type == tls_handshake::kClientKeyExchange && decryption_) {
      decryption_->take_client_key_exchange(message.body());
      if (server_ended_ && !asked_) ask_for_keys(findings);
    }
    // Without keys nothing that the client says after its first hello is of interest.
    if (!decryption_) side(Direction::to_server).opaque = true;
  }

  void read_client(Bytes body, const Place& place, Findings& findings) {
    const auto hello = read_client_hello(body);
    if (!hello) return give_up_void("the client hello's lengths do not agree", findings);
    if (client_hello_) return read_another_hello(*hello, place, findings);
    if (findings.secrets().may_open()) {
      decryption_ = std::make_unique<TlsDecryption>(findings.secrets().may_open_rsa());
      decryption_->take_client_hello(*hello, place.octets);
      early_data_ = hello->early_data;
    }
    confirm_hello("client-hello", place, "a whole TLS client hello, every length exact", findings);
    client_hello_ = true;
    watch_.client_hello(*hello);
    report_client_hello(*hello, 't', place, findings);
    end_if_known(findings);
  }

  /// The second after a HelloRetryRequest says nothing new. One that is encrypted renegotiates: what
  /// follows has other keys, for another random.
  void read_another_hello(const ClientHello& hello, const Place& place, Findings& findings) {
    if (!decryption_ || !renegotiates(Direction::to_server)) return;
    if (++renegotiations_ > kRenegotiationsAtMost) return finish(findings);
    findings.note("tls.renegotiated", true);
    decryption_->take_client_hello(hello, place.octets);
    server_ended_ = asked_ = false;
  }

  /// TLS 1.3 does not renegotiate (RFC 8446 section 4.1.2), whatever hellos it carries.
  bool renegotiates(Direction direction) const {
    return decryption_->protects(direction) && !decryption_->is_tls13();
  }

  void read_server(Bytes body, const Place& place, Findings& findings) {
    const auto hello = read_server_hello(body);
    if (!hello) return give_up_void("the server hello's lengths do not agree", findings);
    if (decryption_ && decryption_->protects(Direction::to_client) &&
        (!renegotiates(Direction::to_client) || is_tls13(hello->version))) {
      return;
    }
    confirm_hello("server-hello", place, "a whole TLS server hello, every length exact", findings);
    server_hello_ = true;
    server_version_ = hello->version;
    report_server_hello(*hello, place, findings);
    watch_.server_hello(*hello, findings.limits());
    if (decryption_) decryption_->take_server_hello(*hello);
    if (hello->retry || !hello->psk) refuse_early_data();
    if (hello->retry) return;  // the real one follows the client's second hello
    if (is_tls13(hello->version)) end_server(hello->psk, findings);
  }

  /// Both hellos are proof together, one alone is strong.
  void confirm_hello(std::string_view what, const Place& place, Sentence text, Findings& findings) {
    const bool second = client_hello_ || server_hello_;
    strength_ = std::max(strength_, second ? Strength::proof : Strength::strong);
    findings.confirm(second ? Strength::proof : Strength::strong, what, place, std::move(text));
  }

  void read_certificate(Bytes body, const Place& place, Findings& findings) {
    if (!server_hello_) return;
    const Bytes leaf = leaf_certificate(body, is_tls13(server_version_));
    if (leaf.empty()) return;
    if (decryption_) decryption_->take_certificate(leaf);
    report_certificate(leaf, place, findings);
  }

  /// What TLS 1.3 hides of the server's answer.
  void read_extensions(Bytes body, const Place& place, Findings& findings) {
    const auto extensions = is_tls13(server_version_) ? read_encrypted_extensions(body) : std::nullopt;
    if (!extensions) return;
    answered_early_data_ = true;
    if (!extensions->early_data) refuse_early_data();
    report_server_alpn(extensions->alpn, place, findings);
  }

  void refuse_early_data() {
    early_data_ = lost_early_data_ = false;
    if (decryption_) decryption_->refuse_early_data();
  }

  size_t read_ssl2_hello(Bytes view, Findings& findings) {
    ByteReader reader(view);
    const auto hello = read_ssl2_client_hello(reader);
    if (!hello) return reader.ok() ? give_up("neither a record nor an SSL 2 hello", findings) : 0;
    if (findings.secrets().may_open()) {
      decryption_ = std::make_unique<TlsDecryption>(false);
      decryption_->take_ssl2_hello(hello->version, hello->challenge);
    }
    side(Direction::to_server).opaque = !decryption_;
    ++side(Direction::to_server).records;
    // Not worth a label before the server answers with TLS: old Skype sends such a hello and
    // follows it with octets of its own.
    client_hello_ = true;
    end_if_known(findings);
    return reader.position();
  }

  // ---- other records

  void read_alert(Direction direction, Bytes content, uint64_t offset, Findings& findings) {
    if (content.size() != 2 || content[0] < 1 || content[0] > 2) return;  // encrypted
    findings.note("tls.alert", tls_alert_name(content[1]));
    if (direction != Direction::to_client || !client_hello_ || server_hello_) return;
    strength_ = Strength::proof;
    findings.confirm(Strength::proof, "alert", {direction, offset, content},
                     "the server answers the client hello with an alert");
    if (content[0] == 2) finish(findings);
  }

  void read_change_cipher(Direction direction, Bytes content, Findings& findings) {
    if (content.size() != 1 || content[0] != 1) {
      return give_up_void("a change of ciphers that is none", findings);
    }
    // After a HelloRetryRequest this one is for show (RFC 8446 appendix D.4).
    if (is_tls13(server_version_)) return;
    const bool resumes = direction == Direction::to_client && server_hello_ && !server_ended_;
    if (resumes) end_server(true, findings);
    if (decryption_) {
      decryption_->change_cipher(direction);
    } else {
      side(direction).opaque = true;
    }
  }

  /// Counts a record whose header stood where the last one ended.
  void count_record(Direction direction, Bytes octets, uint64_t offset, Findings& findings) {
    if (keys_ != Keys::unasked) return count_clear_record(direction, octets.front(), findings);
    const int records = ++side(direction).records;
    const int others = side(opposite(direction)).records;
    const bool from_silent_side = direction == Direction::to_client
                                      ? client_hello_ && !server_hello_
                                      : server_hello_ && !client_hello_;
    const bool chained = (records >= kChain && others >= kChain) || records >= kOneSidedChain;
    if (from_silent_side && records == kChain) {
      confirm_chain(Strength::proof, {direction, offset, octets}, findings);
    } else if (chained && strength_ == Strength::none) {
      confirm_chain(Strength::strong, {direction, offset, octets}, findings);
    }
    if (records + others >= kRecordsAtMost) finish(findings);
  }

  /// With keys there is no end but that of what is encrypted; of the rest there is little.
  void count_clear_record(Direction direction, uint8_t type, Findings& findings) {
    if (!is_protected(direction, type) && ++clear_records_ >= kRecordsAtMost) finish(findings);
  }

  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings) {
    strength_ = std::max(strength_, strength);
    findings.confirm(strength, what, place, std::move(text));
  }

  void confirm_chain(Strength strength, const Place& place, Findings& findings) {
    strength_ = strength;
    findings.confirm(strength, "record-chain", place,
                     "TLS records follow one another without a break");
    // With one hello the other may still come late; without any nothing more can be learnt.
    if (!client_hello_ && !server_hello_ && side(opposite(place.direction)).records > 0) {
      finish(findings);
    }
  }

  // ---- records that are encrypted

  bool opens_records(Direction direction) const {
    return keys_ == Keys::known && decryption_->has_keys(direction);
  }
  /// In TLS 1.3 all that is encrypted looks like application data.
  bool is_protected(Direction direction, uint8_t type) const {
    if (!decryption_ || !decryption_->protects(direction)) return false;
    return type == tls_content::kApplication || !decryption_->is_tls13();
  }
  /// Application data before the server has answered (0-RTT, RFC 8446 section 2.3).
  bool is_early(Direction direction, uint8_t type) const {
    return direction == Direction::to_server && type == tls_content::kApplication && early_data_ &&
           !server_ended_ && decryption_;
  }

  /// All of the handshake that is in the clear was read: are there keys for the rest?
  void ask_for_keys(Findings& findings) {
    if (!decryption_) return pass_over(findings);
    const TlsSecrets& secrets = findings.secrets();
    if (!resumed_ && decryption_->waits_for_key_exchange(secrets)) return;
    asked_ = true;
    secrets_seen_ = secrets.revision();
    const bool found = decryption_->find_keys(secrets);
    const bool may_come = secrets.may_grow() && decryption_->knows_cipher();
    if (found && (decryption_->has_all_keys() || !may_come)) {
      keys_ = Keys::known;
      watch_.give_up();
    } else if (may_come) {
      keys_ = Keys::awaited;
    } else {
      pass_over(findings);
    }
  }

  /// Nothing more will be read; a few records may still be looked at from outside. Not once any may have
  /// been opened: what asks for the keys of a renegotiation is still being read from its opener.
  void pass_over(Findings& findings) {
    if (keys_ != Keys::unasked) return finish(findings);
    decryption_.reset();
    for (Side& each : sides_) each.opaque = true;
    passing_over_ = true;
    if (!watch_.watching()) finish(findings);
  }

  void look_for_new_secrets(Findings& findings) {
    if (keys_ != Keys::awaited || findings.secrets().revision() == secrets_seen_) return;
    ask_for_keys(findings);
    if (keys_ == Keys::known) begin_to_open(findings);
  }

  /// Some of the keys of TLS 1.3 are known, others are waited for.
  bool has_some_keys() const {
    return decryption_->is_tls13() && (decryption_->has_keys(Direction::to_server) ||
                                       decryption_->has_keys(Direction::to_client));
  }

  /// Those that are known open what they can.
  void stop_waiting(Findings& findings) {
    if (over_ || keys_ != Keys::awaited || !has_some_keys()) return;
    keys_ = Keys::known;
    begin_to_open(findings);
  }

  void begin_to_open(Findings& findings) {
    if (awaits_early_answer()) open_early_answer(findings);
    open_withheld(findings);
  }

  void take_protected(const TlsRecord& record, Findings& findings) {
    if (keys_ == Keys::awaited) return withhold(record, findings);
    if (!opens_records(record.direction)) return;
    if (awaits_early_answer() && record.direction == Direction::to_server) return withhold(record, findings);
    open_withheld(findings);
    if (!over_) open_record(record, false, findings);
  }

  void withhold(const TlsRecord& record, Findings& findings) {
    if (withheld_.add(record, findings.limits().withheld_octets)) return;
    stop_waiting(findings);
    if (over_ || keys_ != Keys::known) return finish(findings);
    answered_early_data_ = true;  // or never will be
    open_withheld(findings);
    if (!over_ && opens_records(record.direction)) open_record(record, false, findings);
  }

  /// Without room for it the early data is lost, not the handshake.
  void withhold_early(const TlsRecord& record, Findings& findings) {
    early_end_ = record.offset + 1;
    if (withheld_.add(record, findings.limits().withheld_octets)) return;
    withheld_ = {};
    refuse_early_data();
    lost_early_data_ = true;
    side(Direction::to_server).owes_gap = true;
  }

  /// Whether the server accepts early data is encrypted, in front of all else that it says. What was sent
  /// early and refused is sent once more.
  bool awaits_early_answer() const {
    return early_data_ && !answered_early_data_ && keys_ == Keys::known &&
           decryption_->has_keys(Direction::to_client);
  }

  void open_withheld(Findings& findings) {
    if (over_ || withheld_.empty() || awaits_early_answer()) return;
    withheld_.give_away([&](const TlsRecord& each) {
      if (!over_ && opens_records(each.direction)) open_late(each, findings);
    });
  }

  /// Of what is withheld, the server's until it has answered.
  void open_early_answer(Findings& findings) {
    WithheldRecords others;
    withheld_.give_away([&](const TlsRecord& each) {
      if (each.direction == Direction::to_client && awaits_early_answer() && !over_) {
        open_record(each, true, findings);
      } else {
        others.add(each, SIZE_MAX);
      }
    });
    withheld_ = std::move(others);
  }

  void open_late(const TlsRecord& record, Findings& findings) {
    const bool early = record.direction == Direction::to_server && record.offset < early_end_;
    if (!early || decryption_->opens_early_data()) return open_record(record, true, findings);
    if (early_data_) state_gap(record.direction, findings);  // accepted, but without its secret
  }

  /// `late`: it came before its keys were known.
  void open_record(const TlsRecord& record, bool late, Findings& findings) {
    const auto opened = decryption_->open(record.direction, record.header(), record.content());
    if (opened) {
      use_opened(*opened, record, late, findings);
    } else {
      miss_record(record.direction, findings);
    }
    // It stands in the first record; if nobody can read that nobody can tell.
    if (record.direction == Direction::to_client) answered_early_data_ = true;
  }

  void use_opened(const OpenedRecord& opened, const TlsRecord& record, bool late,
                  Findings& findings) {
    Side& from = side(record.direction);
    from.unopened = 0;
    from.opened = true;
    const bool may_miss_early_data =
        record.direction == Direction::to_server && (early_data_ || lost_early_data_);
    if (!may_miss_early_data && decryption_->begins_application_data(record.direction)) {
      from.owes_gap = false;  // only of the handshake something is missing
    }
    if (!said_opened_) {
      said_opened_ = true;
      findings.note("tls.decrypted", true);
      confirm(Strength::proof, "records-opened", {record.direction, record.offset, record.octets},
              "encrypted records open with keys that are known", findings);
    }
    switch (opened.type) {
      case tls_content::kApplication:
        return deliver(opened.content, record, late, findings);
      case tls_content::kHandshake:
        return read_handshake(record.direction, opened.content, record.offset, findings);
      case tls_content::kChangeCipher:
        return read_change_cipher(record.direction, opened.content, findings);
      default:
        return;  // alerts end what has ended anyway
    }
  }

  void deliver(Bytes content, const TlsRecord& record, bool late, Findings& findings) {
    if (content.empty()) return;
    const Direction direction = record.direction;
    if (!inner_) inner_ = findings.open(Carrier::tls, Unit::bytes);
    if (side(direction).owes_gap) findings.deliver_gap(*inner_, direction, 0);
    side(direction).owes_gap = false;
    if (late) {
      findings.deliver_late(*inner_, direction, content, record.offset);
    } else {
      findings.deliver(*inner_, direction, content);
    }
    if (!findings.listening(*inner_)) finish(findings);
  }

  /// A record that does not verify. Before any has opened it may be one whose keys nobody logged, or of
  /// early data that the server refused; later it is a hole.
  void miss_record(Direction direction, Findings& findings) {
    findings.count("tls.unopened_records");
    side(direction).messages = {};
    if (++side(direction).unopened >= kUnopenedAtMost) return finish(findings);
    if (side(direction).opened) state_gap(direction, findings);
  }

  void state_gap(Direction direction, Findings& findings) {
    if (inner_) {
      findings.deliver_gap(*inner_, direction, 0);
    } else {
      side(direction).owes_gap = true;
    }
  }

  // ---- holes

  /// Octets that are still to come of the encrypted record that a part has come of.
  size_t missing_of_record(Direction direction) {
    Side& from = side(direction);
    if (from.left > 0 || from.search.active() || from.input.kept() < kTlsHeaderOctets) return from.left;
    const Bytes part = from.input.append({});
    ByteReader reader(part);
    const auto header = read_tls_record_header(reader);
    const bool known = header && is_protected(direction, header->type);
    const size_t missing = known ? kTlsHeaderOctets + header->length - part.size() : 0;
    from.input.consume(0);
    return missing;
  }

  /// Nothing more can be read of a direction.
  void lose(Direction direction, Findings& findings) {
    side(direction).lost = true;
    watch_.give_up();
    const Direction other = opposite(direction);
    const bool opens_other = keys_ != Keys::known || decryption_->will_have_keys(other);
    if (passing_over_ || keys_ == Keys::awaited || side(other).lost || !opens_other) finish(findings);
  }

  /// Octets used, 0 if more are needed; a candidate that does not open is passed over by one octet.
  size_t search_record(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    TlsRecordSearch& search = side(direction).search;
    const size_t passed =
        search.pass_over(view, [&](uint8_t type) { return is_protected(direction, type); });
    if (search.hopeless() || !decryption_->may_try(direction)) {
      lose(direction, findings);
      return view.size();
    }
    ByteReader reader(view.subspan(passed));
    const auto header = read_tls_record_header(reader);
    if (header) reader.skip(header->length);
    if (!header || !reader.ok()) return passed;
    search.count_candidate();
    const TlsRecord record{direction, header->type, view.subspan(passed, reader.position()),
                           offset + passed};
    const auto opened = decryption_->try_open(direction, record.header(), record.content());
    if (!opened) return passed + 1;
    search.end();
    use_opened(*opened, record, false, findings);
    return passed + reader.position();
  }

  // ---- the end

  /// All that the server says in the clear was read.
  void end_server(bool resumed, Findings& findings) {
    server().opaque = !decryption_;
    server_ended_ = true;
    resumed_ = resumed;
    findings.note("tls.resumed", resumed);
    end_if_known(findings);
  }
  void end_if_known(Findings& findings) {
    if (client_hello_ && server_ended_) ask_for_keys(findings);
  }
  void finish(Findings& findings) {
    if (over_) return;
    over_ = true;
    findings.finish();
  }
  size_t give_up(std::string_view reason, Findings& findings) {
    give_up_void(reason, findings);
    return 0;
  }
  void give_up_void(std::string_view reason, Findings& findings) {
    if (strength_ != Strength::none) return finish(findings);
    over_ = true;
    findings.refute(reason);
  }

  std::array<Side, 2> sides_;
  std::unique_ptr<TlsDecryption> decryption_;  // if there are, or may come, any secrets
  WithheldRecords withheld_;
  TlsWatch watch_;
  std::optional<ChannelId> inner_;
  uint64_t early_end_ = 0;     // in the client's stream: records that begin before it were sent early
  uint64_t secrets_seen_ = 0;  // revision, when keys were last looked for
  int clear_records_ = 0;      // since keys were asked for
  int server_messages_ = 0;    // that were read
  int renegotiations_ = 0;
  Keys keys_ = Keys::unasked;
  Strength strength_ = Strength::none;
  uint16_t server_version_ = 0;
  bool client_hello_ = false;
  bool server_hello_ = false;
  bool server_ended_ = false;
  bool resumed_ = false;      // the session is an older one's
  bool early_data_ = false;   // offered, and not refused
  bool lost_early_data_ = false;  // there was no room for it
  bool answered_early_data_ = false;  // by the server, or nobody can tell
  bool asked_ = false;        // for keys, since the last hellos
  bool said_opened_ = false;
  bool passing_over_ = false;  // nothing more can be opened
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTls;
const ParserModule kTls{"tls", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Tls>();
                        }};

}  // namespace parlance
