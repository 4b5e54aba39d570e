// IP datagrams put together from their fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode/decoder.h"
#include "model/five_tuple.h"

namespace parlance::decode {

struct FragmentKey {
  IpAddress source;
  IpAddress destination;
  uint32_t identification = 0;
  uint8_t protocol = 0;  ///< IPv4 only; 0 for IPv6, whose fragments may name different ones
  auto operator<=>(const FragmentKey&) const = default;
};

struct Fragment {
  FragmentKey key;
  uint32_t offset = 0;   ///< in octets
  bool more = false;     ///< fragments follow
  uint8_t protocol = 0;  ///< or next header; that of the fragment at offset 0 counts
  Bytes octets;
  Timestamp time;
};

/// Holds fragments until a datagram is complete, for limits.fragment_timeout_ns of packet time
/// after its first one. Octets that came first win. If limits.fragment_datagrams or
/// fragment_octets would be passed, the oldest datagrams go.
class Reassembler {
 public:
  /// Both are borrowed and outlive the reassembler.
  Reassembler(const Limits& limits, Counters& counters) : limits_(limits), counters_(counters) {}

  struct Datagram {
    Bytes payload;
    uint8_t protocol = 0;
  };
  /// The datagram if `fragment` completes it. Its payload lives until 64 later packets have been
  /// completed; `same_packet` says that this one is inside one just completed, which so stays too.
  std::optional<Datagram> add(const Fragment& fragment, bool same_packet);

 private:
  struct Range {
    uint32_t begin;
    uint32_t end;
  };
  struct Partial {
    FragmentKey key;
    Timestamp first_seen;
    uint8_t protocol = 0;
    uint64_t fragments = 0;
    std::optional<uint32_t> total;  ///< known once the last fragment came
    std::vector<Range> ranges;      ///< held, sorted, apart from one another
    std::vector<uint8_t> octets;
  };
  using Partials = std::list<Partial>;  // oldest first

  bool is_apart(Timestamp first, Timestamp now) const;
  Partials::iterator find_or_start(const Fragment& fragment);
  bool make_room(Partials::iterator for_whom, size_t octets);
  void fill(Partial& partial, const Fragment& fragment);
  void drop(Partials::iterator partial);
  void forget(Partials::iterator partial);
  Datagram finish(Partials::iterator partial, bool same_packet);

  const Limits& limits_;
  Counters& counters_;
  Partials partials_;
  std::map<FragmentKey, Partials::iterator> by_key_;
  size_t held_octets_ = 0;
  std::array<std::vector<std::vector<uint8_t>>, 65> finished_;  // used in turn, one a packet
  size_t turn_ = 0;
};

}  // namespace parlance::decode
