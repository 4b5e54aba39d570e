#include "protocols/support/tls_behaviour.h"

#include <algorithm>
#include <cstdlib>

#include "protocols/support/tls_cipher_suites.h"

namespace parlance {
namespace {

constexpr uint8_t kChangeCipher = 20, kHandshake = 22, kApplication = 23;
constexpr uint16_t kTls12 = 0x0303, kTls13 = 0x0304;

constexpr uint32_t kShortestUpgrade = 130;    // a GET with the four fields of RFC 6455 section 4.1
constexpr uint32_t kShortestSwitch = 129;     // "101 Switching Protocols" with the three of section 4.2.2
constexpr uint32_t kLongestAnswer = 3000;     // the server's first turn, tickets and first messages with it
constexpr uint32_t kShortestFrame = 6;        // a client's: header and mask (section 5.2)
constexpr uint32_t kSmallFromClient = 48;     // shorter than a request of any client that was met
constexpr uint32_t kSmallFromServer = 18;     // shorter than "HTTP/1.1 200 OK" and an empty line
constexpr uint32_t kContinue = 25;            // "HTTP/1.1 100 Continue": a body follows, of any length
constexpr int kLikeTheFirst = 64;             // a request differs by no more from the one before
constexpr uint8_t kEnough = 3;
constexpr uint32_t kAlert = 2;

/// What a record has more than its octets: tag, explicit nonce (1.2), type (1.3). 0 if lengths do not tell.
size_t overhead_of(uint16_t version, uint16_t cipher) {
  constexpr size_t kType = 1;
  const auto suite = tls_cipher_suite(cipher);
  if (!suite || suite->protection != TlsProtection::aead) return 0;
  if (version != (suite->is_tls13() ? kTls13 : kTls12)) return 0;
  return aead_tag_octets(suite->aead) + (suite->is_tls13() ? kType : suite->record_iv_octets);
}

}  // namespace

void TlsBehaviour::client_hello(const ClientHello& hello) {
  only_http1_ = hello.alpn.size() == 1 && hello.alpn.front() == "http/1.1" && !hello.early_data;
}

void TlsBehaviour::server_hello(const ServerHello& hello, size_t records) {
  if (hello.retry || phase_ != Phase::hellos) return;
  left_ = records;
  if (!only_http1_ || left_ == 0) return give_up();
  overhead_ = static_cast<uint8_t>(overhead_of(hello.version, hello.cipher));
  if (overhead_ == 0) return give_up();
  tls13_ = hello.version == kTls13;
  phase_ = tls13_ ? Phase::finished : Phase::request;
}

std::string_view TlsBehaviour::observe(Direction direction, uint8_t type, uint16_t length) {
  if (!watching() || type == kChangeCipher || type == kHandshake) return {};
  if (type != kApplication || length < overhead_) {
    give_up();
    return {};
  }
  const bool from_client = direction == Direction::to_server;
  if (phase_ == Phase::finished) {  // the server's flight, then the client's Finished
    if (from_client) phase_ = Phase::request;
    return {};
  }
  const uint32_t octets = length - overhead_;
  if (left_-- == 0 || (tls13_ && from_client && octets == kAlert)) {
    give_up();
    return {};
  }
  const bool first_of_turn = !any_ || direction != last_from_;
  any_ = true;
  last_from_ = direction;
  if (phase_ == Phase::request) request(direction, octets);
  if (phase_ == Phase::response) response(direction, octets);
  return phase_ == Phase::talk ? talk(direction, first_of_turn, octets) : std::string_view();
}

void TlsBehaviour::request(Direction direction, uint32_t octets) {
  if (direction == Direction::to_server) {
    if (request_ == 0) head_ = octets;
    request_ += octets;
  } else if (request_ > 0) {  // before it: tickets
    phase_ = request_ < kShortestUpgrade ? Phase::over : Phase::response;
  }
}

void TlsBehaviour::response(Direction direction, uint32_t octets) {
  if (direction == Direction::to_server) {
    phase_ = is_switch() ? Phase::talk : Phase::over;
    return;
  }
  response_ += octets;
  if (response_ > kLongestAnswer) return give_up();
  if (answers_ < 2) {
    tickets_[answers_] = octets;
  } else {
    longest_ = std::max(longest_, octets);
  }
  ++answers_;
}

/// Two records of one length at the start are tickets (RFC 8446 section 4.6.1).
bool TlsBehaviour::is_switch() const {
  const bool tickets = tls13_ && answers_ >= 2 && tickets_[0] == tickets_[1];
  const uint32_t longest = tickets ? longest_ : std::max({tickets_[0], tickets_[1], longest_});
  return longest >= kShortestSwitch;
}

std::string_view TlsBehaviour::talk(Direction direction, bool first_of_turn, uint32_t octets) {
  if (direction == Direction::to_client) {
    last_answer_ = octets;
    const bool small = first_of_turn && octets >= 2 && octets <= kSmallFromServer;
    return small ? count_small() : std::string_view();
  }
  const bool again = first_of_turn && std::abs(static_cast<int>(octets) - static_cast<int>(head_)) <= kLikeTheFirst;
  if (octets < kShortestFrame || again) {
    give_up();
    return {};
  }
  const bool small = octets <= kSmallFromClient;
  if (first_of_turn) small_turn_ = small && last_answer_ != kContinue;
  return small && small_turn_ ? count_small() : std::string_view();
}

std::string_view TlsBehaviour::count_small() {
  if (++small_ < kEnough) return {};
  give_up();
  return "websocket";
}

}  // namespace parlance
