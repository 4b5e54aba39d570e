#include "protocols/support/turn_relay.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr size_t kBindingsAtMost = 32, kLooseAtMost = 4;
constexpr size_t kLooseMessages = 3;  // of a number without ChannelBind, before it is believed
constexpr size_t kChain = 6, kChainOfASide = 2;
constexpr uint16_t kCookieHigh = 0x2112;
constexpr uint8_t kVersion4 = 1, kVersion6 = 2;  // address families of RFC 8489 section 14.1

/// Peers are told apart by the address that stands in the attribute, channels without one by
/// number.
std::string key_of(const Endpoint& peer) {
  return to_text(peer);
}
std::string key_of(uint16_t number) {
  return std::to_string(number);
}

std::optional<Endpoint> peer_of(const StunMessage& message) {
  const StunAttribute* address = message.find(stun::kXorPeerAddress);
  if (address == nullptr || !message.cookie) return std::nullopt;
  return read_xor_address(address->value, message);
}

/// STUN, ZRTP, DTLS, ChannelData, or RTP: RFC 7983 section 7.
bool may_be_media(Bytes data) {
  if (data.empty()) return false;
  return data[0] <= 3 || (data[0] >= 16 && data[0] <= 79) || (data[0] >= 128 && data[0] <= 191);
}

}  // namespace

std::optional<Endpoint> read_xor_address(Bytes value, const StunMessage& message) {
  ByteReader reader(value);
  reader.skip(1);
  const uint8_t family = reader.u8();
  const uint16_t port = reader.be16();
  const size_t size = family == kVersion4 ? 4 : 16;
  const Bytes covered = reader.bytes(size);
  if (!reader.ok() || !reader.at_end() || (family != kVersion4 && family != kVersion6)) {
    return std::nullopt;
  }
  // The mask is the cookie and, for IPv6, the transaction identifier: as they stand in the header.
  Endpoint endpoint;
  endpoint.port = port ^ kCookieHigh;
  endpoint.address.version = family == kVersion4 ? 4 : 6;
  for (size_t i = 0; i < size; ++i) {
    endpoint.address.octets[i] = covered[i] ^ message.transaction[i];
  }
  return endpoint;
}

std::optional<ChannelData> read_channel_data(Bytes datagram) {
  ByteReader reader(datagram);
  ChannelData message;
  message.number = reader.be16();
  const uint16_t length = reader.be16();
  message.data = reader.bytes(length);
  if (!reader.ok() || reader.remaining() > 3) return std::nullopt;
  if (message.number < stun::kFirstChannel || message.number > stun::kLastChannel) {
    return std::nullopt;
  }
  return message;
}

void TurnRelay::take(const StunMessage& message, Direction direction, Findings& findings) {
  const StunClass kind = message.message_class();
  switch (message.method()) {
    case stun::kChannelBind:
      return kind == StunClass::request ? bind(message) : answer(message);
    case stun::kSend:
    case stun::kData:
      if (kind == StunClass::indication) relay_indication(message, direction, findings);
      break;
    default:
      break;
  }
}

void TurnRelay::bind(const StunMessage& request) {
  const StunAttribute* attribute = request.find(stun::kChannelNumber);
  const auto peer = peer_of(request);
  if (attribute == nullptr || !peer) return;
  const uint16_t number = ByteReader(attribute->value).be16();
  if (number < stun::kFirstChannel || number > stun::kLastChannel) return;
  auto binding = std::find_if(bindings_.begin(), bindings_.end(),
                              [&](const Binding& each) { return each.number == number; });
  if (binding == bindings_.end()) {
    if (bindings_.size() >= kBindingsAtMost) return;
    binding = bindings_.insert(binding, Binding{number, {}, {}, false});
  }
  binding->peer = key_of(*peer);
  std::copy(request.transaction.begin(), request.transaction.end(), binding->transaction.begin());
}

void TurnRelay::answer(const StunMessage& message) {
  const auto asked = std::find_if(bindings_.begin(), bindings_.end(), [&](const Binding& each) {
    return std::equal(each.transaction.begin(), each.transaction.end(),
                      message.transaction.begin());
  });
  if (asked == bindings_.end()) return;
  if (message.message_class() == StunClass::success) asked->granted = true;
  // A number that is in use may be asked for again with a stale nonce.
  if (message.message_class() == StunClass::error && !asked->granted) bindings_.erase(asked);
}

void TurnRelay::relay_indication(const StunMessage& message, Direction direction,
                                 Findings& findings) {
  const StunAttribute* data = message.find(stun::kDataAttribute);
  const auto peer = peer_of(message);
  if (data == nullptr || !peer) return;
  findings.count("stun.indications");
  peers_.deliver(key_of(*peer), direction, data->value, findings);
}

void TurnRelay::take(const ChannelData& message, Direction direction, Findings& findings) {
  findings.count("stun.channel_data");
  const Binding* binding = find(message.number);
  if (binding == nullptr) {
    const Loose* loose = count_loose(message, direction);
    if (loose == nullptr || loose->total() < kLooseMessages) return;
  }
  peers_.deliver(binding != nullptr ? binding->peer : key_of(message.number), direction,
                 message.data, findings);
}

bool TurnRelay::wants(uint16_t number, const Findings& findings) const {
  const Binding* binding = find(number);
  return peers_.wants(binding != nullptr ? binding->peer : key_of(number), findings);
}

const TurnRelay::Binding* TurnRelay::find(uint16_t number) const {
  const auto found = std::find_if(bindings_.begin(), bindings_.end(),
                                  [&](const Binding& each) { return each.number == number; });
  return found == bindings_.end() ? nullptr : &*found;
}

bool TurnRelay::makes_chain(const ChannelData& message, Direction direction) {
  if (!may_be_media(message.data)) return false;
  const Loose* loose = count_loose(message, direction);
  return loose != nullptr && loose->lengths_differ && loose->total() >= kChain &&
         std::min(loose->messages[0], loose->messages[1]) >= kChainOfASide;
}

/// That number with this message counted; null if there are too many.
const TurnRelay::Loose* TurnRelay::count_loose(const ChannelData& message, Direction direction) {
  auto loose = std::find_if(loose_.begin(), loose_.end(),
                            [&](const Loose& each) { return each.number == message.number; });
  if (loose == loose_.end()) {
    if (loose_.size() >= kLooseAtMost) return nullptr;
    loose = loose_.insert(loose, Loose{message.number, {0, 0}, message.data.size(), false});
  }
  ++loose->messages[index(direction)];
  loose->lengths_differ = loose->lengths_differ || loose->length != message.data.size();
  return &*loose;
}

}  // namespace parlance
