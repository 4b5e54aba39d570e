#include "protocols/support/http_streams.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace parlance {
namespace {

constexpr Direction kClient = Direction::to_server, kServer = Direction::to_client;
constexpr size_t kMessages = 2048;  // heads of both directions; what did not show by then will not

}  // namespace

// ---- heads --------------------------------------------------------------------------------------

void HttpStreams::request(uint64_t stream, const HttpHead& head, bool ends, Findings& findings) {
  exchange_.head(kClient, head, findings);
  Stream* const made = knows(stream) ? nullptr : make(stream, findings);
  if (made == nullptr) return;
  made->method = head.method;
  if (head.method == "CONNECT") {
    await_answer(*made, head, findings);
  } else {
    begin_body(*made, kClient, head, ends, findings);
  }
  if (ends) end(stream, kClient, findings);
}

void HttpStreams::expect(uint64_t stream, std::string_view method, const Findings& findings) {
  Stream* const made = knows(stream) ? nullptr : make(stream, findings);
  if (made == nullptr) return;
  made->method = method;
  made->sides[index(kClient)].ended = true;
}

void HttpStreams::answer(uint64_t stream, const HttpHead& head, bool ends, Findings& findings) {
  if (head.status < 200) return;  // 100 and 103 come before the answer
  exchange_.head(kServer, head, findings);
  Stream* at = find(stream);
  // A request that was not captured leaves an answer worth reading.
  if (at == nullptr && !ends) at = make(stream, findings);
  if (at == nullptr) return;
  if (at->connect && head.status < 300) {
    grant(*at, &head, findings);
  } else if (!at->tunnel) {
    if (std::exchange(at->connect, std::nullopt)) unwant(at->sides[index(kClient)]);
    begin_body(*at, kServer, head, ends, findings);
  }
  if (ends) end(stream, kServer, findings);
}

void HttpStreams::begin_body(Stream& stream, Direction direction, const HttpHead& head, bool ends,
                             const Findings& findings) {
  Side& side = stream.sides[index(direction)];
  release(side);
  side.cut = false;
  side.wanted =
      exchange_.wanted(head, stream_framing_of(head, stream.method, ends), findings);
  if (side.wanted > 0) side.content = content_of(head);
}

// ---- tunnels ------------------------------------------------------------------------------------

// Other protocols of extended CONNECT (connect-udp, webtransport) frame what they carry.
void HttpStreams::await_answer(Stream& stream, const HttpHead& request, const Findings& findings) {
  const bool known =
      is_plain_connect(request) || equals_ignoring_case(request.protocol, "websocket");
  const auto waiting = static_cast<size_t>(
      std::count_if(streams_.begin(), streams_.end(),
                    [](const auto& each) { return each.second.connect.has_value(); }));
  if (!known || tunnels_.size() + waiting >= findings.limits().http_tunnels) return;
  stream.connect = request;
  stream.sides[index(kClient)].wanted = findings.limits().header_block_octets;
}

// `answer` is null if it was not captured or cannot be read.
void HttpStreams::grant(Stream& stream, const HttpHead* answer, Findings& findings) {
  const HttpHead request = std::move(*stream.connect);
  stream.connect.reset();
  if (is_plain_connect(request)) {
    stream.tunnel = findings.open(Carrier::tcp, Unit::bytes);
  } else {
    const std::string over = "http/" + std::string(version_);
    stream.tunnel = findings.open_as("websocket", Carrier::tcp, Unit::bytes,
                                     websocket_parameters_of_connect(request, answer, over));
    // An agreed WebSocket may stay silent: let the parser look at the handshake now.
    findings.deliver(*stream.tunnel, kServer, {});
  }
  tunnels_.push_back(*stream.tunnel);
  Side& client = stream.sides[index(kClient)];
  if (!client.kept.empty()) findings.deliver(*stream.tunnel, kClient, client.kept);
  if (client.cut) findings.deliver_gap(*stream.tunnel, kClient, 0);
  unwant(client);
}

void HttpStreams::close(Findings& findings) {
  if (!answers_lost_) return;
  for (auto& [number, stream] : streams_) {
    if (stream.connect && !stream.sides[index(kClient)].kept.empty()) {
      grant(stream, nullptr, findings);
    }
  }
}

// ---- what streams carry -------------------------------------------------------------------------

void HttpStreams::data(uint64_t stream, Direction direction, Bytes octets, Findings& findings) {
  Stream* const at = find(stream);
  if (at == nullptr || octets.empty()) return;
  Side& side = at->sides[index(direction)];
  // A server that refuses sends DATA as well, but then the client does not.
  const Side& client = at->sides[index(kClient)];
  if (at->connect && answers_lost_ && direction == kServer && !client.kept.empty()) {
    grant(*at, nullptr, findings);
  }
  if (at->tunnel) {
    if (findings.listening(*at->tunnel)) findings.deliver(*at->tunnel, direction, octets);
    return;
  }
  keep(side, octets, findings);
  if (at->connect && answers_lost_ && client.cut) grant(*at, nullptr, findings);
}

void HttpStreams::data_over(uint64_t stream, Direction direction, Findings& findings) {
  Stream* const at = find(stream);
  if (at == nullptr || at->tunnel || at->connect) return;
  Side& side = at->sides[index(direction)];
  if (side.kept.empty() || side.cut) return;
  side.walked = HttpExchange::whole_messages(side.content, side.kept, side.walked);
  if (side.walked < side.kept.size()) return;
  exchange_.body(direction, side.content, side.kept, findings);
  release(side);
}

void HttpStreams::end(uint64_t stream, Direction direction, Findings& findings) {
  Stream* const at = find(stream);
  if (at == nullptr) return;
  Side& side = at->sides[index(direction)];
  side.ended = true;
  if (!at->tunnel && !at->connect) {
    exchange_.body(direction, side.content, side.kept, findings);
    unwant(side);
  }
  if (at->sides[0].ended && at->sides[1].ended) drop(stream);
}

void HttpStreams::gap(uint64_t stream, Direction direction, uint64_t length, Findings& findings) {
  Stream* const at = find(stream);
  if (at == nullptr) return;
  Side& side = at->sides[index(direction)];
  if (at->tunnel) {
    if (findings.listening(*at->tunnel)) findings.deliver_gap(*at->tunnel, direction, length);
  } else if (at->connect) {
    side.cut = true;
  } else {
    unwant(side);
  }
}

void HttpStreams::gap_everywhere(Direction direction, Findings& findings) {
  for (const auto& [number, stream] : streams_) gap(number, direction, 0, findings);
}

bool HttpStreams::exhausted() const {
  return !tunnels_offered_ && exchange_.heads() >= kMessages;
}

bool HttpStreams::listening(const Findings& findings) const {
  return exchange_.listening(findings) ||
         std::any_of(tunnels_.begin(), tunnels_.end(),
                     [&](ChannelId each) { return findings.listening(each); }) ||
         std::any_of(streams_.begin(), streams_.end(),
                     [](const auto& each) { return each.second.connect.has_value(); });
}

// ---- bounds -------------------------------------------------------------------------------------

HttpStreams::Stream* HttpStreams::find(uint64_t stream) {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? nullptr : &at->second;
}

// Null if there are as many as there may be, all of them tunnels.
HttpStreams::Stream* HttpStreams::make(uint64_t stream, const Findings& findings) {
  if (streams_.size() >= findings.limits().http_streams) {
    const auto oldest = std::find_if(streams_.begin(), streams_.end(),
                                     [](const auto& each) { return !each.second.tunnel; });
    if (oldest == streams_.end()) return nullptr;
    drop(oldest->first);
  }
  return &streams_[stream];
}

void HttpStreams::drop(uint64_t stream) {
  const auto at = streams_.find(stream);
  if (at == streams_.end()) return;
  for (Side& side : at->second.sides) release(side);
  streams_.erase(at);
}

void HttpStreams::keep(Side& side, Bytes octets, const Findings& findings) {
  if (side.wanted == 0 || side.cut) return;
  const size_t free = findings.limits().http_bodies_octets;
  const size_t room = std::min(side.wanted - side.kept.size(), free - std::min(kept_, free));
  const Bytes part = first_of(octets, room);
  side.kept.insert(side.kept.end(), part.begin(), part.end());
  kept_ += part.size();
  side.cut = part.size() < octets.size();
}

void HttpStreams::release(Side& side) {
  kept_ -= side.kept.size();
  side.kept = {};
  side.walked = 0;
}

void HttpStreams::unwant(Side& side) {
  release(side);
  side.wanted = 0;
}

}  // namespace parlance
