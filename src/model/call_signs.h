// Signs by which flows of one call know one another. Texts, equal in every flow that carries them.
// A parser hands them on by Findings::call_sign(); records are joined by them where they are put in
// order.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/five_tuple.h"

namespace parlance {

/// An address and port at which one program speaks: its own socket, what a translator makes of it,
/// what a relay lends it.
std::string socket_sign(const Endpoint& endpoint);

/// `host` was told, or says, that its call's other side may be reached at `peer`.
std::string peer_sign(const IpAddress& host, const Endpoint& peer);

/// The two username fragments of an ICE check ("a:b", RFC 8445 section 7.2.2): the same in both
/// directions. Empty if `username` is none of that form.
std::string fragments_sign(std::string_view username);

/// `endpoint` was named as where another connection is to be made, which will speak `protocol`.
std::string announcement_sign(const Endpoint& endpoint, std::string_view protocol);
bool is_announcement(std::string_view sign);

/// A sign of an endpoint, or the start of one, made without memory of its own: many are made only to be looked for.
class EndpointSign {
 public:
  static EndpointSign socket(const EndpointText& endpoint);
  static EndpointSign peer(std::string_view host, const EndpointText& peer);
  /// How all announcements of an endpoint begin; the protocol's name follows.
  static EndpointSign announcement_start(const EndpointText& endpoint);
  operator std::string_view() const { return {characters_.data(), length_}; }

 private:
  static constexpr size_t kMost = sizeof "announced " + 2 * EndpointText::kMost;
  explicit EndpointSign(std::initializer_list<std::string_view> parts);

  std::array<char, kMost> characters_;
  size_t length_ = 0;
};

/// What a sign is, for people: an address as it is, fragments (which may be a user's name) not.
std::string_view kind_of_sign(std::string_view sign);

}  // namespace parlance
