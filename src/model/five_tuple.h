// Addresses, endpoints and the key of a flow.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parlance {

/// An IPv4 or IPv6 address, in network byte order. IPv4 uses the first four octets.
struct IpAddress {
  std::array<uint8_t, 16> octets{};
  uint8_t version = 4;  ///< 4 or 6

  static IpAddress v4(Bytes four);
  static IpAddress v6(Bytes sixteen);
  Bytes bytes() const { return Bytes(octets).first(version == 4 ? 4 : 16); }
  auto operator<=>(const IpAddress&) const = default;
  /// By words: every packet's addresses are compared.
  bool operator==(const IpAddress& other) const {
    using Words = std::array<uint64_t, 2>;
    const auto mine = std::bit_cast<Words>(octets), others = std::bit_cast<Words>(other.octets);
    return ((mine[0] ^ others[0]) | (mine[1] ^ others[1])) == 0 && version == other.version;
  }
};

/// RFC 5952 text of an IPv6 address, dotted decimal of an IPv4 address.
std::string to_text(const IpAddress& address);

/// The same where it is made often: without memory of its own.
class AddressText {
 public:
  explicit AddressText(const IpAddress& address);
  operator std::string_view() const { return {characters_.data(), length_}; }

 private:
  static constexpr size_t kMost = 39;  // eight groups of four digits, and colons
  void put(char c) { characters_[length_++] = c; }
  void put_v4(const IpAddress& address);
  void put_v6(const IpAddress& address);

  std::array<char, kMost + 1> characters_;
  size_t length_ = 0;
};

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;  ///< host byte order
  auto operator<=>(const Endpoint&) const = default;
};

/// "10.0.0.1:443" or "[2001:db8::1]:443".
std::string to_text(const Endpoint& endpoint);

/// The same where it is made often: without memory of its own.
class EndpointText {
 public:
  static constexpr size_t kMost = sizeof "[2001:0db8:0000:0000:0000:0000:0000:0001]:65535";

  explicit EndpointText(const Endpoint& endpoint);
  operator std::string_view() const { return {characters_.data(), length_}; }
  /// Of the address alone, without brackets.
  std::string_view address() const { return {characters_.data() + address_start_, address_length_}; }

 private:
  void put(std::string_view text);

  std::array<char, kMost> characters_;
  size_t length_ = 0;
  size_t address_start_ = 0, address_length_ = 0;
};

enum class Transport : uint8_t { tcp = 6, udp = 17 };

/// One direction's view of a flow: where a packet came from and where it goes.
struct FiveTuple {
  Endpoint source;
  Endpoint destination;
  Transport transport = Transport::tcp;

  FiveTuple reversed() const { return {destination, source, transport}; }
  bool operator==(const FiveTuple&) const = default;
};

}  // namespace parlance
