#include "protocols/support/tls_blocks.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr uint8_t kChangeCipher = 20, kApplication = 23;
constexpr uint16_t kTls13 = 0x0304;
constexpr uint16_t kBlock = 16384 + 1 + 16;  // and the content's type, and the tag
constexpr uint8_t kFlightAtMost = 3;         // certificate, its verification, Finished
constexpr uint8_t kEnough = 2;               // blocks of each side

}  // namespace

void TlsBlocks::server_hello(const ServerHello& hello, size_t records) {
  if (phase_ != Phase::hellos || hello.retry) return;
  left_ = records;
  phase_ = hello.version == kTls13 && records > 0 ? Phase::handshake : Phase::over;
}

std::string_view TlsBlocks::observe(Direction direction, uint8_t type, uint16_t length) {
  if (!watching() || type == kChangeCipher) return {};
  if (left_-- == 0) {
    give_up();
    return {};
  }
  const bool client = direction == Direction::to_server;
  const bool block = type == kApplication && length == kBlock;
  if (phase_ == Phase::handshake) {
    if (!client && client_flight_ == 0) return {};  // the server's flight
    if (client && !block && client_flight_ < kFlightAtMost) {
      ++client_flight_;
      return {};
    }
    phase_ = client ? Phase::over : Phase::blocks;  // who speaks first
  }
  if (phase_ != Phase::blocks || !block) {
    give_up();
    return {};
  }
  if (blocks_[index(direction)] < kEnough) ++blocks_[index(direction)];
  if (std::min(blocks_[0], blocks_[1]) < kEnough) return {};
  give_up();
  return "full-blocks";
}

}  // namespace parlance
