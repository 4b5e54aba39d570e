// Signs by which flows of one call know one another. Texts, equal in every flow that carries them.
// A parser hands them on by Findings::call_sign(); records are joined by them where they are put in
// order.
#pragma once

#include <string>
#include <string_view>

#include "model/five_tuple.h"

namespace parlance {

/// An address and port at which one program speaks: its own socket, what a translator makes of it,
/// what a relay lends it.
std::string socket_sign(const Endpoint& endpoint);
/// The same in place of what `sign` holds, whose memory is used again.
void write_socket_sign(const Endpoint& endpoint, std::string& sign);

/// `host` was told, or says, that its call's other side may be reached at `peer`.
std::string peer_sign(const IpAddress& host, const Endpoint& peer);
void write_peer_sign(const IpAddress& host, const Endpoint& peer, std::string& sign);

/// The two username fragments of an ICE check ("a:b", RFC 8445 section 7.2.2): the same in both
/// directions. Empty if `username` is none of that form.
std::string fragments_sign(std::string_view username);

/// `endpoint` was named as where another connection is to be made, which will speak `protocol`.
std::string announcement_sign(const Endpoint& endpoint, std::string_view protocol);
/// How all of an endpoint begin; the protocol's name follows.
void write_announcement_start(const Endpoint& endpoint, std::string& sign);

/// What a sign is, for people: an address as it is, fragments (which may be a user's name) not.
std::string_view kind_of_sign(std::string_view sign);

}  // namespace parlance
